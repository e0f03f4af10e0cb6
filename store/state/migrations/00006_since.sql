-- When a person was first seen, of all profiles that belong to them: people are listed by it.
ALTER TABLE customers ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
UPDATE customers SET since = first_seen;
UPDATE customers SET since = m.since
  FROM (SELECT root_id, min(first_seen) AS since FROM customers WHERE parent_id <> 0 GROUP BY root_id) m
  WHERE customers.id = m.root_id AND m.since < customers.since;
CREATE INDEX customers_since ON customers (level, since, id) WHERE parent_id = 0;
DROP INDEX customers_known;
