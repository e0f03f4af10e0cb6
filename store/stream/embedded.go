package stream

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const maxPayload = 8 << 20

var errStopped = errors.New("the embedded NATS server is stopped")

// embedded is a NATS server inside this process that listens on no port. A nil one, for a
// log that is elsewhere, is never off and has nothing to stop.
type embedded struct {
	options *server.Options
	logger  *slog.Logger

	mu      sync.Mutex
	server  *server.Server // nil while it is being replaced
	stopped bool
	// suspect says that the server has reported an error since it started. After a failed
	// write, such as on a full disk, it refuses all later ones and tells no publisher.
	suspect atomic.Bool
}

func startEmbedded(dir string, logger *slog.Logger) (*embedded, error) {
	e := &embedded{logger: logger, options: &server.Options{
		JetStream: true, StoreDir: filepath.Clean(dir), DontListen: true, NoSigs: true,
		SyncAlways: true, // what is acknowledged is on disk
		MaxPayload: maxPayload, MaxPending: 256 << 20,
		// The whole disk may be used; Hitori itself stops accepting before it is full.
		JetStreamMaxStore: 1 << 50, JetStreamMaxMemory: 64 << 20,
	}}
	return e, e.start()
}

func (e *embedded) start() error {
	s, err := server.NewServer(e.options.Clone())
	if err != nil {
		return err
	}
	s.SetLoggerV2(serverLog{e}, false, false, false)
	e.suspect.Store(false)
	s.Start()
	if !s.ReadyForConnections(30*time.Second) || !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return errors.New("the embedded NATS server did not start; is its folder writable and not in use?")
	}
	e.server = s
	return nil
}

// InProcessConn connects a client of the same process.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errStopped
	}
	return e.server.InProcessConn()
}

func (e *embedded) off() bool {
	if e == nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.server == nil || e.suspect.Load() || !e.server.JetStreamEnabled()
}

// revive replaces a server that is off. Clients reconnect to the new one by themselves.
func (e *embedded) revive() {
	if e == nil {
		return
	}
	if !e.off() {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return
	}
	e.shutdown()
	if err := e.start(); err != nil {
		e.logger.Warn("stream is switched off and cannot be switched on yet", "error", err)
	}
}

func (e *embedded) stop() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopped = true
	e.shutdown()
}

func (e *embedded) shutdown() {
	if e.server == nil {
		return
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
	e.server = nil
}

// serverLog passes what the server has to complain about to the program's log.
type serverLog struct{ engine *embedded }

func (l serverLog) Warnf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	if strings.Contains(text, "Filestore [") { // the repair of its index after a crash
		l.engine.logger.Debug("stream engine", "text", text)
		return
	}
	l.engine.logger.Warn("stream engine", "text", text)
}

func (l serverLog) Errorf(format string, v ...any) {
	l.engine.suspect.Store(true)
	l.engine.logger.Error("stream engine", "text", fmt.Sprintf(format, v...))
}

func (l serverLog) Fatalf(format string, v ...any) { l.Errorf(format, v...) }
func (serverLog) Noticef(string, ...any)           {}
func (serverLog) Debugf(string, ...any)            {}
func (serverLog) Tracef(string, ...any)            {}
