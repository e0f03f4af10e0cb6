package clickhouse

import (
	"hash/fnv"
	"slices"

	"github.com/hitori-cdp/hitori"
)

// Where rows stand must never change: data would no longer be found.

// intHash64 is ClickHouse's function of that name.
func intHash64(n int64) uint64 {
	x := uint64(n) ^ 0x4cf2d2baae6da887
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func (w *Warehouse) shardOf(id int64) *shard {
	return w.shards[intHash64(id)%uint64(len(w.shards))]
}

// shardOfEvent is where an event and its lines stand.
func (w *Warehouse) shardOfEvent(customer hitori.CustomerID, position hitori.Position) *shard {
	if customer == 0 {
		return w.shardOf(int64(position))
	}
	return w.shardOf(int64(customer))
}

// shardOfToken is where it is noted that a batch was applied.
func (w *Warehouse) shardOfToken(token string) *shard {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(token)) // never fails
	return w.shards[hash.Sum64()%uint64(len(w.shards))]
}

// byShard deals customers to the shards their events are on. Nobody's are on all.
func (w *Warehouse) byShard(customers []hitori.CustomerID) map[*shard][]hitori.CustomerID {
	dealt := make(map[*shard][]hitori.CustomerID)
	for _, c := range customers {
		if c == 0 {
			for _, s := range w.shards {
				dealt[s] = append(dealt[s], c)
			}
			continue
		}
		s := w.shardOf(int64(c))
		if !slices.Contains(dealt[s], c) {
			dealt[s] = append(dealt[s], c)
		}
	}
	return dealt
}
