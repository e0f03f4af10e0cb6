-- How the shop grades and groups its customers by RFM: one row once somebody has changed it.
CREATE TABLE rfm_settings (
  id         TEXT PRIMARY KEY,           -- shop
  definition TEXT NOT NULL,              -- scales and groups in JSON
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  version    BIGINT NOT NULL
);

-- The bounds of grades that were cut from the shop's customers for a month. They stay, so that what follows from them
-- can be computed again.
CREATE TABLE rfm_cuts (
  month  TEXT PRIMARY KEY,               -- in which they hold, as in 2026-04
  bounds TEXT NOT NULL,                  -- in JSON
  people BIGINT NOT NULL,                -- from how many customers they were cut
  cut_at BIGINT NOT NULL
);
