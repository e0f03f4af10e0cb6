package state

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify"
)

// tx implements [unify.Tx] and [unify.DecisionTx].
type tx struct {
	*Store
	c Conn
}

// Update implements [unify.WorkerStore].
func (s *Store) Update(ctx context.Context, fn func(unify.Tx) error) error {
	err := s.engine.WriteAlone(ctx, func(c Conn) error { return fn(&tx{s, c}) })
	if err != nil {
		s.seen.forget()
	}
	return s.wrap(err)
}

// Decide implements [unify.WorkerStore].
func (s *Store) Decide(ctx context.Context, fn func(unify.DecisionTx) error) error {
	return s.wrap(s.engine.WriteAlone(ctx, func(c Conn) error {
		t := &tx{s, c}
		if err := fn(t); err != nil {
			return err
		}
		return t.nextEpoch(ctx)
	}))
}

const (
	epochSetting  = "epoch"
	burialSetting = "burial_key"
)

func setting(ctx context.Context, c Conn, name string) (value string, err error) {
	_, err = one(ctx, c, "SELECT value FROM settings WHERE name = ?1", []any{name}, &value)
	return value, err
}

func putSetting(ctx context.Context, c Conn, name, value string) error {
	_, err := c.Exec(ctx, `INSERT INTO settings (name, value) VALUES (?1, ?2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// Epoch implements [unify.Tx].
func (t *tx) Epoch(ctx context.Context) (int64, error) {
	value, err := setting(ctx, t.c, epochSetting)
	if err != nil || value == "" {
		return 0, err
	}
	return strconv.ParseInt(value, 10, 64)
}

func (t *tx) nextEpoch(ctx context.Context) error {
	epoch, err := t.Epoch(ctx)
	if err != nil {
		return err
	}
	return putSetting(ctx, t.c, epochSetting, strconv.FormatInt(epoch+1, 10))
}

// Owners implements [unify.Tx].
func (t *tx) Owners(ctx context.Context, ids []hitori.Identifier) ([]unify.Owner, error) {
	return owners(ctx, t.Store, t.c, ids)
}

func owners(ctx context.Context, s *Store, c Conn, ids []hitori.Identifier) ([]unify.Owner, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var list []unify.Owner
	err := each(ctx, c, func(r Rows) error {
		owner, err := scanOwner(r)
		list = append(list, owner)
		return err
	}, s.sql.owners, set(ids, identifierRow))
	return list, err
}

func scanOwner(r Rows) (o unify.Owner, err error) {
	var kind string
	var customer, state, source, seen, position, root int64
	err = r.Scan(&kind, &o.Value, &customer, &state, &source, &seen, &position, &root)
	o.Kind, o.Customer, o.State = hitori.IdentifierKind(kind), hitori.CustomerID(customer), hitori.IdentifierState(state)
	o.Source, o.FirstSeen = hitori.SourceID(source), fromMillis(seen)
	o.Position, o.Root = hitori.Position(position), hitori.CustomerID(root)
	return o, err
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// People implements [unify.Tx].
func (t *tx) People(ctx context.Context, roots []hitori.CustomerID) ([]unify.Person, error) {
	return people(ctx, t.Store, t.c, roots)
}

func people(ctx context.Context, s *Store, c Conn, roots []hitori.CustomerID) ([]unify.Person, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	byRoot := make(map[hitori.CustomerID]*unify.Person, len(roots))
	rootOf := make(map[int64]*unify.Person)
	var members []hitori.CustomerID
	err := each(ctx, c, func(r Rows) error {
		var root, id, level, at, position int64
		var name string
		if err := r.Scan(&root, &id, &level, &name, &at, &position); err != nil {
			return err
		}
		p := byRoot[hitori.CustomerID(root)]
		if p == nil {
			p = &unify.Person{Root: hitori.CustomerID(root)}
			byRoot[p.Root] = p
		}
		if id == root {
			p.Level = unify.Level(level)
		}
		member := hitori.CustomerID(id)
		p.Members = append(p.Members, member)
		rootOf[id], members = p, append(members, member)
		if name != "" {
			p.Names = append(p.Names, unify.Name{Customer: member, Value: name, Time: fromMillis(at), Position: hitori.Position(position)})
		}
		return nil
	}, s.sql.members, set(roots, customerRow))
	if err != nil {
		return nil, err
	}
	all := set(members, customerRow)
	err = each(ctx, c, func(r Rows) error {
		var id int64
		var kind, value string
		err := r.Scan(&id, &kind, &value)
		if k := hitori.IdentifierKind(kind); k.Class() >= hitori.Contact {
			rootOf[id].Strong = append(rootOf[id].Strong, hitori.Identifier{Kind: k, Value: value})
		}
		return err
	}, s.sql.strong, all)
	if err != nil {
		return nil, err
	}
	err = each(ctx, c, func(r Rows) error {
		var id, other int64
		err := r.Scan(&id, &other)
		rootOf[id].Apart = append(rootOf[id].Apart, hitori.CustomerID(other))
		return err
	}, s.sql.apart, all)
	list := make([]unify.Person, 0, len(byRoot))
	for _, root := range slices.Sorted(maps.Keys(byRoot)) {
		list = append(list, *byRoot[root])
	}
	return list, err
}

// Documents implements [unify.Tx].
func (t *tx) Documents(ctx context.Context, profiles []hitori.CustomerID) (map[hitori.CustomerID]unify.Document, error) {
	return documents(ctx, t.Store, t.c, profiles)
}

func documents(ctx context.Context, s *Store, c Conn, profiles []hitori.CustomerID) (map[hitori.CustomerID]unify.Document, error) {
	found := make(map[hitori.CustomerID]unify.Document, len(profiles))
	if len(profiles) == 0 {
		return found, nil
	}
	err := each(ctx, c, func(r Rows) error {
		var id int64
		var text string
		if err := r.Scan(&id, &text); err != nil {
			return err
		}
		document, err := unify.DecodeDocument(text)
		found[hitori.CustomerID(id)] = document
		return err
	}, s.sql.documents, set(profiles, customerRow))
	return found, err
}

// Entities implements [unify.Tx].
func (t *tx) Entities(ctx context.Context, keys []hitori.EntityKey) (map[hitori.EntityKey]hitori.Traits, error) {
	return entities(ctx, t.Store, t.c, keys)
}

func entities(ctx context.Context, s *Store, c Conn, keys []hitori.EntityKey) (map[hitori.EntityKey]hitori.Traits, error) {
	found := make(map[hitori.EntityKey]hitori.Traits, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	err := each(ctx, c, func(r Rows) error {
		var key hitori.EntityKey
		var text string
		if err := r.Scan(&key.Kind, &key.ID, &text); err != nil {
			return err
		}
		traits, err := unify.DecodeTraits(text)
		found[key] = traits
		return err
	}, s.sql.entities, set(keys, func(k hitori.EntityKey) []any { return []any{k.Kind, k.ID} }))
	return found, err
}

// Buried implements [unify.Tx].
func (t *tx) Buried(ctx context.Context, ids []hitori.Identifier) (map[hitori.Identifier]hitori.Position, error) {
	key, err := setting(ctx, t.c, burialSetting)
	if err != nil || key == "" || len(ids) == 0 { // nobody was ever erased
		return nil, err
	}
	number := -1
	found := make(map[hitori.Identifier]hitori.Position)
	err = each(ctx, t.c, func(r Rows) error {
		var number, position int64
		err := r.Scan(&number, &position)
		found[ids[number]] = hitori.Position(position)
		return err
	}, t.sql.buried, set(ids, func(id hitori.Identifier) []any {
		number++
		return []any{number, burialHash(key, id)}
	}))
	return found, err
}

// burialHash hashes an identifier under a key of this installation, so that the table of
// erased people cannot be read back.
func burialHash(key string, id hitori.Identifier) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(id.String()))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (t *tx) burialKey(ctx context.Context) (string, error) {
	key, err := setting(ctx, t.c, burialSetting)
	if err != nil || key != "" {
		return key, err
	}
	key = rand.Text()
	return key, putSetting(ctx, t.c, burialSetting, key)
}

// Released implements [unify.Tx].
func (t *tx) Released(ctx context.Context, positions []hitori.Position) ([]hitori.Position, error) {
	if len(positions) == 0 {
		return nil, nil
	}
	var list []hitori.Position
	err := each(ctx, t.c, func(r Rows) error {
		var position int64
		err := r.Scan(&position)
		list = append(list, hitori.Position(position))
		return err
	}, "SELECT r.position FROM "+t.engine.Set(1, "position bigint")+" s CROSS JOIN released r WHERE r.position = s.position", set(positions, positionRow))
	return list, err
}
