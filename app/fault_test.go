package app_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/store/stream/streamtest"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/unify"
)

// sender sends numbered events and remembers which were acknowledged.
type sender struct {
	c            *apptest.Client
	key          string
	people       int
	pad          string
	acknowledged map[int]bool
	next         int
}

func newSender(c *apptest.Client, people int) *sender {
	return &sender{c: c, key: c.WriteKey("faults"), people: people, acknowledged: make(map[int]bool)}
}

// send sends a batch of twenty events and returns the status.
func (s *sender) send() int {
	s.c.T.Helper()
	var messages []any
	first := s.next
	for range 20 {
		messages = append(messages, map[string]any{
			"type": "track", "event": "Tick Sent", "userId": fmt.Sprint("user-", s.next%s.people), "messageId": fmt.Sprint("tick-", s.next),
			"properties": map[string]any{"n": s.next, "pad": s.pad},
		})
		s.next++
	}
	status, _ := s.c.Do(http.MethodPost, "/v1/batch", s.key, map[string]any{"batch": messages})
	if status != http.StatusOK {
		s.next = first // the same again, as a sender does
		return status
	}
	for n := first; n < s.next; n++ {
		s.acknowledged[n] = true
	}
	return status
}

// sendUntil sends until the answer is of that status.
func (s *sender) sendUntil(status int) {
	s.c.T.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for got := 0; got != status; {
		if got = s.send(); time.Now().After(deadline) {
			s.c.T.Fatalf("the answer stays %d, not %d", got, status)
		}
		if got != http.StatusOK && got != status {
			time.Sleep(50 * time.Millisecond) // what was stopped comes back in its own time
		}
	}
}

// check fails the test unless every acknowledged event is there once.
func (s *sender) check(c *apptest.Client) {
	c.T.Helper()
	c.Settle()
	found := make(map[int]int)
	for user := range s.people {
		var document struct {
			Events []struct {
				Properties struct{ N int }
			}
		}
		c.Call(http.MethodGet, fmt.Sprintf("/customers/user_id:user-%d/export", user), nil, &document)
		for _, e := range document.Events {
			found[e.Properties.N]++
		}
	}
	for n := range s.acknowledged {
		if found[n] != 1 {
			c.T.Errorf("event %d was acknowledged and is there %d times", n, found[n])
		}
	}
	if len(found) != len(s.acknowledged) {
		c.T.Errorf("%d events are there, %d were acknowledged", len(found), len(s.acknowledged))
	}
}

// read returns the status of reading a person.
func read(c *apptest.Client) int {
	status, _ := c.Do(http.MethodGet, "/api/v1/customers/user_id:user-1", c.Secret, nil)
	return status
}

func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(50 * time.Millisecond) // what was stopped comes back in its own time
	}
}

// A disk that fills up refuses events and breaks nothing; once there is room, everything
// goes on, and a restart finds all that was acknowledged.
func TestFaultFullDisk(t *testing.T) {
	disk := streamtest.SmallDisk(t, 160)
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 110<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := app.Config{Data: filepath.Join(disk, "data"), DiskReserve: 1}
	c := apptest.Start(t, cfg)
	s := newSender(c, 5)
	noise := make([]byte, 6000) // that does not compress
	rand.NewChaCha8([32]byte{}).Read(noise)
	s.pad = hex.EncodeToString(noise)
	s.sendUntil(http.StatusServiceUnavailable)
	if len(s.acknowledged) < 100 {
		t.Fatalf("only %d events fitted", len(s.acknowledged))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.sendUntil(http.StatusOK)
	s.check(c)
	c.App.Stop()
	s.check(apptest.Start(t, cfg))
}

// Each external engine goes away while events come in, and comes back.
func TestFaultEngineGone(t *testing.T) {
	warehousetest.HoldNodes(t, true)
	engines := apptest.External(t)
	faults := []struct {
		name       string
		stop       func(*testing.T)
		start      func(*testing.T)
		acceptable bool // events are accepted meanwhile
	}{
		{"stream", func(*testing.T) { engines.Nodes.Stop(1); engines.Nodes.Stop(2) }, func(*testing.T) {
			engines.Nodes.Start(1)
			engines.Nodes.Start(2)
			engines.Nodes.Await()
		}, false},
		{"state", func(t *testing.T) { refuse(t, engines.State, true) }, func(t *testing.T) { refuse(t, engines.State, false) }, true},
		{"warehouse", func(t *testing.T) { warehousetest.Nodes(t, "kill", "3") }, func(t *testing.T) { warehousetest.Nodes(t, "start", "3") }, true},
	}
	c := apptest.Start(t, config(t, engines))
	s := newSender(c, 5)
	s.sendUntil(http.StatusOK)
	c.Settle()
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			fault.stop(t)
			if fault.acceptable {
				for range 20 {
					s.sendUntil(http.StatusOK)
				}
				await(t, "reading is refused", func() bool { return read(c) == http.StatusServiceUnavailable })
			} else {
				s.sendUntil(http.StatusServiceUnavailable)
			}
			fault.start(t)
			await(t, "events are accepted", func() bool { return s.send() == http.StatusOK })
			await(t, "people can be read", func() bool { return read(c) == http.StatusOK })
			// A cluster that came back may change its leader once more.
			await(t, "what was accepted is applied", func() bool { return c.App.Settled(t.Context()) == nil })
			s.check(c)
		})
	}
}

// refuse ends all connections to a database and lets no new ones in, or does again.
func refuse(t testing.TB, database string, on bool) {
	t.Helper()
	options, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	name := options.Database
	options.Database = "postgres"
	conn, err := pgx.ConnectConfig(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS %t", name, !on)); err != nil {
		t.Fatal(err)
	}
	if on {
		if _, err := conn.Exec(context.Background(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { refuse(t, database, false) })
	}
}

// Two processes apply what one accepts; each event is applied once, also when one of the two
// stops in the midst and comes back.
func TestTwoWorkers(t *testing.T) {
	engines := apptest.External(t)
	front := config(t, engines)
	front.Role = app.RoleCollect
	web := config(t, engines)
	web.Role = app.RoleWeb
	work := func() app.Config {
		cfg := config(t, engines)
		cfg.Role = app.RoleWork
		return cfg
	}
	workers := []*apptest.Client{apptest.Start(t, work()), apptest.Start(t, work())}
	s := newSender(apptest.Start(t, front), 40)
	reader := apptest.Start(t, web)
	for batch := range 150 {
		s.sendUntil(http.StatusOK)
		switch batch {
		case 50:
			workers[0].App.Stop()
		case 100:
			workers[0] = apptest.Start(t, work())
		}
	}
	reader.Settle()
	for i, w := range workers {
		if n := w.App.Worker.Stats().Events.Load(); n == 0 {
			t.Errorf("worker %d applied nothing", i)
		}
	}
	s.check(reader)
	var person unify.Customer
	reader.Call(http.MethodGet, "/customers/user_id:user-1", nil, &person)
	if person.Activity.Events != 75 {
		t.Errorf("%d events of one person", person.Activity.Events)
	}
}
