package simulate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"
)

// The files that WriteFiles makes; the package documentation describes them.
const (
	FileEvents         = "events.jsonl"
	FileProducts       = "products.csv"
	FileOrders         = "orders_shopify.csv"
	FileStoreSales     = "pos_sales_cp932.csv"
	FileMembers        = "customers_web.csv"
	FileCardHolders    = "customers_pos_cp932.csv"
	FileContracts      = "subscriptions.csv"
	FileAnswers        = "survey_answers.csv"
	FilePanel          = "panel_survey.csv"
	FileAds            = "ad_costs.csv"
	FileTruth          = "truth.json"
	FileTruthCustomers = "truth_customers.jsonl"
	FileTruthOrders    = "truth_orders.jsonl"
	FileTruthProducts  = "truth_products.jsonl"
)

const bom = "\ufeff" // spreadsheets need it to see UTF-8

// WriteFiles writes everything into dir, which it creates: the events, the exports of the
// shop's systems, and the truth. Files that exist are overwritten.
func (s *Shop) WriteFiles(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.writeEvents(ctx, dir) },
		func() error { return s.writeOrderFiles(ctx, dir) },
		func() error { return s.writePeople(ctx, dir) },
		func() error { return s.writeProducts(dir) },
		func() error { return s.writePanel(dir) },
		func() error { return s.writeAds(dir) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// output is one file being written.
type output struct {
	*bufio.Writer
	encoder io.WriteCloser
	file    *os.File
}

func create(dir, name string) (*output, error) {
	file, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	o := &output{file: file}
	var w io.Writer = file
	if strings.Contains(name, "cp932") {
		o.encoder = transform.NewWriter(file, japanese.ShiftJIS.NewEncoder())
		w = o.encoder
	}
	o.Writer = bufio.NewWriterSize(w, 1<<18)
	return o, nil
}

func (o *output) close() error {
	err := o.Flush()
	if o.encoder != nil {
		err = errors.Join(err, o.encoder.Close())
	}
	return errors.Join(err, o.file.Close())
}

// withFiles creates files, lets fn write to them in the order of their names, and closes them.
func withFiles(dir string, names []string, fn func([]*output) error) (err error) {
	var outputs []*output
	defer func() {
		for _, o := range outputs {
			err = errors.Join(err, o.close())
		}
	}()
	for _, name := range names {
		o, err := create(dir, name)
		if err != nil {
			return err
		}
		outputs = append(outputs, o)
	}
	return fn(outputs)
}

func (s *Shop) writeEvents(ctx context.Context, dir string) error {
	return withFiles(dir, []string{FileEvents}, func(out []*output) error {
		return s.Events(ctx, func(m Message) error {
			_, err := out[0].Write(m.JSON)
			return errors.Join(err, out[0].WriteByte('\n'))
		})
	})
}

// appendRow appends a CSV row with CRLF, quoting what needs it (RFC 4180).
func appendRow(dst []byte, fields ...string) []byte {
	for k, field := range fields {
		if k > 0 {
			dst = append(dst, ',')
		}
		if strings.ContainsAny(field, ",\"\r\n") {
			dst = append(dst, '"')
			dst = append(dst, strings.ReplaceAll(field, `"`, `""`)...)
			dst = append(dst, '"')
			continue
		}
		dst = append(dst, field...)
	}
	return append(dst, '\r', '\n')
}

// appendJSON appends a value as one line.
func appendJSON(dst []byte, v any) []byte {
	line, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of numbers, texts and times always marshal
	}
	return append(append(dst, line...), '\n')
}

// people are the rows of the files that have one or more for each person, for some people.
type people struct {
	members, holders, contracts, answers, truths, orders []byte
	total                                                Truth
}

func (p *people) rows() [][]byte {
	return [][]byte{p.members, p.holders, p.contracts, p.answers, p.truths, p.orders}
}

// writePeople writes the files that list people, and last of all the truth.
func (s *Shop) writePeople(ctx context.Context, dir string) error {
	names := []string{FileMembers, FileCardHolders, FileContracts, FileAnswers, FileTruthCustomers, FileTruthOrders}
	total := s.Truth()
	err := withFiles(dir, names, func(out []*output) error {
		for k, header := range [][]string{memberHeader, holderHeader, contractHeader, answerHeader} {
			if k != 1 {
				out[k].WriteString(bom)
			}
			out[k].Write(appendRow(nil, header...))
		}
		return s.eachPerson(ctx, func(p *people) (err error) {
			for k, rows := range p.rows() {
				_, failed := out[k].Write(rows)
				err = errors.Join(err, failed)
			}
			total.add(&p.total)
			return err
		})
	})
	if err != nil {
		return err
	}
	s.finish(&total)
	text, err := json.MarshalIndent(total, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, FileTruth), append(text, '\n'), 0o644)
}

// eachPerson plans every life, some chunks at a time on all workers, and hands over the rows
// in the order of people.
func (s *Shop) eachPerson(ctx context.Context, write func(*people) error) error {
	r := newRun(s)
	planners := make([]planner, r.workers)
	chunks := make([]people, 4*r.workers)
	for from := 0; from < s.people(); from += len(chunks) * planChunk {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		parallel(r.workers, len(chunks), func(worker, n int) {
			planners[worker].s = s
			chunks[n] = people{total: s.Truth()}
			for i := from + n*planChunk; i < min(from+(n+1)*planChunk, s.people()); i++ {
				s.addPerson(&chunks[n], planners[worker].plan(uint32(i)))
			}
		})
		for n := range chunks {
			if err := write(&chunks[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Shop) addPerson(p *people, l *life) {
	truth := s.person(l)
	p.truths = appendJSON(p.truths, truth)
	for _, o := range s.ordersOf(l) {
		p.orders = appendJSON(p.orders, o)
	}
	if l.registered > 0 {
		p.members = appendRow(p.members, s.memberRow(l, truth.Web)...)
	}
	if truth.Store != nil {
		p.holders = appendRow(p.holders, s.holderRow(l, truth.Store)...)
	}
	if truth.Contract != nil {
		p.contracts = appendRow(p.contracts, s.contractRow(l)...)
	}
	p.answers = s.appendAnswers(p.answers, l)
	p.total.count(l)
}
