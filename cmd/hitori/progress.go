package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hitori-cdp/hitori/collect"
)

// step begins another part of the work, with a text of its own; the part that is under way goes on.
func (p *progress) step(key string) {
	if p.key != key {
		p.key, p.began, p.shown = key, time.Now(), time.Time{}
	}
}

// report shows how far the work is; a total of zero is unknown.
func (p *progress) report(done, total int64) {
	pause := 5 * time.Second
	if p.line {
		pause = 200 * time.Millisecond
	}
	now := time.Now()
	if now.Sub(p.shown) < pause {
		return
	}
	p.shown = now
	share, left := "…", "…"
	if total > 0 && done > 0 {
		share = fmt.Sprintf("%d%%", done*100/total)
		left = time.Duration(float64(now.Sub(p.began)) * float64(total-done) / float64(done)).Round(time.Second).String()
	}
	text := p.session.text(p.key, "done", done, "total", total, "share", share, "left", left)
	if p.line {
		fmt.Fprint(p.session.out, "\r\033[K"+text)
		return
	}
	fmt.Fprintln(p.session.out, text)
}

func (p *progress) end() {
	if p.line && !p.shown.IsZero() {
		fmt.Fprint(p.session.out, "\r\033[K")
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// firstArgs are what fills the text of a count in: the first example's.
func firstArgs(c collect.ImportCount) map[string]string {
	if len(c.Examples) == 0 {
		return nil
	}
	return c.Examples[0].Args
}
