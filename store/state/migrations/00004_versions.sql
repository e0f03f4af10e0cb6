-- What two people may change at the same time has a version, which grows with every change: who
-- saw an older one is told instead of undoing what the other did.
ALTER TABLE rules ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE mappings ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE views ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE retention ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE purposes ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
