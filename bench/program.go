package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hitori-cdp/hitori/app"
)

// program is a process of its own, so that its memory and its start can be measured.
type program struct {
	command *exec.Cmd
	app.Serving
	log   bytes.Buffer
	start time.Duration
}

// serve starts the program on a folder and waits until it answers.
func (b *bench) serve(folder string) (*program, error) {
	p := &program{command: exec.CommandContext(b.ctx, b.program, "serve", "--data", folder, "--listen", "127.0.0.1:0")}
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	begin := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	for time.Since(begin) < time.Minute {
		if serving, ok := app.FindServing(folder); ok && serving.Process == p.command.Process.Pid {
			p.Serving = serving
			if _, err := get(b.ctx, http.DefaultClient, serving.URL+"/readyz", ""); err == nil {
				p.start = time.Since(begin)
				return p, nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("the program does not answer:\n%s", p.log.String())
}

func (p *program) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait() // it was told to end
}

// memory returns what the process holds now, and at most since it began or since its peak was
// reset, in bytes.
func (p *program) memory() (now, peak int64) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(data)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &now)
		_, _ = fmt.Sscanf(line, "VmHWM: %d kB", &peak)
	}
	return now << 10, peak << 10
}

func (p *program) resetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.command.Process.Pid), []byte("5"), 0)
}

// call sends a request as an administrator and decodes the answer.
func (p *program) call(method, path string, body io.Reader, contentType string, out any) error {
	request, err := http.NewRequest(method, p.URL+"/api/v1"+path, body) //nolint:noctx // the process ends with the run
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+p.Secret)
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = errors.New(string(data))
	}
	if err == nil && out != nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (p *program) post(path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return p.call(http.MethodPost, path, bytes.NewReader(data), "application/json", out)
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n/1_000_000) }

// idle measures a program that has nothing to do, and one that has all it can do.
func (b *bench) idle() error {
	folder := filepath.Join(b.work, "idle")
	p, err := b.serve(folder)
	if err != nil {
		return err
	}
	defer p.stop()
	time.Sleep(5 * time.Second)
	now, _ := p.memory()
	b.report("Memory when idle", "≤ 300 MB", megabytes(now), "")
	var key struct{ Secret string }
	if err := p.post("/keys", map[string]any{"name": "bench", "source": "bench"}, &key); err != nil {
		return err
	}
	n, spent, err := newLoad(p.URL, key.Secret).flood(b.ctx, senders, 1<<40, time.Minute)
	if err != nil {
		return err
	}
	_, peak := p.memory()
	b.report("Memory under full ingest, peak", "≤ 1,500 MB", megabytes(peak), "at "+rate(n, spent)+" accepted")
	return nil
}
