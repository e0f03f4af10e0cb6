package imports

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/hitori-cdp/hitori"
)

// orderFile writes a CP932 file of order lines: 17 columns, about 200 bytes a line, 2.5 lines an
// order, a customer for every four orders.
func orderFile(tb testing.TB, lines int) Source {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "orders.csv")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	r := rand.New(rand.NewPCG(1, 2))
	families := []string{"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"}
	given := []string{"太郎", "花子", "一郎", "美咲", "健太", "さくら", "大輔", "陽子"}
	items := []string{"有機栽培コーヒー豆 深煎り", "手織り綿タオル（白）", "国産りんごジュース", "木製まな板 中", "南部鉄器の急須", "檜の香り入浴剤"}
	encoder := japanese.ShiftJIS.NewEncoder()
	var b bytes.Buffer
	b.WriteString("注文番号,注文日時,会員ID,お名前,フリガナ,メールアドレス,電話番号,郵便番号,都道府県,住所,支払方法,合計金額,送料,商品コード,商品名,単価,数量\r\n")
	at := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	for line, order := 0, 0; line < lines; order++ {
		at = at.Add(time.Duration(r.IntN(300)) * time.Second)
		customer := r.IntN(lines/10 + 1)
		c := rand.New(rand.NewPCG(uint64(customer), 9))
		head := fmt.Sprintf("A-%08d,%s,%d,%s %s,ｻﾄｳ ﾊﾅｺ,user%d@example.jp,090-%04d-%04d,%03d-%04d,東京都,港区芝公園%d-%d-%d,クレジットカード,%d,550", order, at.Format("2006/01/02 15:04:05"),
			customer, families[c.IntN(len(families))], given[c.IntN(len(given))], customer, c.IntN(10000), c.IntN(10000), c.IntN(1000), c.IntN(10000), c.IntN(9), c.IntN(99), c.IntN(99), 1000+r.IntN(20000))
		for n := 1 + r.IntN(4); n > 0 && line < lines; n-- {
			i := r.IntN(len(items))
			fmt.Fprintf(&b, "%s,ITEM-%04d,%s,%d,%d\r\n", head, i, items[i], 500+100*i, 1+r.IntN(3))
			line++
		}
		if b.Len() > 1<<20 || line == lines {
			out, err := encoder.Bytes(b.Bytes())
			if err == nil {
				_, err = f.Write(out)
			}
			if err != nil {
				tb.Fatal(err)
			}
			b.Reset()
		}
	}
	size, err := f.Seek(0, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return Source{ReaderAt: f, Size: size, Name: "orders.csv"}
}

type nothing struct{ events atomic.Int64 }

func (n *nothing) Accept(_ context.Context, events []hitori.Event) error {
	n.events.Add(int64(len(events)))
	return nil
}

// BenchmarkOrders imports a million order lines in CP932 into nothing.
func BenchmarkOrders(b *testing.B) {
	const lines = 1_000_000
	src := orderFile(b, lines)
	opts := options()
	in, err := Inspect(b.Context(), src, opts)
	if err != nil || in.Problem != nil {
		b.Fatal(err, in.Problem)
	}
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		sink := &nothing{}
		cpu := cpuSeconds()
		stop, peak := watchMemory()
		start := time.Now()
		report, err := Run(b.Context(), src, in.Mapping, opts, sink)
		if err != nil || report.Rows != lines || report.Rejected > 0 {
			b.Fatal(err, report.Rows, report.Rejects)
		}
		seconds := time.Since(start).Seconds()
		stop()
		b.ReportMetric(seconds, "s/import")
		b.ReportMetric(cpuSeconds()-cpu, "cpu-s/import")
		b.ReportMetric(float64(peak.Load())/1e6, "peak-MB")
		b.ReportMetric(float64(sink.events.Load()), "events")
		b.ReportMetric(float64(src.Size)/1e6, "file-MB")
	}
}

// cpuSeconds is the time the process has used, of all cores.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// watchMemory notes the most memory the program has from the system.
func watchMemory() (stop func(), peak *atomic.Int64) {
	peak = &atomic.Int64{}
	done := make(chan struct{})
	ticker := time.NewTicker(20 * time.Millisecond)
	go func() {
		s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for {
			metrics.Read(s)
			peak.Store(max(peak.Load(), int64(s[0].Value.Uint64()-s[1].Value.Uint64())))
			select {
			case <-ticker.C:
			case <-done:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(done) }, peak
}
