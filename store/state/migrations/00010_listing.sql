-- People are listed by when what is known about them last changed, and in the order of the syllabary, as they
-- are by when they were first seen: each stands with the root, for all profiles of the person. What people are
-- read as is no matter of SQL, and is filled in by listing.go.
ALTER TABLE customers ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customers ADD COLUMN reading TEXT {binary_order} NOT NULL DEFAULT '';
CREATE INDEX customers_changed ON customers (level, changed, id) WHERE parent_id = 0;
CREATE INDEX customers_reading ON customers (level, reading, id) WHERE parent_id = 0;
