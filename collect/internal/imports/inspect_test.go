package imports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	jp "golang.org/x/text/encoding/japanese"

	"github.com/hitori-cdp/hitori/collect/internal/imports/japanese"
)

// guessedFields writes a mapping as "column=field column=field.part".
func guessedFields(m Mapping) string {
	var out []string
	for _, c := range m.Columns {
		switch {
		case c.Field != "" && c.Part > 0:
			out = append(out, fmt.Sprintf("%s=%s.%d", c.Column, c.Field, c.Part))
		case c.Else:
			out = append(out, c.Column+"="+c.Field+"?")
		case c.Field != "":
			out = append(out, c.Column+"="+c.Field)
		}
	}
	return strings.Join(out, " ")
}

func TestGuess(t *testing.T) {
	tests := []struct {
		name, text   string
		target, want string
	}{
		{
			"somebody else's address is not the customer's",
			"注文番号,注文日,注文者名,注文者電話番号,お届け先氏名,お届け先電話番号,お届け先住所,合計\n1,2024/5/1,山田,03-1234-5678,佐藤,06-1234-5678,大阪市,100\n",
			"orders", "注文番号=order_id 注文日=ordered_at 合計=total 注文者電話番号=phone 注文者名=name",
		},
		{
			"parts of numbers",
			"受注番号,注文日,注文時刻,注文者電話番号1,注文者電話番号2,注文者電話番号3,郵便番号1,郵便番号2,住所1,住所2\nA,2024/5/1,13:05:09,03,1234,5678,100,0001,千代田区,1-1\n",
			"orders", "受注番号=order_id 注文日=ordered_at.1 注文時刻=ordered_at.2 注文者電話番号1=phone.1 注文者電話番号2=phone.2 注文者電話番号3=phone.3 郵便番号1=postal_code.1 郵便番号2=postal_code.2 住所1=street.1 住所2=street.2",
		},
		{
			"two telephone numbers are not the parts of one",
			"会員ID,電話番号,携帯電話番号,生年月日\n1,03-1234-5678,090-1234-5678,1980/1/1\n",
			"customers", "会員ID=user_id 電話番号=phone 携帯電話番号=phone? 生年月日=birthday",
		},
		{
			"values tell where headers do not",
			"会員番号,A,B,C,性別\n1,taro@example.jp,東京都,090-1234-5678,男\n2,hanako@example.jp,大阪府,03-1111-2222,女\n",
			"customers", "会員番号=user_id A=email C=phone 性別=gender B=state",
		},
		{
			"a header that its values deny",
			"注文番号,注文日,会員ID,合計金額,メール\nA,2024/5/1,1,100,希望する\n",
			"orders", "注文番号=order_id 注文日=ordered_at 合計金額=total 会員ID=user_id メール=consent_email",
		},
		{
			"English", "Order ID,Order Date,Customer ID,Email,Total,SKU,Qty,Unit Price\nA,2024-05-01,1,a@example.com,100,s,1,100\n",
			"orders", "Order ID=order_id Order Date=ordered_at Total=total SKU=sku Unit Price=price Qty=quantity Customer ID=user_id Email=email",
		},
	}
	for _, test := range tests {
		in, err := Inspect(t.Context(), bytesSource([]byte(test.text)), options())
		if err != nil {
			t.Fatal(err)
		}
		if got := guessedFields(in.Mapping); in.Mapping.Target != test.target || got != test.want {
			t.Errorf("%s: %s\n%s\nwant\n%s", test.name, in.Mapping.Target, got, test.want)
		}
	}
}

// Days and months that can only be read one way are; when nothing tells, nothing is guessed.
func TestGuessDateFormat(t *testing.T) {
	for text, want := range map[string]japanese.DateFormat{"31/12/2024\n01/02/2024": japanese.DayFirst, "12/31/2024\n01/02/2024": japanese.MonthFirst, "01/02/2024": "", "2024/12/31": "", "31/12/2024\n12/31/2024": ""} {
		rows := ""
		for i, d := range strings.Split(text, "\n") {
			rows += fmt.Sprintf("A-%d,%s,u1,100\n", i, d)
		}
		in, err := Inspect(t.Context(), bytesSource([]byte("注文番号,注文日,会員ID,合計\n"+rows)), options())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(in.Mapping.Columns, func(c ColumnMapping) bool { return c.Field == "ordered_at" })
		if i < 0 {
			if want != "" || !strings.Contains(text, "31/12") {
				t.Errorf("%q: no date found", text)
			}
			continue
		}
		if got := in.Mapping.Columns[i].Format; got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestInspect(t *testing.T) {
	b, err := jp.ShiftJIS.NewEncoder().Bytes([]byte("受注一覧\n\n注文番号;注文日;会員ID;合計\nA;2024/5/1;u1;1\nB;2024/5/2;u2;2\n"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := Inspect(t.Context(), bytesSource(b), options())
	if err != nil {
		t.Fatal(err)
	}
	if in.Format != "csv" || in.Encoding != "Shift_JIS" || in.Delimiter != ";" || in.HeaderLine != 3 || in.Rows != 2 || !in.RowsExact || in.Sample[1][2] != "u2" || in.Problem != nil {
		t.Errorf("%+v", in)
	}
	opts := options()
	opts.Target = "points"
	if in, err = Inspect(t.Context(), bytesSource(b), opts); err != nil || in.Mapping.Target != "points" || in.Problem == nil {
		t.Errorf("%v, %v", in.Mapping.Target, in.Problem)
	}
	if m, ok := PresetMapping("shopify.orders", []string{"Name", "Created at"}); !ok || guessedFields(m) != "Name=order_id Created at=ordered_at" {
		t.Errorf("%v", m)
	}
	if len(Presets()) != 18 {
		t.Errorf("%d presets", len(Presets()))
	}
}

// The same orders give the same events, ids included, from every format.
func TestFormats(t *testing.T) {
	type order struct {
		ID    string    `parquet:"注文番号"`
		At    time.Time `parquet:"注文日時,timestamp(millisecond)"`
		User  int64     `parquet:"会員ID"`
		Total float64   `parquet:"合計金額"`
	}
	at := time.Date(2024, 5, 1, 4, 5, 9, 0, time.UTC)
	var pq bytes.Buffer
	w := parquet.NewGenericWriter[order](&pq)
	if _, err := w.Write([]order{{"A-1", at, 10, 1980}, {"A-2", at.Add(time.Hour), 11, 0.5}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"注文番号", "注文日時", "会員ID", "合計金額"}, {"A-1", at.In(tokyo), 10, 1980}, {"A-2", at.Add(time.Hour).In(tokyo), 11, 0.5}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil { // B3 is left the number it is
		t.Fatal(err)
	}
	general, _ := f.NewStyle(&excelize.Style{})
	_ = f.SetCellStyle("Sheet1", "B3", "B3", general)
	var xl bytes.Buffer
	if err := f.Write(&xl); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"csv":     "注文番号,注文日時,会員ID,合計金額\nA-1,2024年5月1日 13時05分09秒,10,\"￥1,980\"\nA-2,令和6年5月1日 14:05:09,10,0.5\n",
		"tsv":     "注文番号\t注文日時\t会員ID\t合計金額\nA-1\t2024-05-01 13:05:09 +0900\t10\t1980円\nA-2\t2024/05/01 14:05:09\t11\t.5\n",
		"json":    `{"注文番号":"A-1","注文日時":"2024-05-01T04:05:09Z","会員ID":10,"合計金額":1980}` + "\n" + `{"注文番号":"A-2","注文日時":"2024-05-01T05:05:09Z","会員ID":11,"合計金額":0.50}`,
		"parquet": pq.String(),
		"xlsx":    xl.String(),
	}
	files["csv"] = strings.Replace(files["csv"], "14:05:09,10", "14:05:09,11", 1)
	files["tsv"] = strings.Replace(files["tsv"], "\t.5", "\t0.5", 1)
	want := []string{
		`2024-05-01T13:05:09 Order Completed user=10 properties={"order_id":"A-1","total":1980,"currency":"JPY"}`,
		`2024-05-01T14:05:09 Order Completed user=11 properties={"order_id":"A-2","total":0.5,"currency":"JPY"}`,
	}
	var ids []string
	for format, text := range files {
		sink, report := importText(t, text, options())
		if got := shown(sink); !slices.Equal(got, want) {
			t.Errorf("%s: %s %v", format, strings.Join(got, "\n"), report.Rejects)
		}
		if ids == nil {
			ids = sink.ids()
		}
		if !slices.Equal(ids, sink.ids()) {
			t.Errorf("%s has other ids", format)
		}
	}
}

// Orders with their items inside, as APIs export them.
func TestJSONOrders(t *testing.T) {
	text := `{"order_id":"A-1","created_at":"2024-05-01T04:05:09Z","customer":{"id":7,"email":"a@example.jp","last_name":"山田","first_name":"太郎"},"total":300,"items":[{"sku":"s1","price":100,"quantity":1},{"sku":"s2","price":100,"quantity":2}]}` + "\n"
	sink, _ := importText(t, text, options())
	want := []string{`2024-05-01T13:05:09 Order Completed user=7 properties={"order_id":"A-1","total":300,"currency":"JPY","products":[{"sku":"s1","quantity":1,"price":100},{"sku":"s2","quantity":2,"price":100}]}`}
	if got := shown(sink); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}
