// Command bench measures what Hitori promises, on this machine, each figure beside a floor
// measured in the same run: what the machine and the engines below can do at best.
//
//	go run ./bench                      everything; bench/RESULTS.md is written
//	go run ./bench -only accept,lag     some of it; printed only
//
// Reading and understanding are measured on a simulated shop of a million customers and some 50 million events. It is made in
// -large when it is not there yet, which takes half an hour and 40 GB.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// bench is one run.
type bench struct {
	ctx     context.Context
	program string // the program under test
	work    string // a folder that is removed afterwards
	large   string
	people  int
	rows    []row
}

// row is one figure.
type row struct{ what, target, measured, floor string }

func (b *bench) report(what, target, measured, floor string) {
	fmt.Printf("%-62s %-16s %-34s %s\n", what, target, measured, floor)
	b.rows = append(b.rows, row{what, target, measured, floor})
}

type part struct {
	name string
	run  func(*bench) error
}

var parts = []part{
	{"accept", (*bench).accept},
	{"apply", (*bench).apply},
	{"lag", (*bench).lag},
	{"import", (*bench).importing},
	{"idle", (*bench).idle},
	{"read", (*bench).read},
	{"understand", (*bench).understand},
}

func main() {
	only := flag.String("only", "", "which parts to run, divided by commas")
	large := flag.String("large", "bench/work/large", "the folder of the large shop")
	out := flag.String("out", "", "where to write the table; bench/RESULTS.md when everything is measured")
	people := flag.Int("customers", 1_000_000, "customers of the large shop")
	profile := flag.String("cpuprofile", "", "where to write a profile of the processor's time")
	flag.Parse()
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := run(ctx, *only, *out, *large, *people); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, only, out, large string, people int) error {
	if err := os.MkdirAll("bench/work", 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp("bench/work", "run")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{ctx: ctx, program: filepath.Join(work, "hitori"), work: work, large: large, people: people}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/hitori")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	var chosen []string
	if only != "" {
		chosen = strings.Split(only, ",")
	}
	for _, p := range parts {
		if chosen != nil && !slices.Contains(chosen, p.name) {
			continue
		}
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if out == "" && chosen == nil {
		out = "bench/RESULTS.md"
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, b.results(), 0o644)
}

// results is the table that is kept.
func (b *bench) results() []byte {
	var s strings.Builder
	fmt.Fprintf(&s, "# Measured figures\n\n<!-- Written by \"make bench\". -->\n\n%s; %s. The load comes from the same machine.\n\n",
		time.Now().Format("2006-01-02"), machine())
	s.WriteString("| what | target | measured | floor, in the same run |\n|---|---|---|---|\n")
	for _, r := range b.rows {
		fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", r.what, r.target, r.measured, r.floor)
	}
	return []byte(s.String())
}

func machine() string {
	model, memory := "unknown processor", ""
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
			}
		}
	}
	if info, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kilobytes int
		if _, err := fmt.Sscanf(string(info), "MemTotal: %d kB", &kilobytes); err == nil {
			memory = fmt.Sprintf(", %d GiB", kilobytes>>20)
		}
	}
	return fmt.Sprintf("%d × %s%s, %s %s/%s", runtime.NumCPU(), model, memory, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// quantile returns the q-quantile of durations.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(q*float64(len(all))))]
}

func rate(n int, spent time.Duration) string {
	return fmt.Sprintf("%.0f events/s", float64(n)/spent.Seconds())
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
