package state

// queries are the statements with sets, built once for an engine. A set is joined with
// CROSS JOIN and first, which makes SQLite start from it; PostgreSQL plans either way.
type queries struct {
	owners, members, strong, apart, documents, entities, buried string

	create, own, name, document, entity, moveRoots, moveParents, merged, several, listed string
	addTerms, removeTerms, conflict, junk, junkConflicts, joined, trust                  string
	records, identifiersOf, mergesOf, conflictsOf, searchExact, searchBeginning          string
	fields, repeat, redact, bury                                                         string
}

func newQueries(d Dialect) queries {
	identifiers := d.Set(1, "kind text", "value text")
	customers := d.Set(1, "id bigint")
	return queries{
		owners: `SELECT i.kind, i.value, i.customer_id, i.state, i.source_id, i.first_seen, i.position, c.root_id
			FROM ` + identifiers + ` s CROSS JOIN identifiers i CROSS JOIN customers c
			WHERE i.kind = s.kind AND i.value = s.value AND c.id = i.customer_id`,
		members: `SELECT c.root_id, c.id, c.level, c.name, c.name_time, c.name_position
			FROM ` + customers + ` s CROSS JOIN customers c WHERE c.id = s.id AND c.parent_id = 0
			UNION ALL SELECT c.root_id, c.id, c.level, c.name, c.name_time, c.name_position
			FROM ` + customers + ` s CROSS JOIN customers c WHERE c.root_id = s.id AND c.parent_id <> 0`,
		strong: `SELECT i.customer_id, i.kind, i.value
			FROM ` + customers + ` s CROSS JOIN identifiers i WHERE i.customer_id = s.id AND i.kind <> 'anonymous_id'`,
		apart: `SELECT s.id, p.b_id FROM ` + customers + ` s CROSS JOIN separations p WHERE p.a_id = s.id
			UNION ALL SELECT s.id, p.a_id FROM ` + customers + ` s CROSS JOIN separations p WHERE p.b_id = s.id`,
		documents: `SELECT c.id, c.document FROM ` + customers + ` s CROSS JOIN customers c WHERE c.id = s.id AND c.document <> ''`,
		entities: `SELECT e.kind, e.id, e.document FROM ` + d.Set(1, "kind text", "id text") + ` s CROSS JOIN entities e
			WHERE e.kind = s.kind AND e.id = s.id`,
		buried: `SELECT s.number, b.position FROM ` + d.Set(1, "number bigint", "hash text") + ` s CROSS JOIN buried b WHERE b.hash = s.hash`,

		create: `INSERT INTO customers (id, root_id, level, first_seen, updated_at, since, changed)
			SELECT s.id, s.id, s.level, s.seen, s.seen, s.seen, s.seen FROM ` + d.Set(1, "id bigint", "level bigint", "seen bigint") + ` s`,
		own: `INSERT INTO identifiers (kind, value, customer_id, state, source_id, first_seen, position)
			SELECT s.kind, s.value, s.customer, s.state, s.source, s.seen, s.position
			FROM ` + d.Set(1, "kind text", "value text", "customer bigint", "state bigint", "source bigint", "seen bigint", "position bigint") + ` s WHERE true
			ON CONFLICT (kind, value) DO UPDATE SET customer_id = excluded.customer_id, state = excluded.state`,
		name: `UPDATE customers SET name = s.name, name_time = s.time, name_position = s.position
			FROM ` + d.Set(1, "id bigint", "name text", "time bigint", "position bigint") + ` s WHERE customers.id = s.id`,
		document: `UPDATE customers SET document = s.document, updated_at = s.at, reading = s.reading,
			changed = CASE WHEN s.at > first_seen THEN s.at ELSE first_seen END
			FROM ` + d.Set(1, "id bigint", "document text", "at bigint", "reading text") + ` s WHERE customers.id = s.id`,
		entity: `INSERT INTO entities (kind, id, document)
			SELECT s.kind, s.id, s.document FROM ` + d.Set(1, "kind text", "id text", "document text") + ` s WHERE true
			ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document`,
		moveRoots:   `UPDATE customers SET root_id = s.root FROM ` + d.Set(1, "id bigint", "root bigint") + ` s WHERE customers.id = s.id`,
		moveParents: `UPDATE customers SET parent_id = s.parent FROM ` + d.Set(1, "id bigint", "parent bigint") + ` s WHERE customers.id = s.id`,
		several: `SELECT c.root_id FROM ` + customers + ` s CROSS JOIN customers c WHERE c.id = s.id
			AND (c.parent_id <> 0 OR EXISTS (SELECT 1 FROM customers m WHERE m.root_id = c.id AND m.parent_id <> 0))`,
		listed: `UPDATE customers SET since = s.since, changed = s.changed, reading = s.reading
			FROM ` + d.Set(1, "id bigint", "since bigint", "changed bigint", "reading text") + ` s WHERE customers.id = s.id`,
		merged: `INSERT INTO merges (position, loser_id, winner_id, via_kind, via_value, actor, merged_at)
			SELECT s.position, s.loser, s.winner, s.kind, s.value, s.actor, s.at
			FROM ` + d.Set(1, "position bigint", "loser bigint", "winner bigint", "kind text", "value text", "actor text", "at bigint") + ` s`,
		addTerms: `INSERT INTO terms (text, customer_id)
			SELECT s.text, s.customer FROM ` + d.Set(1, "customer bigint", "text text") + ` s WHERE true ON CONFLICT DO NOTHING`,
		removeTerms: `DELETE FROM terms WHERE (text, customer_id) IN (SELECT s.text, s.customer FROM ` + d.Set(1, "customer bigint", "text text") + ` s)`,
		conflict: `INSERT INTO conflicts (kind, value, claim, claimant_id, owner_id, reason, position, noticed_at)
			SELECT s.kind, s.value, s.claim, s.claimant, s.owner, s.reason, s.position, s.at
			FROM ` + d.Set(1, "kind text", "value text", "claim text", "claimant bigint", "owner bigint", "reason text", "position bigint", "at bigint") + ` s
			WHERE true ON CONFLICT DO NOTHING`,
		// Only contacts turn into junk: a device of many people is shared, which is handled
		// by itself, and accounts are never claimed by chance.
		junk: `UPDATE identifiers SET state = 2 WHERE state <> 2 AND (kind, value) IN (
			SELECT c.kind, c.value FROM ` + identifiers + ` s CROSS JOIN conflicts c
			WHERE c.kind = s.kind AND c.value = s.value AND c.kind IN ('email', 'phone', 'line_id')
			GROUP BY c.kind, c.value HAVING count(DISTINCT c.claim) >= ?2)`,
		junkConflicts: `UPDATE conflicts SET state = 'junk' WHERE state = 'open' AND (kind, value) IN (
			SELECT i.kind, i.value FROM ` + identifiers + ` s CROSS JOIN identifiers i
			WHERE i.kind = s.kind AND i.value = s.value AND i.state = 2)`,
		joined: `UPDATE conflicts SET state = 'joined' WHERE state = 'open' AND (kind, value, claim) IN (
			SELECT f.kind, f.value, f.claim FROM ` + customers + ` s CROSS JOIN conflicts f CROSS JOIN customers a CROSS JOIN customers b
			WHERE f.claimant_id = s.id AND a.id = f.claimant_id AND b.id = f.owner_id AND a.root_id = b.root_id
			UNION SELECT f.kind, f.value, f.claim FROM ` + customers + ` s CROSS JOIN conflicts f CROSS JOIN customers a CROSS JOIN customers b
			WHERE f.owner_id = s.id AND a.id = f.claimant_id AND b.id = f.owner_id AND a.root_id = b.root_id)`,
		// A device shared by two profiles that turned out to be one person is shared no more.
		trust: `UPDATE identifiers SET state = 0 WHERE state = 1 AND (kind, value) IN (
			SELECT f.kind, f.value FROM ` + customers + ` s CROSS JOIN conflicts f WHERE f.claimant_id = s.id AND f.state = 'joined'
			UNION SELECT f.kind, f.value FROM ` + customers + ` s CROSS JOIN conflicts f WHERE f.owner_id = s.id AND f.state = 'joined')
			AND NOT EXISTS (SELECT 1 FROM conflicts o WHERE o.kind = identifiers.kind AND o.value = identifiers.value AND o.state = 'open')`,
		records: `SELECT c.root_id, c.id, c.level, c.first_seen, c.updated_at, c.document
			FROM ` + customers + ` s CROSS JOIN customers c WHERE c.id = s.id AND c.parent_id = 0
			UNION ALL SELECT c.root_id, c.id, c.level, c.first_seen, c.updated_at, c.document
			FROM ` + customers + ` s CROSS JOIN customers c WHERE c.root_id = s.id AND c.parent_id <> 0`,
		identifiersOf: `SELECT i.kind, i.value, i.customer_id, i.state, i.source_id, i.first_seen, i.position, i.customer_id
			FROM ` + customers + ` s CROSS JOIN identifiers i WHERE i.customer_id = s.id`,
		mergesOf: `SELECT m.position, m.loser_id, m.winner_id, m.via_kind, m.via_value, m.actor, m.merged_at, m.undone_at, m.undone_by FROM (
			SELECT m.* FROM ` + customers + ` s CROSS JOIN merges m WHERE m.loser_id = s.id
			UNION SELECT m.* FROM ` + customers + ` s CROSS JOIN merges m WHERE m.winner_id = s.id) m ORDER BY m.position, m.loser_id`,
		conflictsOf: `SELECT f.kind, f.value, f.claim, f.claimant_id, f.owner_id, f.reason, f.position, f.noticed_at FROM (
			SELECT f.* FROM ` + customers + ` s CROSS JOIN conflicts f WHERE f.owner_id = s.id AND f.state = 'open'
			UNION SELECT f.* FROM ` + customers + ` s CROSS JOIN conflicts f WHERE f.claimant_id = s.id AND f.state = 'open') f ORDER BY f.position`,
		// The limit is on terms, of which a person has several, and comes before the join so
		// that a short beginning costs no more than a long one.
		searchExact: `SELECT c.root_id FROM (SELECT customer_id FROM terms WHERE text >= ?1 AND text <= ?2 ORDER BY text, customer_id LIMIT 4 * ?3) t
			JOIN customers c ON c.id = t.customer_id`,
		searchBeginning: `SELECT c.root_id FROM (SELECT customer_id FROM terms WHERE text > ?1 AND text < ?2 ORDER BY text, customer_id LIMIT 4 * ?3) t
			JOIN customers c ON c.id = t.customer_id`,
		fields: `INSERT INTO fields (type, name, path, events, nulls, booleans, numbers, strings, objects, arrays, bytes, first_seen, last_seen)
			SELECT s.type, s.name, s.path, s.events, s.nulls, s.booleans, s.numbers, s.strings, s.objects, s.arrays, s.bytes, s.first, s.last
			FROM ` + d.Set(1, "type bigint", "name text", "path text", "events bigint", "nulls bigint", "booleans bigint", "numbers bigint",
			"strings bigint", "objects bigint", "arrays bigint", "bytes bigint", "first bigint", "last bigint") + ` s WHERE true
			ON CONFLICT (type, name, path) DO UPDATE SET events = fields.events + excluded.events, nulls = fields.nulls + excluded.nulls,
			booleans = fields.booleans + excluded.booleans, numbers = fields.numbers + excluded.numbers,
			strings = fields.strings + excluded.strings, objects = fields.objects + excluded.objects,
			arrays = fields.arrays + excluded.arrays, bytes = fields.bytes + excluded.bytes,
			first_seen = CASE WHEN excluded.first_seen < fields.first_seen THEN excluded.first_seen ELSE fields.first_seen END,
			last_seen = CASE WHEN excluded.last_seen > fields.last_seen THEN excluded.last_seen ELSE fields.last_seen END`,
		repeat: `INSERT INTO repeats (first_position, position)
			SELECT s.first, s.again FROM ` + d.Set(1, "first bigint", "again bigint") + ` s WHERE true ON CONFLICT DO NOTHING`,
		redact: `INSERT INTO redactions (position) SELECT s.position FROM ` + d.Set(1, "position bigint") + ` s WHERE true ON CONFLICT DO NOTHING`,
		bury: `INSERT INTO buried (hash, position) SELECT s.hash, s.position FROM ` + d.Set(1, "hash text", "position bigint") + ` s WHERE true
			ON CONFLICT (hash) DO UPDATE SET position = excluded.position`,
	}
}
