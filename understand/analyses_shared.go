package understand

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// shared answers what is asked of the orders once for all who ask at a time, and keeps the answers until something is derived
// anew: ten marketers who open a page cost one computation, and so does one who goes to and fro between pages. Pages of people
// are not kept.
type shared struct {
	Buyers
	Goods

	mu       sync.Mutex
	revision int64
	answers  map[string]*answer
}

// answer is one that is computed, or was when done is closed.
type answer struct {
	done  chan struct{}
	value any
	err   error
}

// keptAnswers is how many are kept; when there are more, all are forgotten.
const keptAnswers = 200

func newShared(buyers Buyers, goods Goods) *shared {
	return &shared{Buyers: buyers, Goods: goods, answers: make(map[string]*answer)}
}

// once computes an answer unless it is there or under way. Who has no time left leaves; the computation goes on for the
// others.
func once[T any](ctx context.Context, s *shared, compute func(context.Context) (T, error), question ...any) (T, error) {
	var none T
	revision, err := s.Revision(ctx)
	if err != nil {
		return none, err
	}
	key := fmt.Sprintf("%#v", question)
	s.mu.Lock()
	if revision.Number != s.revision || len(s.answers) > keptAnswers {
		s.revision, s.answers = revision.Number, make(map[string]*answer)
	}
	a := s.answers[key]
	if a == nil {
		a = &answer{done: make(chan struct{})}
		s.answers[key] = a
		go s.compute(a, key, func() (any, error) { return compute(context.WithoutCancel(ctx)) })
	}
	s.mu.Unlock()
	select {
	case <-a.done:
		value, _ := a.value.(T)
		return value, a.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// compute computes an answer. One that failed is not kept, and neither is any when nothing was derived yet.
func (s *shared) compute(a *answer, key string, compute func() (any, error)) {
	a.value, a.err = compute()
	s.mu.Lock()
	if s.answers[key] == a && (a.err != nil || s.revision == 0) {
		delete(s.answers, key)
	}
	s.mu.Unlock()
	close(a.done)
}

// list is once for lists, which everybody gets an own copy of.
func list[T any](ctx context.Context, s *shared, compute func(context.Context) ([]T, error), question ...any) ([]T, error) {
	all, err := once(ctx, s, compute, question...)
	return slices.Clone(all), err
}

func (s *shared) Quantiles(ctx context.Context, p Period, parts int, values ...Value) ([][]int64, error) {
	return list(ctx, s, func(ctx context.Context) ([][]int64, error) { return s.Buyers.Quantiles(ctx, p, parts, values...) }, "quantiles", p, parts, values)
}

func (s *shared) Concentration(ctx context.Context, p Period, percent ...int64) ([]int64, error) {
	return list(ctx, s, func(ctx context.Context) ([]int64, error) { return s.Buyers.Concentration(ctx, p, percent...) }, "concentration", p, percent)
}

func (s *shared) Cells(ctx context.Context, p Period, b Bounds) ([]Cell, error) {
	return list(ctx, s, func(ctx context.Context) ([]Cell, error) { return s.Buyers.Cells(ctx, p, b) }, "cells", p, b)
}

func (s *shared) Groups(ctx context.Context, p Period, ranges []Range) ([]Sums, error) {
	return list(ctx, s, func(ctx context.Context) ([]Sums, error) { return s.Buyers.Groups(ctx, p, ranges) }, "groups", p, ranges)
}

func (s *shared) Moves(ctx context.Context, before, after Period, was, is []Range) ([]Move, error) {
	return list(ctx, s, func(ctx context.Context) ([]Move, error) { return s.Buyers.Moves(ctx, before, after, was, is) }, "moves", before, after, was, is)
}

func (s *shared) Idle(ctx context.Context, p Period) (Idle, error) {
	return once(ctx, s, func(ctx context.Context) (Idle, error) { return s.Buyers.Idle(ctx, p) }, "idle", p)
}

func (s *shared) Cohorts(ctx context.Context, p Period) ([]CohortMonth, error) {
	return list(ctx, s, func(ctx context.Context) ([]CohortMonth, error) { return s.Buyers.Cohorts(ctx, p) }, "cohorts", p)
}

func (s *shared) Waits(ctx context.Context, p Period, number int) ([]Wait, error) {
	return list(ctx, s, func(ctx context.Context) ([]Wait, error) { return s.Buyers.Waits(ctx, p, number) }, "waits", p, number)
}

func (s *shared) Sales(ctx context.Context, p Period) ([]ProductSales, error) {
	return list(ctx, s, func(ctx context.Context) ([]ProductSales, error) { return s.Goods.Sales(ctx, p) }, "sales", p)
}

func (s *shared) Bought(ctx context.Context, p Period, ranges []Range, most int) ([]GroupSales, error) {
	return list(ctx, s, func(ctx context.Context) ([]GroupSales, error) { return s.Goods.Bought(ctx, p, ranges, most) }, "bought", p, ranges, most)
}

func (s *shared) Steps(ctx context.Context, p Period, most int) (Steps, error) {
	return once(ctx, s, func(ctx context.Context) (Steps, error) { return s.Goods.Steps(ctx, p, most) }, "steps", p, most)
}

func (s *shared) FirstProducts(ctx context.Context, p Period, days int64) ([]FirstProduct, error) {
	return list(ctx, s, func(ctx context.Context) ([]FirstProduct, error) { return s.Goods.FirstProducts(ctx, p, days) }, "first products", p, days)
}

func (s *shared) Names(ctx context.Context, products []string) (map[string]string, error) {
	return once(ctx, s, func(ctx context.Context) (map[string]string, error) { return s.Goods.Names(ctx, products) }, "names", products)
}
