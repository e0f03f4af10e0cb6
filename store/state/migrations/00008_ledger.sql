-- The ledger of imports is kept as the ids of seen events are: in generations (see generations.go), and what each
-- import changed in it is only added to. What the earlier tables knew is not taken over (they were never
-- released). So the next import of each source takes what its file says for said the first time: a state that
-- is not the first that was told of its thing is told once more, a changed order is taken note of without an Order
-- Updated, and a refund that has grown is told whole.
DROP TABLE ledger;
DROP TABLE ledger_changes;
ALTER TABLE seen RENAME COLUMN ids TO entries;
ALTER TABLE seen_young RENAME COLUMN ids TO entries;

-- What the imports of a source said last about things that have a state.
CREATE TABLE ledger (
  generation INTEGER NOT NULL,
  first      BIGINT NOT NULL,   -- the place of the first key of the page
  entries    {bytes} NOT NULL,  -- 16 bytes each of a hash of source and key, of the content, and of the chain
  PRIMARY KEY (generation, first)
);
CREATE TABLE ledger_young (
  number  BIGINT PRIMARY KEY,
  entries {bytes} NOT NULL
);
CREATE TABLE ledger_filters (
  number INTEGER PRIMARY KEY,
  bits   {bytes} NOT NULL
);

-- What each import changed in the ledger, in the order in which that happened, so that it can be taken back.
CREATE TABLE ledger_changes (
  number    BIGINT PRIMARY KEY,
  job       TEXT NOT NULL,
  source_id INTEGER NOT NULL,
  changes   {bytes} NOT NULL  -- see ledger_changes.go
);
CREATE INDEX ledger_changes_job ON ledger_changes (job, number);
