package duckdb

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/store/warehouse/warehousetest"
	"github.com/hitori-cdp/hitori/understand"
	"github.com/hitori-cdp/hitori/unify"
)

// traces counts the texts that are found in the files of a warehouse.
func traces(t *testing.T, w *Warehouse, texts []string) int {
	t.Helper()
	var files []string
	for _, pattern := range []string{w.config.Path + "*", filepath.Join(w.temporary, "*")} {
		some, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	found := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				found++
			}
		}
	}
	return found
}

// TestEraseLeavesNoTrace erases a person whose texts lie in the tails, in runs, in what merges
// left behind, in the quarantine and in the write-ahead log, and looks for them in the bytes
// of the files. Nothing is compressed in this warehouse, since that would hide them.
func TestEraseLeavesNoTrace(t *testing.T) {
	w := openTest(t, filepath.Join(t.TempDir(), "warehouse.duckdb"), tinySizes)
	ctx := t.Context()
	for _, table := range []struct {
		name    string
		columns []column
	}{{"sealed_events", eventColumns}, {"sealed_lines", lineColumns}} {
		plain := []column{{"run", "INTEGER", ""}}
		if err := w.write(ctx, "DROP TABLE "+table.name, createTail(table.name, append(plain, table.columns...))); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range slices.Concat(addDetails(), []string{"DROP TABLE shown"}, showRuns(), addPrice()) {
		if strings.HasPrefix(statement, "ALTER") {
			statement += " USING COMPRESSION uncompressed"
		}
		if err := w.write(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	shop := warehousetest.NewShop(1, 50)
	gone := []hitori.CustomerID{shop.Customer(7), 424242}
	email := hitori.Identifier{Kind: hitori.Email, Value: "hanako@example.jp"}
	var all []string
	number := 1_000_000
	appendSome := func(round int) {
		t.Helper()
		events, texts := warehousetest.UniqueTexts(424242, number, 7)
		number += 7
		all = append(all, texts...)
		broken := hitori.Event{
			Position: hitori.NewPosition(uint64(number), 0, 0), Source: 2, Type: hitori.Track, Name: texts[0],
			Properties: `{"email":"Hanako@example.jp"}`, MessageID: texts[1], Raw: hitori.JSON(`"` + texts[2] + `"`),
		}
		released := broken
		released.Position++
		batch := unify.Batch{
			Token: fmt.Sprint("round ", round), Events: append(shop.Next(60), events...),
			Quarantined: []hitori.Event{broken, released}, Aliases: []unify.Alias{{Customer: 424242, Root: 1, Version: 1}},
		}
		if err := w.Append(ctx, batch); err != nil {
			t.Fatal(err)
		}
		if err := w.Release(ctx, []hitori.Position{released.Position}); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 12 {
		appendSome(round)
		switch round % 4 {
		case 0:
			if err := w.Settle(ctx); err != nil {
				t.Fatal(err)
			}
		case 1: // what is derived of the person, replaced again and again
			described := understand.Person{ID: 424242, Profiles: gone[1:]}
			for i, text := range all {
				described.Facts = append(described.Facts, understand.Fact{About: understand.AboutTrait, Name: fmt.Sprint("trait", i), Kind: hitori.JSONString, Text: text})
			}
			err := w.Derive(ctx, understand.Derivation{
				Everybody: round == 1, Currency: hitori.JPY, Now: time.Now(), Location: time.UTC,
				People: func(yield func(understand.Person, error) bool) { yield(described, nil) },
			})
			if err != nil {
				t.Fatal(err)
			}
		case 2: // the tails go to the file too
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			w = openTest(t, w.config.Path, tinySizes)
		}
	}
	if found := traces(t, w, all); found < len(all)/2 {
		t.Fatalf("only %d of %d texts are found before: the test is blind", found, len(all))
	}
	before, err := w.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	positions, err := w.Positions(ctx, gone, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Erase(ctx, gone, []hitori.Identifier{email}); err != nil {
			t.Fatal(err)
		}
		if found := traces(t, w, all); found > 0 {
			t.Errorf("%d of %d texts are found after", found, len(all))
		}
	}
	after, err := w.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if after.Events != before.Events-int64(len(positions)) {
		t.Errorf("%d events after, %d before, %d erased", after.Events, before.Events, len(positions))
	}
	if left, err := w.Quarantined(ctx, collect.QuarantineFilter{}, 0, 100); err != nil || len(left) > 0 {
		t.Errorf("%v is left in quarantine, %v", left, err)
	}
	// Nor do they come back out of the memory of the process with what is written later.
	for round := range 10 {
		if err := w.Append(ctx, unify.Batch{Token: fmt.Sprint("later ", round), Events: shop.Next(60)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if found := traces(t, w, all); found > 0 {
		t.Errorf("%d of %d texts are found later", found, len(all))
	}
}
