package simulate_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/hitori-cdp/hitori/simulate"
)

func readCSV(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(name, "cp932") {
		if bytes.HasPrefix(raw, []byte("\ufeff")) {
			t.Errorf("%s has a byte order mark", name)
		}
		if raw, err = japanese.ShiftJIS.NewDecoder().Bytes(raw); err != nil {
			t.Fatal(err)
		}
		// Neither a letter that the encoding lacks nor one that does not come back.
		if bytes.ContainsRune(raw, '\ufffd') || bytes.ContainsRune(raw, 0x1a) {
			t.Errorf("%s has letters that were lost", name)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := make(map[string]string)
		for k, value := range row {
			m[rows[0][k]] = value
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		t.Errorf("%s is empty", name)
	}
	return out
}

func readLines[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []T
	for d := json.NewDecoder(bufio.NewReader(file)); ; {
		var v T
		if err := d.Decode(&v); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, v)
	}
}

func amount(t *testing.T, text string) int {
	t.Helper()
	v, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	shop := newShop(t, simulate.Config{Customers: 500, PanelRespondents: 20_000})
	if err := shop.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	orders := make(map[string]simulate.Order)
	for _, o := range readLines[simulate.Order](t, dir, simulate.FileTruthOrders) {
		orders[o.OrderID] = o
	}
	checkStoreSales(t, dir, orders)
	checkOnlineOrders(t, dir, orders)
	checkPeople(t, dir, shop)
	checkPanel(t, dir, shop)
	if n := len(readLines[simulate.Product](t, dir, simulate.FileTruthProducts)); n != 400 {
		t.Errorf("%d products, want 400", n)
	}
	if rows := readCSV(t, dir, simulate.FileAds); len(rows) != 3*730 {
		t.Errorf("%d rows of advertising, want %d", len(rows), 3*730)
	}
	lines := 0
	if err := shop.Events(t.Context(), func(simulate.Message) error { lines++; return nil }); err != nil {
		t.Fatal(err)
	}
	if got := len(readLines[json.RawMessage](t, dir, simulate.FileEvents)); got != lines {
		t.Errorf("%d events in the file, want %d", got, lines)
	}
	readCSV(t, dir, simulate.FileProducts)
	readCSV(t, dir, simulate.FileContracts)
	readCSV(t, dir, simulate.FileAnswers)
}

func checkStoreSales(t *testing.T, dir string, orders map[string]simulate.Order) {
	t.Helper()
	sums := make(map[string]int)
	japaneseDates, grouped := 0, 0
	for _, row := range readCSV(t, dir, simulate.FileStoreSales) {
		if row["取引区分"] == "売上" {
			sums["S-"+row["レシート番号"]] += amount(t, row["金額"])
		}
		if strings.HasPrefix(row["売上日"], "令和") {
			japaneseDates++
		}
		if strings.Contains(row["金額"], ",") {
			grouped++
		}
		if amount(t, row["単価"])*amount(t, row["数量"]) != amount(t, row["金額"]) {
			t.Errorf("a line does not add up: %v", row)
		}
	}
	want := 0
	for id, o := range orders {
		if o.Channel == "store" {
			want++
			if sums[id] != o.Subtotal {
				t.Errorf("receipt %s comes to %d, truth says %d", id, sums[id], o.Subtotal)
			}
		}
	}
	if len(sums) != want || japaneseDates == 0 || grouped == 0 {
		t.Errorf("%d receipts (want %d), %d dates of the Japanese calendar, %d grouped amounts", len(sums), want, japaneseDates, grouped)
	}
}

func checkOnlineOrders(t *testing.T, dir string, orders map[string]simulate.Order) {
	t.Helper()
	totals, lines := make(map[string]int), make(map[string]int)
	for _, row := range readCSV(t, dir, simulate.FileOrders) {
		id := row["Name"]
		lines[id] += amount(t, row["Lineitem price"]) * amount(t, row["Lineitem quantity"])
		if row["Subtotal"] != "" {
			totals[id] += amount(t, row["Subtotal"])
			if amount(t, row["Subtotal"])+amount(t, row["Shipping"]) != amount(t, row["Total"]) {
				t.Errorf("an order does not add up: %v", row)
			}
		}
	}
	want := 0
	for id, o := range orders {
		if o.Channel != "store" {
			want++
			if totals[id] != o.Revenue || lines[id] != o.Subtotal {
				t.Errorf("order %s: %d of lines %d, truth says %d of %d", id, totals[id], lines[id], o.Revenue, o.Subtotal)
			}
		}
	}
	if len(totals) != want {
		t.Errorf("%d online orders, truth has %d", len(totals), want)
	}
}

func checkPeople(t *testing.T, dir string, shop *simulate.Shop) {
	t.Helper()
	people := readLines[simulate.Person](t, dir, simulate.FileTruthCustomers)
	registered, holders, assigned := 0, 0, 0
	for i, p := range people {
		if p.Person != i {
			t.Fatalf("person %d stands at place %d", p.Person, i)
		}
		if p.Web != nil && p.Web.RegisteredAt != nil {
			registered++
		}
		if p.Store != nil {
			holders++
		}
		assigned += len(p.Treatments)
	}
	if n := len(readCSV(t, dir, simulate.FileMembers)); n != registered {
		t.Errorf("%d members in the export, truth has %d", n, registered)
	}
	if n := len(readCSV(t, dir, simulate.FileCardHolders)); n != holders {
		t.Errorf("%d card holders in the export, truth has %d", n, holders)
	}
	raw, err := os.ReadFile(filepath.Join(dir, simulate.FileTruth))
	if err != nil {
		t.Fatal(err)
	}
	var truth simulate.Truth
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	for _, treatment := range truth.Treatments {
		assigned -= treatment.Treated + treatment.HeldOut
	}
	if assigned != 0 || truth.Process != simulate.DefaultProcess() {
		t.Errorf("truth.json and truth_customers.jsonl differ by %d assignments", assigned)
	}
	sum := 0
	for _, n := range truth.Classes.Customers {
		sum += n
	}
	if sum != shop.Customers() {
		t.Errorf("classes hold %d people, want %d", sum, shop.Customers())
	}
}

// checkPanel estimates the segments with the weights, as one would.
func checkPanel(t *testing.T, dir string, shop *simulate.Shop) {
	t.Helper()
	market := shop.Truth().Market
	weight, total := make(map[string]float64), 0.0
	rows := readCSV(t, dir, simulate.FilePanel)
	for _, row := range rows {
		w, err := strconv.ParseFloat(row["ウェイト"], 64)
		if err != nil {
			t.Fatal(err)
		}
		total += w
		weight[segmentOf(row)] += w
	}
	sum := 0.0
	for name, want := range market.Segments {
		sum += want
		got := weight[name] / total
		// The weights raise the variance by less than half.
		if se := math.Sqrt(1.5 * want * (1 - want) / float64(len(rows))); math.Abs(got-want) > 4*se {
			t.Errorf("%s: %.4f of the market, truth says %.4f", name, got, want)
		}
	}
	if math.Abs(sum-1) > 1e-6 || len(market.Segments) != 9 {
		t.Errorf("%d segments add up to %f", len(market.Segments), sum)
	}
}

func segmentOf(row map[string]string) string {
	attitude := "消極"
	if row["次回購入したいブランド"] == "当店で買いたい" {
		attitude = "積極"
	}
	switch {
	case row["当店を知っている"] == "いいえ":
		return simulate.StageUnaware
	case row["当店で購入したことがある"] == "いいえ":
		return attitude + simulate.StageAware
	case row["現在の購入頻度"] == "月に1回以上":
		return attitude + simulate.StageLoyal
	case row["現在の購入頻度"] == "年に数回":
		return attitude + simulate.StageGeneral
	}
	return attitude + simulate.StageLapsed
}
