package state

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/parquet-go/parquet-go/bloom"
)

// digest is a hash for which generations keep a value.
type digest = [16]byte

// generations keep a value of fixed size for each key, for ever, of far more keys than fit into memory: a
// log-structured merge tree (O'Neil, Cheng, Gawlick, O'Neil 1996) whose levels are not merged. An index of random keys
// would touch a page on disk for each that is added. So entries are kept in generations. Those of the young generation
// are in memory, and on disk in the order in which they came, a row for each write. When it is full it is closed: sorted
// and written in pages. Bloom filters for the closed generations, in memory and stored beside, answer "certainly not"
// for all but about one in a thousand unknown keys; only for what they do not rule out pages are read. Of several
// entries of one key the newest counts.
//
// Whoever adds must do so in a transaction of [Engine.WriteAlone], and call forget when that fails.
type generations[V any] struct {
	table   string // the one of closed generations; it begins the names of the others, and names the setting that counts them
	codec   codec[V]
	size    int // how many entries a generation is closed with
	sharing int // how many generations share a filter
	lookup  string

	mu sync.Mutex
	// What follows is this process's copy of what is in memory. It is emptied when a transaction fails.
	loaded  bool
	closed  int   // generations that the filters know
	last    int64 // row of the young generation that was read or written last
	young   map[digest]V
	added   []byte // put since the last flush
	filters []bloom.SplitBlockFilter
}

// codec turns values into bytes, always the same number of them, and back.
type codec[V any] struct {
	size   int
	append func([]byte, V) []byte
	read   func([]byte) V
}

const (
	filterBits = 16   // for each entry; about 0.1 % false alarms (Putze, Sanders, Singler 2007)
	pageBytes  = 1920 // two fit into a page of SQLite, and PostgreSQL leaves it in its row
)

func newGenerations[V any](d Dialect, table string, size, sharing int, c codec[V]) *generations[V] {
	return &generations[V]{
		table: table, codec: c, size: size, sharing: sharing,
		lookup: fmt.Sprintf(`SELECT s.number, s.generation, x.entries FROM %s s CROSS JOIN %s x WHERE x.generation = s.generation AND x.first =
			(SELECT max(y.first) FROM %[2]s y WHERE y.generation = s.generation AND y.first <= s.place)`,
			d.Set(1, "number bigint", "generation bigint", "place bigint"), table),
	}
}

func (g *generations[V]) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.loaded, g.filters, g.young, g.added = false, nil, nil, nil
}

// prefix is what filters know of a key, and place where it stands in the order of pages.
func prefix(k digest) uint64 { return binary.BigEndian.Uint64(k[:]) }

func place(k digest) int64 { return int64(prefix(k) ^ 1<<63) }

func (g *generations[V]) appendEntry(data []byte, k digest, v V) []byte {
	return g.codec.append(append(data, k[:]...), v)
}

func (g *generations[V]) eachEntry(data []byte, do func(digest, V)) {
	for entry := range slices.Chunk(data, len(digest{})+g.codec.size) {
		do(digest(entry), g.codec.read(entry[len(digest{}):]))
	}
}

// find catches up with what other processes have added and returns what the closed generations know about keys.
// The caller holds the lock, and asks [generations.newest] for the rest.
func (g *generations[V]) find(ctx context.Context, c Conn, keys []digest) (map[digest]V, error) {
	if err := g.catchUp(ctx, c); err != nil {
		return nil, err
	}
	var suspects [][]any
	for i, k := range keys {
		for n, filter := range g.filters {
			if !filter.Check(prefix(k)) {
				continue
			}
			for generation := n * g.sharing; generation < min((n+1)*g.sharing, g.closed); generation++ {
				suspects = append(suspects, []any{i, generation, place(k)})
			}
		}
	}
	if len(suspects) == 0 {
		return nil, nil
	}
	found := make(map[digest]V)
	newest := make(map[digest]int64)
	return found, each(ctx, c, func(r Rows) error {
		var number, generation int64
		var page []byte
		err := r.Scan(&number, &generation, &page)
		wanted := keys[number]
		g.eachEntry(page, func(k digest, v V) {
			if k == wanted && generation >= newest[k] {
				found[k], newest[k] = v, generation
			}
		})
		return err
	}, g.lookup, set(suspects, func(row []any) []any { return row }))
}

// newest returns the newest value of a key, given what find returned.
func (g *generations[V]) newest(closed map[digest]V, k digest) (V, bool) {
	v, known := g.young[k]
	if !known {
		v, known = closed[k]
	}
	return v, known
}

// put adds an entry, which flush writes. The caller holds the lock and has called find.
func (g *generations[V]) put(k digest, v V) {
	g.young[k] = v
	g.added = g.appendEntry(g.added, k, v)
}

// flush writes what was put, and closes the young generation when it is full.
func (g *generations[V]) flush(ctx context.Context, c Conn) error {
	if len(g.added) == 0 {
		return nil
	}
	g.last++
	if _, err := c.Exec(ctx, "INSERT INTO "+g.table+"_young (number, entries) VALUES (?1, ?2)", g.last, g.added); err != nil {
		return err
	}
	g.added = nil
	if len(g.young) < g.size {
		return nil
	}
	return g.close(ctx, c)
}

// catchUp reads what other processes, or this one before its start, have added.
func (g *generations[V]) catchUp(ctx context.Context, c Conn) error {
	value, err := setting(ctx, c, g.table)
	if err != nil {
		return err
	}
	closed, _ := strconv.Atoi(value) // nothing is zero
	if !g.loaded || closed < g.closed {
		g.loaded, g.closed, g.filters = true, 0, nil
		g.young, g.last = make(map[digest]V), 0
	}
	if closed > g.closed {
		g.young, g.last = make(map[digest]V), 0
		if err := g.readFilters(ctx, c); err != nil {
			return err
		}
		g.closed = closed
	}
	return each(ctx, c, func(r Rows) error {
		var entries []byte
		if err := r.Scan(&g.last, &entries); err != nil {
			return err
		}
		g.eachEntry(entries, func(k digest, v V) { g.young[k] = v })
		return nil
	}, "SELECT number, entries FROM "+g.table+"_young WHERE number > ?1 ORDER BY number", g.last)
}

// readFilters reads the filters that this process does not have, or not whole.
func (g *generations[V]) readFilters(ctx context.Context, c Conn) error {
	return each(ctx, c, func(r Rows) error {
		var number int
		var bits []byte
		if err := r.Scan(&number, &bits); err != nil {
			return err
		}
		g.filters = append(g.filters[:number], bloom.MakeSplitBlockFilter(bits))
		return nil
	}, "SELECT number, bits FROM "+g.table+"_filters WHERE number >= ?1 ORDER BY number", g.closed/g.sharing)
}

// close writes the young generation in pages and adds it to its filter.
func (g *generations[V]) close(ctx context.Context, c Conn) error {
	keys := make([]digest, 0, len(g.young))
	for k := range g.young {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b digest) int { return bytes.Compare(a[:], b[:]) })
	number := g.closed / g.sharing
	filter := make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(int64(max(g.size, len(keys))*g.sharing), filterBits))
	if number < len(g.filters) {
		filter = g.filters[number]
	}
	entryBytes := len(digest{}) + g.codec.size
	var pages [][]any
	for len(keys) > 0 {
		n := min(pageBytes/entryBytes, len(keys))
		for n < len(keys) && place(keys[n]) == place(keys[n-1]) {
			n++ // a page is found by its first place
		}
		page := make([]byte, 0, n*entryBytes)
		for _, k := range keys[:n] {
			page = g.appendEntry(page, k, g.young[k])
			filter.Insert(prefix(k))
		}
		pages = append(pages, []any{g.closed, place(keys[0]), page})
		keys = keys[n:]
	}
	if err := c.Bulk(ctx, "INSERT INTO "+g.table+" (generation, first, entries) VALUES (?1, ?2, ?3)", pages); err != nil {
		return err
	}
	_, err := c.Exec(ctx, "INSERT INTO "+g.table+`_filters (number, bits) VALUES (?1, ?2)
		ON CONFLICT (number) DO UPDATE SET bits = excluded.bits`, number, filter.Bytes())
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "DELETE FROM "+g.table+"_young"); err != nil {
		return err
	}
	g.filters = append(g.filters[:number], filter)
	g.young, g.last = make(map[digest]V, g.size), 0
	g.closed++
	return putSetting(ctx, c, g.table, strconv.Itoa(g.closed))
}
