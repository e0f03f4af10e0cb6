-- Segments and lists: what people defined. Who is in a segment stands in the warehouse; who is on a list
-- follows from events.
CREATE TABLE segments (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  kind        TEXT NOT NULL,             -- rule or list
  definition  TEXT NOT NULL,             -- the condition in its canonical form, empty for lists
  refresh     TEXT NOT NULL,             -- live, daily or manual
  created_at  BIGINT NOT NULL,
  created_by  TEXT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL
);

-- What the latest computation of each segment came to.
CREATE TABLE segment_results (
  segment_id  TEXT PRIMARY KEY,
  size        BIGINT NOT NULL,
  people      BIGINT NOT NULL,           -- of everybody
  entered     BIGINT NOT NULL,
  left_it     BIGINT NOT NULL,
  computed_at BIGINT NOT NULL,
  took        BIGINT NOT NULL,           -- milliseconds
  failure     TEXT NOT NULL
);

-- How a segment was at the end of each day of the shop, and how many came and went on it.
CREATE TABLE segment_days (
  segment_id TEXT NOT NULL,
  day        TEXT NOT NULL,
  size       BIGINT NOT NULL,
  entered    BIGINT NOT NULL,
  left_it    BIGINT NOT NULL,
  PRIMARY KEY (segment_id, day)
);
