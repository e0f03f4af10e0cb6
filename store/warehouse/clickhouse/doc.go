// Package clickhouse keeps the warehouse on a ClickHouse server or a cluster of them.
//
// Every node has the same tables; a row stands on one node only, that of its shard:
//
//	events, lines   the shard of their customer; of events about nobody, of their position
//	quarantined     the shard of their position
//	aliases         every shard, so that they can be joined on each
//	applied         the shard of the batch's token
//
// So a person's story is read from one node, and a question about all people is asked of
// every node. Nothing is asked of the cluster beyond its list of shards: no Keeper, no
// Distributed tables, no ON CLUSTER. The shard of an id is intHash64(id) % shards, which
// ClickHouse can compute too.
//
// # Batches
//
// ClickHouse has no transactions, but an insert of one block is written whole or not at
// all, and two inserts with the same deduplication token count once. A batch is a row of
// steps that can be repeated:
//
//	look up token ──▶ begun: the batch's ──▶ aliases, quarantined, ──▶ done
//	done? return      first rows             lines, then events
//	                                         side by side on all shards
//
// Lines come before events and are read after them, so that an event is never seen without
// its lines.
//
// The server keeps its deduplication log beside the parts and does not write the two in one
// step, so a node that dies between them may have one without the other. A batch that was
// begun before therefore looks for the first row of each insert, which tells whether
// the whole insert is there; the token guards against an insert that is still under way.
//
// # Durability
//
// Parts are synchronised to disk when they are inserted and when they are merged. The log
// could repeat a step whose part was lost, but not one that is noted as done, and a
// merged part replaces parts of long ago. Measured on two busy cores and a local disk, a
// batch of 20 events takes 26 ms instead of 12, one of 20,000 events a quarter longer.
package clickhouse
