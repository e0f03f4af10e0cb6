package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/text/encoding/japanese"
)

const importLines = 1_000_000

// importing measures the import of a file of orders as Japanese shop systems write it.
func (b *bench) importing() error {
	file := filepath.Join(b.work, "orders.csv")
	if err := writeOrders(file, importLines); err != nil {
		return err
	}
	floor, err := readOrders(file)
	if err != nil {
		return err
	}
	p, err := b.serve(filepath.Join(b.work, "import"))
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.resetPeak(); err != nil {
		return err
	}
	body, err := os.Open(file)
	if err != nil {
		return err
	}
	defer body.Close()
	begin := time.Now()
	var upload struct{ ID string }
	if err := p.call(http.MethodPost, "/uploads?name=orders.csv", body, "text/csv", &upload); err != nil {
		return err
	}
	var inspection struct{ Mapping json.RawMessage }
	if err := p.post("/uploads/"+upload.ID+"/inspect", map[string]string{}, &inspection); err != nil {
		return err
	}
	var job struct {
		ID, State, Reason string
		Result            json.RawMessage
	}
	if err := p.post("/imports", map[string]any{"upload": upload.ID, "source": "shop", "mapping": inspection.Mapping}, &job); err != nil {
		return err
	}
	for job.State != "done" {
		if job.State == "failed" {
			return fmt.Errorf("import failed: %s", job.Reason)
		}
		time.Sleep(20 * time.Millisecond)
		if err := p.call(http.MethodGet, "/jobs/"+job.ID, nil, "", &job); err != nil {
			return err
		}
	}
	spent := time.Since(begin)
	_, peak := p.memory()
	b.report("Import of 1,000,000 lines of orders in CP932, upload included", "≤ 20 s", fmt.Sprintf("%.1f s", spent.Seconds()),
		"decoding and splitting alone: "+floor)
	b.report("Memory meanwhile, peak", "≤ 500 MB", megabytes(peak), "")
	var health struct {
		Lag int64 `json:"lag_frames"`
	}
	for health.Lag = 1; health.Lag > 0; {
		time.Sleep(20 * time.Millisecond)
		if err := p.call(http.MethodGet, "/system/health", nil, "", &health); err != nil {
			return err
		}
	}
	b.report("The same until everything is applied", "", fmt.Sprintf("%.1f s", time.Since(begin).Seconds()), "")
	return nil
}

// writeOrders writes a file of order lines, two to an order.
func writeOrders(file string, lines int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(japanese.ShiftJIS.NewEncoder().Writer(f), 1<<20)
	fmt.Fprint(w, "受注番号,受注日時,会員ID,注文者氏名,メールアドレス,電話番号,郵便番号,都道府県,商品コード,商品名,単価,数量,送料,合計金額,支払方法\r\n")
	for i := range lines {
		order := i / 2
		person := order * 7919 % 200_000
		fmt.Fprintf(w, "R%08d,2025/%02d/%02d %02d:%02d:00,K%07d,山田 花子%d,hanako%d@example.jp,090-%04d-%04d,100-%04d,東京都,T%04d,オーガニック緑茶 %d,%d,1,550,%d,クレジットカード\r\n",
			order, 1+order%12, 1+order%28, order%24, order%60, person, person, person, person/10_000, person%10_000, person%10_000,
			i%500, i%500, 1000+i%500, 2550+(i/2*2)%500*2+1)
	}
	return w.Flush()
}

func readOrders(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	begin := time.Now()
	r := csv.NewReader(japanese.ShiftJIS.NewDecoder().Reader(bufio.NewReaderSize(f, 1<<20)))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); err == io.EOF {
			return fmt.Sprintf("%.1f s", time.Since(begin).Seconds()), nil
		} else if err != nil {
			return "", err
		}
	}
}
