-- Events that were taken back with an import, or whose person was erased, and may come once more: the
-- sightings of their ids do not count. position is where such an event came again, zero before.
CREATE TABLE forgotten (
  high     BIGINT NOT NULL,
  low      BIGINT NOT NULL,
  position BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (high, low)
) {without_rowid};

-- What each import changed in the ledger, so that it can be taken back. event is the id of the event that
-- told the state first, empty where the ledger alone was told.
CREATE TABLE ledger_changes (
  job            TEXT NOT NULL,
  source_id      INTEGER NOT NULL,
  high           BIGINT NOT NULL,
  low            BIGINT NOT NULL,
  before_content TEXT NOT NULL,                -- empty when nothing was known
  before_chain   TEXT NOT NULL,
  chain          TEXT NOT NULL,                -- of the entry after the import
  event          TEXT NOT NULL,
  PRIMARY KEY (job, source_id, high, low)
) {without_rowid};
CREATE INDEX ledger_changes_key ON ledger_changes (source_id, high, low);
CREATE INDEX ledger_changes_event ON ledger_changes (event) WHERE event <> '';

-- What an undo that is under way has left to be done in the warehouse, by the import's job.
CREATE TABLE undo_plans (
  job  TEXT PRIMARY KEY,
  plan TEXT NOT NULL
);
