package streamtest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// patience is how long a cluster may take to form or to close its ranks.
const patience = 30 * time.Second

// Cluster is a NATS cluster in this process, whose nodes can be stopped and started.
type Cluster struct {
	t       testing.TB
	nodes   []*server.Server
	options []*server.Options
}

// StartCluster starts a cluster that ends with the test.
func StartCluster(t testing.TB, size int) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var routes string
	for i := range size {
		c.options = append(c.options, &server.Options{
			ServerName: fmt.Sprint("node", i), Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), SyncAlways: true, MaxPayload: 8 << 20,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: -1}, Routes: server.RoutesFromStr(routes),
		})
		c.nodes = append(c.nodes, nil)
		c.launch(i)
		routes = "nats://" + c.nodes[0].ClusterAddr().String()
	}
	t.Cleanup(func() {
		for i := range c.nodes {
			c.Stop(i)
		}
	})
	for i := range c.options { // so that a node comes back to where the others look for it
		c.options[i].Port = c.nodes[i].Addr().(*net.TCPAddr).Port
		c.options[i].Cluster.Port = c.nodes[i].ClusterAddr().Port
	}
	c.Await()
	return c
}

// launch starts a node.
func (c *Cluster) launch(i int) {
	c.t.Helper()
	s, err := server.NewServer(c.options[i].Clone())
	if err != nil {
		c.t.Fatal(err)
	}
	s.Start()
	c.nodes[i] = s
	if !s.ReadyForConnections(patience) {
		c.t.Fatalf("NATS node %d did not start", i)
	}
}

// Await waits until every node that runs has caught up.
func (c *Cluster) Await() {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for i, s := range c.nodes {
		for s != nil && !s.JetStreamIsCurrent() {
			if time.Now().After(deadline) {
				c.t.Fatalf("NATS node %d is not up to date", i)
			}
			time.Sleep(20 * time.Millisecond) // its nodes elect a leader in their own time
		}
	}
}

// URL names all nodes.
func (c *Cluster) URL() string {
	var hosts []string
	for i := range c.nodes {
		hosts = append(hosts, fmt.Sprintf("127.0.0.1:%d", c.options[i].Port))
	}
	return "nats://" + strings.Join(hosts, ",")
}

// Dirs are where the nodes keep what they store.
func (c *Cluster) Dirs() []string {
	var dirs []string
	for _, s := range c.nodes {
		dirs = append(dirs, s.StoreDir())
	}
	return dirs
}

// Compact makes every node fold its consensus log into the stream, which NATS does every
// two minutes; until then the consensus log still holds what the stream has overwritten.
func (c *Cluster) Compact(streams ...string) {
	c.t.Helper()
	for _, s := range c.nodes {
		for _, stream := range streams {
			if err := s.JetStreamSnapshotStream("$G", stream); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// Stop ends a node; stopping twice does nothing.
func (c *Cluster) Stop(i int) {
	if c.nodes[i] != nil {
		c.nodes[i].Shutdown()
		c.nodes[i].WaitForShutdown()
		c.nodes[i] = nil
	}
}

// Start brings a stopped node back with what it stored.
func (c *Cluster) Start(i int) {
	c.t.Helper()
	c.launch(i)
}
