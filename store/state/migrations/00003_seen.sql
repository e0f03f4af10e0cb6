-- Ids of events that were seen, in generations: a closed one lies in sorted pages, the young one
-- as it came, and seen_filters answer for the closed ones. What the earlier tables knew is not taken
-- over (they were never released): an event sent again from before counts twice.
DROP TABLE seen;
DROP TABLE seen_filters;
CREATE TABLE seen (
  generation INTEGER NOT NULL,
  first      BIGINT NOT NULL,   -- the place of the first id of the page
  ids        {bytes} NOT NULL,  -- 16 bytes of the id and 8 of its position each
  PRIMARY KEY (generation, first)
);
CREATE TABLE seen_young (
  number BIGINT PRIMARY KEY,
  ids    {bytes} NOT NULL
);
CREATE TABLE seen_filters (
  number INTEGER PRIMARY KEY,
  bits   {bytes} NOT NULL
);
DELETE FROM settings WHERE name = 'seen';
