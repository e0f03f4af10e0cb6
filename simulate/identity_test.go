package simulate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori/simulate"
)

// TestIdentifiersAreOnePersons: every identifier belongs to one person, but for tablets and
// lines of households and numbers that are junk, which the truth marks.
func TestIdentifiersAreOnePersons(t *testing.T) {
	owner := make(map[string]int)
	shared := make(map[string][]int)
	phones := make(map[string]int)
	claim := func(kind, value string, person int) {
		if value == "" {
			return
		}
		if other, taken := owner[kind+value]; taken && other != person {
			t.Fatalf("%s %s belongs to %d and %d", kind, value, other, person)
		}
		owner[kind+value] = person
	}
	people := many().people
	for i, p := range people {
		if w := p.Web; w != nil {
			claim("user", w.UserID, i)
			claim("email", w.Email, i)
			claim("email", w.NewEmail, i)
			claim("phone", w.Phone, i)
			claim("line", w.LINE, i)
			for _, b := range w.Browsers {
				if b.Shared {
					shared[b.AnonymousID] = append(shared[b.AnonymousID], i)
					continue
				}
				claim("anonymous", b.AnonymousID, i)
			}
			phones[w.Phone] = i
		}
		if s := p.Store; s != nil {
			claim("card", s.Card, i)
			claim("email", s.Email, i)
			if s.PhoneOf == "own" {
				claim("phone", mobileForm(s.Phone), i)
			}
		}
	}
	kinds := make(map[string]int)
	together := 0
	for i, p := range people {
		if p.Store != nil {
			kinds[p.Store.PhoneOf]++
			checkPhone(t, &p, phones, i)
		}
	}
	for id, users := range shared {
		for _, i := range users {
			if p := people[i].Household; p == nil || !p.Tablet || p.Partner != users[0] && i != users[0] {
				t.Errorf("browser %s is shared by %v, who do not live together", id, users)
			}
		}
		if len(users) > 1 {
			together++
		}
	}
	if together < 50 {
		t.Errorf("only %d browsers were used by both of a household", together)
	}
	for _, kind := range []string{"own", "household", "partner", "junk", "shop", "none"} {
		if kinds[kind] == 0 {
			t.Errorf("no card record with a phone of kind %s: %v", kind, kinds)
		}
	}
}

// mobileForm undoes the spellings of a phone number.
func mobileForm(phone string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '0' && r <= '9':
			return r
		}
		return -1
	}, phone)
	if len(digits) != 11 {
		return digits
	}
	return digits[:3] + "-" + digits[3:7] + "-" + digits[7:]
}

// checkPhone tells whether the number on the card is whose the truth says it is.
func checkPhone(t *testing.T, p *simulate.Person, phones map[string]int, i int) {
	t.Helper()
	number := mobileForm(p.Store.Phone)
	holder, known := phones[number]
	var ok bool
	switch p.Store.PhoneOf {
	case "own":
		ok = !known || holder == i
	case "partner":
		ok = p.Household != nil && (!known || holder == p.Household.Partner)
	case "household":
		ok = !known && len(number) == 10
	case "junk":
		ok = strings.Trim(number, "0") == ""
	case "shop":
		ok = number == "0312340000"
	case "none":
		ok = number == ""
	}
	if !ok {
		t.Errorf("person %d: phone %q is not of kind %s", i, p.Store.Phone, p.Store.PhoneOf)
	}
}

// TestWhoIsWho: every identifier in the events is in the truth, with the person whose event
// it is.
func TestWhoIsWho(t *testing.T) {
	f := loadSmall(t)
	users, cards, lines := make(map[string]int), make(map[string]int), make(map[string]int)
	browsers := make(map[string][]int)
	for i, p := range f.people {
		if p.Web != nil {
			if p.Web.UserID != "" {
				users[p.Web.UserID] = i
			}
			if p.Web.LINE != "" {
				lines[p.Web.LINE] = i
			}
			for _, b := range p.Web.Browsers {
				browsers[b.AnonymousID] = append(browsers[b.AnonymousID], i)
			}
		}
		if p.Store != nil {
			cards[p.Store.Card] = i
		}
	}
	seenUsers, linked := make(map[string]bool), 0
	for k := range f.events {
		e := &f.events[k]
		if e.Context.UserAgent != "" && strings.Contains(e.Context.UserAgent, "Bot") {
			continue
		}
		var about []int
		known := true
		look := func(where map[string]int, value string) {
			if value != "" {
				i, ok := where[value]
				about, known = append(about, i), known && ok
			}
		}
		look(users, e.user())
		look(cards, e.external("card"))
		look(lines, e.external("line_id"))
		if e.AnonymousID != "" {
			candidates, ok := browsers[e.AnonymousID]
			known = known && ok
			if len(about) > 0 && ok && !contains(candidates, about[0]) {
				t.Fatalf("browser %s is not of person %d: %s", e.AnonymousID, about[0], e.raw)
			}
		}
		for _, i := range about {
			if i != about[0] {
				t.Fatalf("the event names %d and %d: %s", about[0], i, e.raw)
			}
		}
		if !known {
			t.Fatalf("an identifier is not in the truth: %s", e.raw)
		}
		seenUsers[e.user()] = true
		if e.user() != "" && e.external("card") != "" {
			linked++
			if got := f.people[about[0]].Store.LinkedAt; got == nil || !got.Equal(e.Timestamp) {
				t.Errorf("card linked at %s, truth says %v", e.Timestamp, got)
			}
		}
	}
	for user := range users {
		if !seenUsers[user] {
			t.Errorf("%s is in the truth and not in the events", user)
		}
	}
	if linked == 0 {
		t.Error("nobody linked a card")
	}
}

func contains(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// TestAnonymousBeforeKnown: a browser of one person is anonymous until an identify call at
// the moment the truth names, and known ever after.
func TestAnonymousBeforeKnown(t *testing.T) {
	f := loadSmall(t)
	truth := make(map[string]simulate.Browser)
	for _, p := range f.people {
		if p.Web != nil {
			for _, b := range p.Web.Browsers {
				truth[b.AnonymousID] = b
			}
		}
	}
	known := make(map[string]bool)
	before := make(map[string]bool)
	for k := range f.events {
		e := &f.events[k]
		b, ok := truth[e.AnonymousID]
		if !ok || b.Shared {
			continue
		}
		switch {
		case e.user() == "" && known[e.AnonymousID]:
			t.Fatalf("forgotten: %s", e.raw)
		case e.user() == "":
			before[e.AnonymousID] = true
		case !known[e.AnonymousID]:
			known[e.AnonymousID] = true
			if e.Type != "identify" || b.Identified == nil || !b.Identified.Equal(e.Timestamp) {
				t.Fatalf("known at %s, truth says %v: %s", e.Timestamp, b.Identified, e.raw)
			}
			if !before[e.AnonymousID] {
				t.Errorf("no anonymous history before %s", e.raw)
			}
		}
	}
	if len(known) < 500 {
		t.Errorf("only %d browsers were identified", len(known))
	}
	members, early := 0, 0
	for _, p := range f.people {
		if p.Web != nil && p.Web.RegisteredAt != nil {
			members++
			if len(p.Web.Browsers) > 0 && p.Web.RegisteredAt.Sub(earliest(p.Web.Browsers)) > time.Hour {
				early++
			}
		}
	}
	if early < members/3 {
		t.Errorf("%d of %d members visited before the visit in which they registered", early, members)
	}
}

func earliest(browsers []simulate.Browser) time.Time {
	first := browsers[0].FirstSeen
	for _, b := range browsers {
		if b.FirstSeen.Before(first) {
			first = b.FirstSeen
		}
	}
	return first
}

// TestSources: advertising reports the members it brought, and no other.
func TestSources(t *testing.T) {
	f := loadSmall(t)
	brought := make(map[string]int)
	for k := range f.events {
		if e := &f.events[k]; e.Event == "Ad Cost Reported" {
			brought[e.Properties["network"].(string)] += int(e.Properties["conversions"].(float64))
		}
	}
	members := make(map[string]int)
	for _, p := range f.people {
		if p.Acquisition != nil {
			members[p.Acquisition.Source]++
		}
	}
	for network, n := range brought {
		if members[network] != n || n == 0 {
			t.Errorf("%s reports %d members, truth has %d", network, n, members[network])
		}
	}
	if len(brought) != 3 {
		t.Errorf("%d networks, want 3", len(brought))
	}
}
