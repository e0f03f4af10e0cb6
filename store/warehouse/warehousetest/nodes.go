package warehousetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
)

// heldAlone says that a test of this process keeps others away.
var heldAlone atomic.Bool

// HoldNodes keeps the test machine's ClickHouse nodes alive until the test ends, or, when the
// test is going to kill one, waits until nobody else uses them and keeps others away. The
// packages' tests run in processes of their own, at the same time.
func HoldNodes(t testing.TB, alone bool) {
	t.Helper()
	if heldAlone.Load() {
		return // by this test
	}
	lock, err := os.OpenFile(filepath.Join(os.TempDir(), "hitori-test-nodes.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(lock.Fd()), how); err != nil {
		t.Fatal(err)
	}
	heldAlone.Store(alone)
	t.Cleanup(func() {
		if alone && os.Getenv(NodesVariable) != "" {
			// They run in a library that may abort long after a client has vanished in the midst of
			// a request, as a server does not.
			Nodes(t, "stop")
			Nodes(t, "start", "3")
		}
		heldAlone.Store(false)
		_ = lock.Close() // which gives the lock back
	})
}

// NodesVariable names the program that starts and kills the test machine's nodes.
const NodesVariable = "HITORI_TEST_CLICKHOUSE_NODES"

// Nodes runs the program that starts and kills nodes. It skips the test where there is none,
// or fails it when everything must be tested.
func Nodes(t testing.TB, args ...string) {
	t.Helper()
	program := os.Getenv(NodesVariable)
	if program == "" {
		if os.Getenv("HITORI_REQUIRE_ENGINES") == "1" {
			t.Fatalf("killed nodes are not tested: %s is not set", NodesVariable)
		}
		t.Skipf("killed nodes are not tested: %s is not set", NodesVariable)
	}
	for attempt := 1; ; attempt++ { // a node that has just died may still hold its port
		out, err := exec.CommandContext(context.WithoutCancel(t.Context()), program, args...).CombinedOutput()
		if err == nil {
			return
		}
		if attempt == 3 {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
}
