package warehouse

// Info is the size of a warehouse.
type Info struct {
	// Events is how many events are stored, without those in quarantine.
	Events int64
	// Bytes is what everything takes on disk.
	Bytes int64
	// Shards are the nodes that answered, for an engine that has nodes.
	Shards []Shard
}

// Shard is the share of one node.
type Shard struct {
	// Address is the node's host and port.
	Address string
	Events  int64
	Bytes   int64
}
