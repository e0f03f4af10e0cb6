package understand

import (
	"context"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/query"
)

// Sample is how many people meet a condition, and some of them.
type Sample struct {
	People []hitori.CustomerID
	// Size is how many of Everybody meet it.
	Size, Everybody int64
	// Estimated says that a part of the people was asked, and that Size is what follows for everybody.
	Estimated bool
}

// SegmentReader answers what is asked about segments, from what was derived last. Conditions must be valid; what they
// mean is what [query.Evaluate] says.
type SegmentReader interface {
	// Size is how many people meet a condition, and how many there are.
	Size(ctx context.Context, c query.Condition, at query.Clock) (size, everybody int64, err error)
	// Sample is Size with the first of those who do, by their ids; at most limit. In a large shop it may ask a part of the people.
	Sample(ctx context.Context, c query.Condition, at query.Clock, limit int) (Sample, error)
	// People returns those who do, in the order of their ids, from the one behind after; at most limit.
	People(ctx context.Context, c query.Condition, at query.Clock, after hitori.CustomerID, limit int) ([]hitori.CustomerID, error)
	// Crossings returns, for each of some segments, the people for whom meeting its condition differs from what stands in the
	// table of members, in the order of their ids. What several conditions ask is read once.
	Crossings(ctx context.Context, rules []Rule, at query.Clock) ([][]Crossing, error)
	// Told returns the latest entries and exits of a segment that stand on the log.
	Told(ctx context.Context, segment string) (map[hitori.CustomerID]Passage, error)
	// Count is how many members a group has, and how many people there are.
	Count(ctx context.Context, g Group) (size, everybody int64, err error)
	// Sizes is how many members each of some groups has, and how many people there are.
	Sizes(ctx context.Context, groups []Group) (sizes []int64, everybody int64, err error)
	// Members returns a page of the members of a group, those who spent most first.
	Members(ctx context.Context, g Group, after *MembersPlace, limit int) ([]MembersPlace, error)
	// Groups returns what groups a person belongs to or left.
	Groups(ctx context.Context, person hitori.CustomerID) ([]Belonging, error)
	// Overlap counts the people of some groups by which of them they are in: bit n stands for the nth group.
	Overlap(ctx context.Context, groups []Group) (map[uint64]int64, error)
	// Contrast counts values and averages numbers among the members of a group and among everybody, those of the given features
	// of the shop's own included.
	Contrast(ctx context.Context, g Group, own []Valued) (Contrast, error)
	// Commonest returns the commonest of some texts, those of which there are most first.
	Commonest(ctx context.Context, of Texts, limit int) ([]ValueCount, error)
	// Vocabulary tells what can be asked that stands in no data contract.
	Vocabulary(ctx context.Context) (Vocabulary, error)
}

// Texts are those of a trait, of a field of orders, or of what was answered to a survey: the first that is named.
type Texts struct {
	Trait, Field, Survey string
	// Question limits answers to those to one question.
	Question string
}

// MemberTable keeps who is in which segment.
type MemberTable interface {
	// Filled returns the definition by which a segment was computed last; empty when it never was, or what was
	// known about it is lost.
	Filled(ctx context.Context, segment string) (string, error)
	// PutMembers replaces what is known about people and a segment, and notes the definition. With whole, nothing
	// stays of people who are not told. Readers see all of it or nothing of each person.
	PutMembers(ctx context.Context, segment, definition string, members []Member, whole bool) error
	// DropMembers removes a segment.
	DropMembers(ctx context.Context, segment string) error
}

// Passage is when a person came into a segment and left it last; zero when there was no such time.
type Passage struct{ Entered, Left time.Time }

// Member is a row of the table of members.
type Member struct {
	Customer hitori.CustomerID
	Passage
	In bool
	// Gone removes the row.
	Gone bool
}

// Rule is the condition that decides who is in a segment.
type Rule struct {
	Segment   string
	Condition query.Condition
}

// Crossing is a person who meets a condition and was not in the segment, or the other way round.
type Crossing struct {
	Customer hitori.CustomerID
	In       bool // now
	Before   Passage
}

// Group names the members of a segment, or those on a list.
type Group struct {
	ID   string
	List bool
}

// Belonging is a group in which a person is, or was.
type Belonging struct {
	Group
	In bool
	Passage
}

// Contrast is what is counted about a group and about everybody.
type Contrast struct {
	Size, Everybody int64
	Values          []ContrastedValue
	Numbers         []ContrastedNumber
}

// ContrastedValue is how many people have a value of a trait or feature, or are of a level.
type ContrastedValue struct {
	About, Name, Value string // About is "trait", "feature" or "level"
	In, All            int64
}

// ContrastedNumber is a number that people have: how many, its mean, and its variance, which may not be a number.
type ContrastedNumber struct {
	About, Name                    string
	In, All                        int64
	MeanIn, MeanAll, VarIn, VarAll float64
}

// Vocabulary is what people can be asked by beside traits, features and events.
type Vocabulary struct {
	// Consents are the channels and purposes of which anybody said anything.
	Consents [][2]string
	// Questions are those that were answered.
	Questions []Question
}

// Question is a question of a survey; Name is empty where a survey has one only.
type Question struct {
	Survey, Name string
	// Answers is how many there are, Scores how many of them are numbers.
	Answers, Scores int64
}
