package identity_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/unify/internal/identity"
)

var kinds = map[byte]hitori.IdentifierKind{
	'u': hitori.UserID, 'c': hitori.Card, 'e': hitori.Email, 'p': hitori.Phone, 'a': hitori.AnonymousID, 'r': "loyalty_ref",
}

// claim reads "u1 e1 a1 name:佐藤": the first letter is the kind, the whole word the value.
func claim(position int, words string) identity.Claim {
	c := identity.Claim{Position: hitori.Position(position), Time: time.Unix(int64(position), 0)}
	for word := range strings.FieldsSeq(words) {
		if name, ok := strings.CutPrefix(word, "name:"); ok {
			c.Name = name
		} else if previous, ok := strings.CutPrefix(word, "previous:"); ok {
			c.Previous = previous
		} else {
			c.Identifiers = append(c.Identifiers, hitori.Identifier{Kind: kinds[word[0]], Value: word})
		}
	}
	return c
}

// Each test resolves claims in order and then compares who is whom: "same" lists claims
// (counted from 1) of one person, groups separated by "|"; claims left out are nobody's.
func TestResolve(t *testing.T) {
	tests := []struct {
		name      string
		claims    []string
		same      string
		conflicts string // reasons, in order
	}{
		{"a visitor stays one", []string{"a1", "a1"}, "1 2", ""},
		{"anonymous history joins at identification", []string{"a1", "u1 a1", "a1", "u1"}, "1 2 3 4", ""},
		{"two devices of one person", []string{"a1", "a2", "u1 a1", "u1 a2"}, "1 2 3 4", ""},
		{"shared device: what follows is nobody's", []string{"a1", "u1 a1", "u2 a1", "a1", "a1", "u1 a1", "u2"}, "1 2 6 | 3 7 | 4 5", "shared_device"},
		{"one e-mail, two accounts of a kind", []string{"u1 e1", "u2 e1"}, "1 | 2", "same_account"},
		{"guest becomes member by e-mail", []string{"e1", "u1 e1", "e1"}, "1 2 3", ""},
		{"guest is found by e-mail of an older member", []string{"u1", "e1", "u1 e1"}, "1 2 3", ""},
		{"store card and shop account by e-mail, card first", []string{"c1 e1", "u1 e1"}, "1 2", ""},
		{"store card and shop account by e-mail, account first", []string{"u1 e1", "c1 e1"}, "1 2", ""},
		{"two members who both exist need a decision", []string{"c1", "u1 e1", "c1 e1"}, "1 3 | 2", "both_members"},
		{"the source says that two accounts are one", []string{"c1", "u1", "u1 c1"}, "1 2 3", ""},
		{"the source gives one card to two accounts", []string{"u1 c1", "u2 c1"}, "1 | 2", "same_account"},
		{"family telephone, other names", []string{"u1 e1 p1 name:佐藤花子", "c1 e2 p1 name:佐藤太郎"}, "1 | 2", "other_name"},
		{"one telephone and name, new e-mail", []string{"c1 e1 p1 name:佐藤花子", "u1 e2 p1 name:佐藤花子"}, "1 2", ""},
		{"one telephone, other e-mails, no names", []string{"e1 p1", "e2 p1"}, "1 | 2", "other_email"},
		{"one telephone, no contradiction", []string{"p1", "e1 p1"}, "1 2", ""},
		{"a telephone alone under other names", []string{"p1 name:佐藤", "p1 name:鈴木", "p1 name:鈴木", "p1 name:佐藤"}, "1 2 3 4", "other_name other_name"},
		{"references never join", []string{"u1 r1", "u2 r1", "r1"}, "1 3 | 2", ""},
		{"alias joins a device", []string{"a1", "u1 previous:a1", "a1"}, "1 2 3", ""},
		{"alias before the device was seen", []string{"u1 previous:a1", "a1"}, "1 2", ""},
		{"alias of two accounts needs a decision", []string{"u1", "u2", "u2 previous:u1"}, "1 | 2 3", "same_account"},
		{"nobody", []string{""}, "", ""},
		{"newsletter reader registers on the same device", []string{"e1 a1", "u1 e1 a1", "a1"}, "1 2 3", ""},
		{"another person registers on a reader's device", []string{"e1 a1", "u1 e2 a1"}, "1 | 2", "shared_device"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := identity.NewGraph()
			var profiles []hitori.CustomerID
			for i, words := range test.claims {
				profiles = append(profiles, g.Resolve(claim(i+1, words)))
			}
			groups := make(map[hitori.CustomerID][]string)
			var order []hitori.CustomerID
			for i, profile := range profiles {
				if profile == 0 {
					continue
				}
				root := g.Root(profile)
				if groups[root] == nil {
					order = append(order, root)
				}
				groups[root] = append(groups[root], fmt.Sprint(i+1))
			}
			var same []string
			for _, root := range order {
				same = append(same, strings.Join(groups[root], " "))
			}
			if got := strings.Join(same, " | "); got != test.same {
				t.Errorf("got %q, want %q", got, test.same)
			}
			var reasons []string
			for _, c := range g.Changes().Conflicts {
				reasons = append(reasons, c.Reason)
			}
			if got := strings.Join(reasons, " "); got != test.conflicts {
				t.Errorf("conflicts %q, want %q", got, test.conflicts)
			}
		})
	}
}

// Whatever arrives in whatever order, nobody ends up with two accounts of one kind, every
// profile has one root, and junk and shared identifiers join nobody.
func TestNeverTwoAccountsOfAKind(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		g := identity.NewGraph()
		accounts := make(map[hitori.CustomerID][]string)
		pick := func(kind string) string { return fmt.Sprint(kind, random.IntN(5), " ") }
		owned := make(map[string]hitori.CustomerID)
		for position := 1; position <= 120; position++ {
			var words string
			for _, kind := range []string{"u", "c", "e", "p", "a"} {
				if random.IntN(5) < 2 {
					words += pick(kind)
				}
			}
			profile := g.Resolve(claim(position, words))
			for word := range strings.FieldsSeq(words) {
				id := hitori.Identifier{Kind: kinds[word[0]], Value: word}
				if o, ok := g.Owner(id); ok && (word[0] == 'u') {
					owned[word] = o.Customer
				}
			}
			_ = profile
		}
		for word, profile := range owned {
			accounts[g.Root(profile)] = append(accounts[g.Root(profile)], word)
		}
		for root, words := range accounts {
			if len(words) > 1 {
				slices.Sort(words)
				t.Fatalf("seed %d: %v has %v", seed, root, words)
			}
		}
	}
}

func TestApartStaysApart(t *testing.T) {
	g := identity.NewGraph()
	g.AddPerson(identity.Person{Root: 1, Level: identity.Visitor, Members: []hitori.CustomerID{1}, Apart: []hitori.CustomerID{2}})
	g.AddPerson(identity.Person{Root: 2, Level: identity.Member, Members: []hitori.CustomerID{2}, Strong: []hitori.Identifier{{Kind: hitori.UserID, Value: "u1"}}})
	add := func(word string, profile hitori.CustomerID) {
		g.AddOwner(identity.Owner{OwnedIdentifier: hitori.OwnedIdentifier{
			Identifier: hitori.Identifier{Kind: kinds[word[0]], Value: word}, Customer: profile,
		}, Root: profile})
	}
	add("a1", 1)
	add("u1", 2)
	if profile := g.Resolve(claim(3, "u1 a1")); profile != 2 || g.Root(1) != 1 {
		t.Errorf("profile %d, root of the visitor %d", profile, g.Root(1))
	}
}

func TestJunkNamesNobody(t *testing.T) {
	g := identity.NewGraph()
	g.AddOwner(identity.Owner{OwnedIdentifier: hitori.OwnedIdentifier{
		Identifier: hitori.Identifier{Kind: hitori.Phone, Value: "p1"}, Customer: 1, State: hitori.Junk,
	}, Root: 1})
	if profile := g.Resolve(claim(2, "p1")); profile != 0 {
		t.Errorf("a junk telephone names %v", profile)
	}
	if a, b := g.Resolve(claim(3, "e1 p1")), g.Resolve(claim(4, "e2 p1")); g.Root(a) == g.Root(b) {
		t.Error("a junk telephone joined two people")
	}
}
