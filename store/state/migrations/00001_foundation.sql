-- The state of Hitori. One text for SQLite and PostgreSQL; the few words in which they
-- differ stand in braces and are filled in by migrate.go.
-- Times are milliseconds since 1970 in UTC. Ids of customers and merges are positions on the log.

-- Small values that belong to the whole installation, such as secrets and counters.
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- People, before merges. root_id is the person the profile belongs to now; parent_id the one
-- it was merged into, zero for a root. A merge moves a whole subtree, so undoing it gives
-- back exactly what was there.
CREATE TABLE customers (
  id            BIGINT PRIMARY KEY,
  root_id       BIGINT NOT NULL,
  parent_id     BIGINT NOT NULL DEFAULT 0,
  level         SMALLINT NOT NULL,            -- 0 visitor, 1 lead, 2 member
  first_seen    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  name          TEXT NOT NULL DEFAULT '',     -- normalised, for comparing
  name_time     BIGINT NOT NULL DEFAULT 0,
  name_position BIGINT NOT NULL DEFAULT 0,
  document      TEXT NOT NULL DEFAULT ''      -- traits, consents, memberships with source and time
);
CREATE INDEX customers_merged ON customers (root_id) WHERE parent_id <> 0;
CREATE INDEX customers_known ON customers (id) WHERE parent_id = 0 AND level > 0;

-- Names of people. The owner is the profile the identifier was first seen with.
CREATE TABLE identifiers (
  kind        TEXT NOT NULL,
  value       TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  state       SMALLINT NOT NULL DEFAULT 0,    -- 0 trusted, 1 shared device, 2 junk
  source_id   INTEGER NOT NULL,
  first_seen  BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  PRIMARY KEY (kind, value)
) {without_rowid};
CREATE INDEX identifiers_customer ON identifiers (customer_id);
CREATE INDEX identifiers_state ON identifiers (state) WHERE state <> 0;

-- What people are searched by: the beginning of a term is what a user types.
CREATE TABLE terms (
  text        TEXT {binary_order} NOT NULL,
  customer_id BIGINT NOT NULL,
  PRIMARY KEY (text, customer_id)
) {without_rowid};
CREATE INDEX terms_customer ON terms (customer_id);

-- Every join of two people, with how it can be undone.
CREATE TABLE merges (
  position    BIGINT NOT NULL,                -- of the event or decision that caused it
  loser_id    BIGINT NOT NULL,
  winner_id   BIGINT NOT NULL,
  via_kind    TEXT NOT NULL,                  -- the identifier in common; empty after a decision
  via_value   TEXT NOT NULL,
  actor       TEXT NOT NULL,
  merged_at   BIGINT NOT NULL,
  undone_at   BIGINT NOT NULL DEFAULT 0,
  undone_by   TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (position, loser_id)
) {without_rowid};
CREATE INDEX merges_loser ON merges (loser_id);
CREATE INDEX merges_winner ON merges (winner_id);

-- Pairs of which somebody decided that they are two people.
CREATE TABLE separations (
  a_id         BIGINT NOT NULL,
  b_id         BIGINT NOT NULL,
  actor        TEXT NOT NULL,
  separated_at BIGINT NOT NULL,
  PRIMARY KEY (a_id, b_id)
) {without_rowid};
CREATE INDEX separations_b ON separations (b_id);

-- Joins that the rules refused. An identifier with many claimants becomes junk.
CREATE TABLE conflicts (
  kind        TEXT NOT NULL,
  value       TEXT NOT NULL,
  claim       TEXT NOT NULL,                  -- tells claimants apart
  claimant_id BIGINT NOT NULL,                -- zero when only another name claims it
  owner_id    BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  position    BIGINT NOT NULL,
  noticed_at  BIGINT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'open',   -- open, joined, separated, junk
  PRIMARY KEY (kind, value, claim)
) {without_rowid};
CREATE INDEX conflicts_claimant ON conflicts (claimant_id);
CREATE INDEX conflicts_owner ON conflicts (owner_id);
CREATE INDEX conflicts_open ON conflicts (position) WHERE state = 'open';

-- Products, companies, households.
CREATE TABLE entities (
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, id)
);

-- Ids of events that were seen, in generations: ids are random, and a small young
-- generation keeps their insertion cheap. seen_filters answer for the old ones.
CREATE TABLE seen (
  generation INTEGER NOT NULL,
  high       BIGINT NOT NULL,
  low        BIGINT NOT NULL,
  position   BIGINT NOT NULL,
  PRIMARY KEY (generation, high, low)
) {without_rowid};
CREATE TABLE seen_filters (
  number INTEGER PRIMARY KEY,
  bits   {bytes} NOT NULL
);

-- How far the log has been applied.
CREATE TABLE checkpoints (
  part     INTEGER PRIMARY KEY,
  sequence BIGINT NOT NULL
);
-- Steps that the warehouse may not have yet.
CREATE TABLE steps (
  token  TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  ranges TEXT NOT NULL,
  plan   {bytes} NOT NULL
);
-- What became of decisions.
CREATE TABLE outcomes (
  position BIGINT PRIMARY KEY,
  error    TEXT NOT NULL
);

-- Erased people: the proof, and the work that remains. Names and identifiers are kept only until
-- the work is done.
CREATE TABLE erasures (
  position     BIGINT PRIMARY KEY,            -- of the decision
  customer_id  BIGINT NOT NULL,
  actor        TEXT NOT NULL,
  reason       TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  work         TEXT NOT NULL,                 -- profiles and identifiers still to be removed elsewhere; empty when done
  finished_at  BIGINT NOT NULL DEFAULT 0,
  proof        TEXT NOT NULL DEFAULT ''       -- what was removed where
);
CREATE TABLE buried (
  hash     TEXT PRIMARY KEY,                  -- keyed hash of an erased identifier
  position BIGINT NOT NULL
);
-- Events that came again, by the position of the first: both are erased together.
CREATE TABLE repeats (
  first_position BIGINT NOT NULL,
  position       BIGINT NOT NULL,
  PRIMARY KEY (first_position, position)
) {without_rowid};
-- Events on the log that are still to be removed from it.
CREATE TABLE redactions (
  position BIGINT PRIMARY KEY
);

-- The data contract: what arrives, and what may.
CREATE TABLE fields (
  type       SMALLINT NOT NULL,
  name       TEXT NOT NULL,
  path       TEXT NOT NULL,
  events     BIGINT NOT NULL,
  nulls      BIGINT NOT NULL,
  booleans   BIGINT NOT NULL,
  numbers    BIGINT NOT NULL,
  strings    BIGINT NOT NULL,
  objects    BIGINT NOT NULL,
  arrays     BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen  BIGINT NOT NULL,
  PRIMARY KEY (type, name, path)
);
CREATE TABLE rules (
  type       SMALLINT NOT NULL,
  name       TEXT NOT NULL,
  path       TEXT NOT NULL,
  rule       TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (type, name, path)
);
-- Events that were taken out of quarantine, so that a rebuild from the log does not put
-- them back.
CREATE TABLE released (
  position BIGINT PRIMARY KEY
);

-- Where data come from, and who may bring or read them.
CREATE TABLE sources (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
INSERT INTO sources (id, name, kind, created_at) VALUES (1, 'hitori', 'system', 0);
CREATE TABLE keys (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  hint       TEXT NOT NULL,                   -- the last letters, to recognise a key by
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  source_id  INTEGER NOT NULL,                -- of a write key; zero for others
  rate       INTEGER NOT NULL,                -- events a second; zero is unlimited
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at BIGINT NOT NULL DEFAULT 0
);

-- Long work, with progress.
CREATE TABLE jobs (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  arguments    TEXT NOT NULL,
  state        TEXT NOT NULL,
  done         BIGINT NOT NULL DEFAULT 0,
  total        BIGINT NOT NULL DEFAULT 0,
  checkpoint   TEXT NOT NULL DEFAULT '',
  result       TEXT NOT NULL DEFAULT '',
  error        TEXT NOT NULL DEFAULT '',
  owner        TEXT NOT NULL DEFAULT '',
  heartbeat_at BIGINT NOT NULL DEFAULT 0,
  cancelled    SMALLINT NOT NULL DEFAULT 0,
  created_by   TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  started_at   BIGINT NOT NULL DEFAULT 0,
  finished_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_waiting ON jobs (created_at) WHERE finished_at = 0;
CREATE INDEX jobs_recent ON jobs (kind, created_at);

-- Column mappings of imports.
CREATE TABLE mappings (
  name       TEXT PRIMARY KEY,
  mapping    TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
-- What the imports of a source said last about things that have a state, as hashes.
CREATE TABLE ledger (
  source_id INTEGER NOT NULL,
  high      BIGINT NOT NULL,
  low       BIGINT NOT NULL,
  content   TEXT NOT NULL,
  chain     TEXT NOT NULL,
  PRIMARY KEY (source_id, high, low)
) {without_rowid};

-- Who looked at whom.
CREATE TABLE accesses (
  at          BIGINT NOT NULL,
  id          TEXT NOT NULL,
  actor       TEXT NOT NULL,
  action      TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  detail      TEXT NOT NULL,
  PRIMARY KEY (at, id)
);
CREATE INDEX accesses_customer ON accesses (customer_id, at);

-- How long what is kept.
CREATE TABLE retention (
  name       TEXT PRIMARY KEY,                -- an event, or a class of people
  days       INTEGER NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
-- What personal data are used for (利用目的).
CREATE TABLE purposes (
  name       TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  fields     TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
