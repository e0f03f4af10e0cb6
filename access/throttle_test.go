package access

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
)

var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func wait(err error) time.Duration {
	var told *hitori.Error
	if errors.As(err, &told) {
		return told.RetryAfter
	}
	return 0
}

func TestWaitDoublesAndIsForgiven(t *testing.T) {
	throttle := newThrottle()
	l := limit{"a", allowance{free: 3, first: time.Second, most: 4 * time.Second}}
	now := noon
	for range 3 {
		if err := throttle.attempt(now, l); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second} {
		if got := wait(throttle.attempt(now, l)); got != want {
			t.Errorf("wait %s, want %s", got, want)
		}
		now = now.Add(want)
		if err := throttle.attempt(now, l); err != nil {
			t.Error(err)
		}
	}
	if err := throttle.attempt(now.Add(forgiven+time.Second), l); err != nil {
		t.Error(err)
	}
	if got := throttle.entries["a"].count; got != 1 {
		t.Errorf("%d attempts remembered", got)
	}
}

// A refused attempt counts under none of its limits.
func TestRefusedAttemptCountsNowhere(t *testing.T) {
	throttle := newThrottle()
	strict, loose := limit{"strict", allowance{1, time.Minute, time.Minute}}, limit{"loose", allowance{100, time.Minute, time.Minute}}
	for range 50 {
		_ = throttle.attempt(noon, strict, loose)
	}
	if got := throttle.entries["loose"].count; got != 1 {
		t.Errorf("%d attempts counted", got)
	}
}

func TestThrottleStaysSmall(t *testing.T) {
	throttle := newThrottle()
	for n := range watched + 1000 {
		_ = throttle.attempt(noon, limit{fmt.Sprint(n), perPair})
	}
	if len(throttle.entries) > watched {
		t.Errorf("%d entries", len(throttle.entries))
	}
}

func TestNeighbourhood(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "",
	} {
		if got := neighbourhood(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
