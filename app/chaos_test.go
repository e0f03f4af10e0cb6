package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/app/apptest"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
)

// The program is killed at random moments while it takes events, merges people and imports
// a file. Whatever was acknowledged is there in the end, once.
//
// HITORI_CHAOS_KILLS sets how often; `make chaos` kills it two hundred times.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a real program many times")
	}
	kills := 6
	if v := os.Getenv("HITORI_CHAOS_KILLS"); v != "" {
		var err error
		if kills, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	program := buildProgram(t)
	t.Run("embedded", func(t *testing.T) { killed(t, program, apptest.Engines{}, kills) })
	t.Run("external", func(t *testing.T) {
		warehousetest.HoldNodes(t, true)
		killed(t, program, apptest.External(t), kills)
	})
}

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "hitori")
	build := exec.Command("go", "build", "-o", program, "../cmd/hitori")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// process is a running program.
type process struct {
	t       *testing.T
	program string
	data    string
	address string
	engines apptest.Engines
	role    string
	command *exec.Cmd
	log     bytes.Buffer
}

func newProcess(t *testing.T, program string, engines apptest.Engines, role string) *process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return &process{t: t, program: program, data: t.TempDir(), address: listener.Addr().String(), engines: engines, role: role}
}

func (p *process) url() string { return "http://" + p.address }

// start starts the program and returns when it is ready.
func (p *process) start() {
	p.t.Helper()
	if p.engines.Warehouse != "" && os.Getenv(warehousetest.NodesVariable) != "" {
		// Test nodes run in a library that aborts when a client vanishes in the midst of a request, as
		// a server does not.
		warehousetest.Nodes(p.t, "start", "3")
	}
	p.command = exec.Command(p.program, "serve", "--listen", p.address, "--role", p.role, "--disk-reserve", "1")
	p.command.Env = append(os.Environ(), "HITORI_DATA="+p.data, "HITORI_STREAM_URL="+p.engines.Stream,
		"HITORI_STATE_URL="+p.engines.State, "HITORI_WAREHOUSE_URL="+p.engines.Warehouse)
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	deadline := time.Now().Add(60 * time.Second)
	for {
		var answer []byte
		response, err := http.Get(p.url() + "/readyz")
		if err == nil {
			answer, err = io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the program is not ready: %s, %v\n%s", answer, err, p.log.String())
		}
		time.Sleep(20 * time.Millisecond) // another process becomes ready in its own time
	}
}

func (p *process) kill(signal syscall.Signal) {
	if p.command == nil {
		return
	}
	_ = p.command.Process.Signal(signal)
	_ = p.command.Wait() // killed is how it must end
	p.command = nil
}

// lastWords is the end of what the program logged. The program ends by that.
func (p *process) lastWords() string {
	p.kill(syscall.SIGTERM)
	words := p.log.String()
	return words[max(0, len(words)-5000):]
}

// run runs a command of the program beside it.
func (p *process) run(args ...string) string {
	p.t.Helper()
	command := exec.Command(p.program, append(args, "--data", p.data, "--lang", "en")...)
	command.Env = append(os.Environ(), "HITORI_STREAM_URL="+p.engines.Stream, "HITORI_STATE_URL="+p.engines.State, "HITORI_WAREHOUSE_URL="+p.engines.Warehouse)
	out, err := command.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// storm is what goes on while the program is killed.
type storm struct {
	t       *testing.T
	program *process
	url     string
	write   string // a write key
	admin   string // an admin key
	users   int
	mu      sync.Mutex
	sent    map[string]map[int]bool // numbers of acknowledged events by user
	imports map[string]bool         // ids of import jobs
	stop    context.Context
	wait    sync.WaitGroup
}

const (
	ordersInFile = 3000
	linesOfOrder = 2
)

func killed(t *testing.T, program string, engines apptest.Engines, kills int) {
	p := newProcess(t, program, engines, "all")
	p.engines = engines
	admin := "chaos-admin-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	p.run("key", "create", "chaos", "--scope", "admin", "--value", admin)
	p.run("key", "create", "chaos write", "--source", "chaos", "--value", admin+"-write")
	p.start()
	defer func() { p.kill(syscall.SIGKILL) }()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &storm{
		t: t, program: p, url: p.url(), write: admin + "-write", admin: admin, users: 40, stop: ctx,
		sent: make(map[string]map[int]bool), imports: make(map[string]bool),
	}
	for writer := range 4 {
		s.wait.Go(func() { s.send(writer) })
	}
	s.wait.Go(s.merge)
	s.wait.Go(s.importFiles)
	random := rand.New(rand.NewPCG(uint64(kills), 7))
	for n := range kills {
		time.Sleep(time.Duration(100+random.IntN(1400)) * time.Millisecond) // so that any moment is hit
		p.kill(syscall.SIGKILL)
		p.start()
		if n%20 == 19 {
			t.Logf("%d kills, %d events acknowledged", n+1, s.acknowledged())
		}
	}
	cancel()
	s.wait.Wait()
	s.t.Logf("%d kills, %d events and %d files acknowledged", kills, s.acknowledged(), len(s.imports))
	s.check()
	p.kill(syscall.SIGTERM)
}

func (s *storm) running() bool { return s.stop.Err() == nil }

func (s *storm) acknowledged() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for _, numbers := range s.sent {
		total += len(numbers)
	}
	return total
}

// do sends a request and returns the status, zero when nobody answered, and the body.
func (s *storm) do(method, path, secret, contentType string, body []byte) (int, []byte) {
	request, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return 0, nil
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	request.Header.Set("Content-Type", contentType)
	response, err := (&http.Client{Timeout: 5 * time.Minute}).Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	return response.StatusCode, data
}

func (s *storm) call(method, path string, body any) (int, []byte) {
	var data []byte
	if body != nil {
		data, _ = json.Marshal(body)
	}
	return s.do(method, "/api/v1"+path, s.admin, "application/json", data)
}

// send sends batches as an SDK does: the same one again until it is acknowledged.
func (s *storm) send(writer int) {
	random := rand.New(rand.NewPCG(uint64(writer), 1))
	for number := 0; s.running(); {
		user := fmt.Sprint("user-", random.IntN(s.users))
		var batch []string
		first := number
		for range 20 {
			batch = append(batch, fmt.Sprintf(`{"type":"track","event":"Tick Sent","userId":%q,"messageId":"%d-%d","properties":{"n":%d}}`, user, writer, number, writer*10_000_000+number))
			number++
		}
		body := []byte(`{"batch":[` + strings.Join(batch, ",") + `]}`)
		for {
			status, answer := s.do(http.MethodPost, "/v1/batch", s.write, "application/json", body)
			if status == http.StatusOK {
				break
			}
			if status >= 400 && status < 500 && status != http.StatusTooManyRequests {
				s.t.Errorf("refused: %d %s", status, answer)
				return
			}
			time.Sleep(20 * time.Millisecond) // as an SDK waits before it tries again
		}
		s.mu.Lock()
		if s.sent[user] == nil {
			s.sent[user] = make(map[int]bool)
		}
		for n := first; n < number; n++ {
			s.sent[user][writer*10_000_000+n] = true
		}
		s.mu.Unlock()
	}
}

// merge merges people and takes some merges back.
func (s *storm) merge() {
	random := rand.New(rand.NewPCG(9, 9))
	for s.running() {
		a, b := fmt.Sprint("user_id:user-", random.IntN(s.users)), fmt.Sprint("user_id:user-", random.IntN(s.users))
		status, answer := s.call(http.MethodPost, "/customers/"+a+"/merge", map[string]string{"other": b})
		if status == http.StatusOK && random.IntN(3) > 0 {
			var customer struct{ Merges []struct{ ID string } }
			if json.Unmarshal(answer, &customer) == nil && len(customer.Merges) > 0 {
				s.call(http.MethodPost, "/merges/"+customer.Merges[random.IntN(len(customer.Merges))].ID+"/undo", nil)
			}
		}
		time.Sleep(30 * time.Millisecond) // decisions are rarer than events
	}
}

// importFiles imports files of orders, one after the other.
func (s *storm) importFiles() {
	for file := 0; s.running(); file++ {
		var csv bytes.Buffer
		csv.WriteString("注文番号,注文日時,会員ID,商品コード,単価,数量,合計金額\n")
		for order := range ordersInFile {
			for line := range linesOfOrder {
				fmt.Fprintf(&csv, "F%d-%d,2026/03/%02d 12:00:00,buyer-%d,P%d,100,1,200\n", file, order, 1+order%28, order%500, line)
			}
		}
		status, answer := s.do(http.MethodPost, "/api/v1/uploads?name=orders.csv", s.admin, "text/csv", csv.Bytes())
		var upload struct{ ID string }
		if status != http.StatusCreated || json.Unmarshal(answer, &upload) != nil {
			file--
			time.Sleep(50 * time.Millisecond) // the program is being started
			continue
		}
		if !s.startImport(upload.ID) {
			file--
		}
	}
}

// startImport starts an import and waits until it is over. It reports false when it was
// not accepted.
func (s *storm) startImport(upload string) bool {
	var inspection struct{ Mapping json.RawMessage }
	status, answer := s.call(http.MethodPost, "/uploads/"+upload+"/inspect", map[string]string{"target": "orders"})
	if status != http.StatusOK || json.Unmarshal(answer, &inspection) != nil {
		return false
	}
	status, answer = s.call(http.MethodPost, "/imports", map[string]any{"upload": upload, "source": "files", "mapping": inspection.Mapping})
	var job struct{ ID, State string }
	if status != http.StatusAccepted || json.Unmarshal(answer, &job) != nil {
		return false
	}
	s.mu.Lock()
	s.imports[job.ID] = true
	s.mu.Unlock()
	for s.running() && job.State != "done" && job.State != "failed" {
		time.Sleep(50 * time.Millisecond) // jobs take their time
		if status, answer := s.call(http.MethodGet, "/jobs/"+job.ID, nil); status == http.StatusOK {
			_ = json.Unmarshal(answer, &job) // asked again otherwise
		}
	}
	return true
}

// check compares what is there with what was acknowledged.
func (s *storm) check() {
	s.settle()
	histories := make(map[string][]exported) // of people, who were merged out of many users
	for user, numbers := range s.sent {
		person := s.person("user_id:" + user)
		if histories[person] == nil {
			histories[person] = s.events(person)
		}
		events := histories[person]
		mine := make(map[int]bool)
		profile := ""
		for _, e := range events {
			if e.Name != "Tick Sent" || e.UserID != user {
				continue
			}
			n := e.Properties.N
			if mine[n] {
				s.t.Errorf("event %d of %s is there twice", n, user)
			}
			mine[n] = true
			if !numbers[n] {
				s.t.Errorf("event %d of %s was never acknowledged to the end", n, user)
			}
			if profile != "" && e.Profile != profile {
				s.t.Errorf("%s has events of two profiles, %s and %s", user, profile, e.Profile)
			}
			profile = e.Profile
		}
		for n := range numbers {
			if !mine[n] {
				s.t.Errorf("event %d of %s was acknowledged and is not there", n, user)
			}
		}
	}
	s.checkCounts()
}

type exported struct {
	Name       string
	UserID     string `json:"user_id"`
	Profile    string
	Properties struct {
		N       int
		OrderID string `json:"order_id"`
	}
}

func (s *storm) person(reference string) string {
	s.t.Helper()
	var customer struct{ ID string }
	status, answer := s.call(http.MethodGet, "/customers/"+reference, nil)
	if status != http.StatusOK || json.Unmarshal(answer, &customer) != nil {
		s.t.Fatalf("%s: %d %.300s", reference, status, answer)
	}
	return customer.ID
}

func (s *storm) events(person string) []exported {
	s.t.Helper()
	begin := time.Now()
	status, answer := s.call(http.MethodGet, "/customers/"+person+"/export", nil)
	var document struct{ Events []exported }
	if status != http.StatusOK {
		s.t.Fatalf("export of %s: %d %.300s after %s\n%s", person, status, answer, time.Since(begin), s.program.lastWords())
	}
	if err := json.Unmarshal(answer, &document); err != nil {
		s.t.Fatalf("export of %s: %v", person, err)
	}
	return document.Events
}

// settle waits until imports are over and everything is applied.
func (s *storm) settle() {
	deadline := time.Now().Add(3 * time.Minute)
	for id := range s.imports {
		for {
			status, answer := s.call(http.MethodGet, "/jobs/"+id, nil)
			var job struct {
				State  string
				Reason string
			}
			if status == http.StatusOK && json.Unmarshal(answer, &job) == nil {
				if job.State == "failed" {
					s.t.Errorf("import failed: %s", job.Reason)
				}
				if job.State == "done" || job.State == "failed" {
					break
				}
			}
			if time.Now().After(deadline) {
				s.t.Fatalf("import %s does not end: %s", id, answer)
			}
			time.Sleep(100 * time.Millisecond) // jobs take their time
		}
	}
	for {
		status, answer := s.call(http.MethodGet, "/system/health", nil)
		var health struct {
			Lag int64 `json:"lag_frames"`
		}
		if status == http.StatusOK && json.Unmarshal(answer, &health) == nil && health.Lag == 0 {
			time.Sleep(2 * time.Second) // for the last step to reach the warehouse
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("events are not applied: %s", answer)
		}
		time.Sleep(100 * time.Millisecond) // events are applied in their own time
	}
}

// checkCounts compares the counts of the data contract, which are kept with the
// checkpoints, with what was sent.
func (s *storm) checkCounts() {
	_, answer := s.call(http.MethodGet, "/contract/events", nil)
	var counts struct {
		Events []struct {
			Name   string
			Events int
		}
	}
	if err := json.Unmarshal(answer, &counts); err != nil {
		s.t.Fatal(err)
	}
	want := map[string]int{"Tick Sent": s.acknowledged(), "Order Completed": ordersInFile * len(s.imports)}
	for _, c := range counts.Events {
		if n, ok := want[c.Name]; ok && c.Events != n {
			s.t.Errorf("%d events %s counted, %d acknowledged", c.Events, c.Name, n)
		}
	}
}
