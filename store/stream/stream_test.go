package stream_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/stream"
	"github.com/hitori-cdp/hitori/store/stream/streamtest"
)

func open(t *testing.T, cfg stream.Config) *stream.Log {
	t.Helper()
	l, err := stream.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEmbedded(t *testing.T) {
	streamtest.Run(t, func(t *testing.T) streamtest.Engine {
		dir := t.TempDir()
		return streamtest.Engine{
			Dirs: []string{dir},
			Open: func(t *testing.T) *stream.Log { return open(t, stream.Config{Dir: dir}) },
		}
	})
}

func TestCluster(t *testing.T) {
	nodes := streamtest.StartCluster(t, 3)
	streamtest.Run(t, func(t *testing.T) streamtest.Engine {
		name := strings.ToLower(filepath.Base(t.Name()))
		url := nodes.URL() + "?replicas=3&name=" + name
		return streamtest.Engine{
			Dirs:    nodes.Dirs(),
			Compact: func(t *testing.T) { nodes.Compact(name+"_events", name+"_redacted") },
			Open:    func(t *testing.T) *stream.Log { return open(t, stream.Config{URL: url}) },
		}
	})
}

// A node of the cluster dies while events are accepted: what was acknowledged is there,
// and acceptance goes on with the two others.
func TestClusterNodeDies(t *testing.T) {
	nodes := streamtest.StartCluster(t, 3)
	l := open(t, stream.Config{URL: nodes.URL() + "?replicas=3"})
	defer l.Close()
	accepted := 0
	for n := range 60 {
		if n == 20 {
			nodes.Stop(1)
		}
		e := []hitori.Event{{MessageID: fmt.Sprint(n), Source: 2, Type: hitori.Track, AnonymousID: fmt.Sprint(n), Time: time.Unix(0, 0), ReceivedAt: time.Unix(0, 0)}}
		for attempt := 0; ; attempt++ {
			err := l.Append(t.Context(), e)
			if err == nil {
				accepted++
				break
			}
			if hitori.ErrorCode(err) != hitori.Unavailable || attempt == 200 {
				t.Fatalf("event %d: %v", n, err)
			}
			time.Sleep(50 * time.Millisecond) // the election of a new leader takes real time
		}
	}
	reader, err := l.Read(t.Context(), map[int]uint64{0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	seen := make(map[string]bool)
	for len(seen) < accepted {
		frame, err := reader.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range frame.Events {
			seen[e.MessageID] = true
		}
	}
}

// A full disk refuses events and loses none; once there is room again, acceptance goes on.
func TestFullDisk(t *testing.T) {
	dir := streamtest.SmallDisk(t, 24)
	l := open(t, stream.Config{Dir: filepath.Join(dir, "stream")})
	defer l.Close()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 12<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 15_000) // that does not compress
	rand.NewChaCha8([32]byte{}).Read(noise)
	text := hitori.JSON(`"` + hex.EncodeToString(noise) + `"`)
	var accepted []string
	appendOne := func(n int) error {
		e := []hitori.Event{{MessageID: fmt.Sprint(n), Source: 2, Type: hitori.Track, AnonymousID: "a", Time: time.Unix(0, 0), ReceivedAt: time.Unix(0, 0), Properties: text}}
		err := l.Append(t.Context(), e)
		if err == nil {
			accepted = append(accepted, e[0].MessageID)
		}
		return err
	}
	n, refused := 0, error(nil)
	for ; refused == nil && n < 2000; n++ {
		refused = appendOne(n)
	}
	var told *hitori.Error
	if !errors.As(refused, &told) || told.Code != hitori.Unavailable || told.RetryAfter == 0 {
		t.Fatalf("after %d events: %v", n, refused)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for attempt := 0; appendOne(n) != nil; attempt++ {
		if attempt == 100 {
			t.Fatal("acceptance did not go on")
		}
		time.Sleep(50 * time.Millisecond) // the engine comes back on its own goroutine
	}
	l.Close()
	l = open(t, stream.Config{Dir: filepath.Join(dir, "stream")})
	defer l.Close()
	after := make(map[int]uint64)
	for p := range l.Partitions() {
		after[p] = 0
	}
	reader, err := l.Read(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	seen := make(map[string]bool)
	for len(seen) < len(accepted) {
		frame, err := reader.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range frame.Events {
			seen[e.MessageID] = true
		}
	}
	for _, id := range accepted {
		if !seen[id] {
			t.Errorf("event %s was acknowledged and is gone", id)
		}
	}
}
