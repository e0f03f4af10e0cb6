package imports

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"
)

// Texts come back as they were put, from files and from memory, in about the order they came and out of it;
// no file stays behind.
func TestShelf(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	dir := t.TempDir()
	s := shelf{dir: dir}
	type kept struct {
		at   shelved
		text []byte
	}
	var all []kept
	check := func(k kept) {
		t.Helper()
		if got, err := s.get(k.at); err != nil || !bytes.Equal(got, k.text) {
			t.Fatalf("%v: %q, %v, want %q", k.at, got, err, k.text)
		}
	}
	for range 120_000 {
		text := bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(600))
		if r.IntN(10_000) == 0 {
			text = bytes.Repeat(text, 1000)
		}
		at, err := s.put(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, kept{at, text})
		if len(all) > 40_000 {
			check(all[0])
			all = all[1:]
			s.dropBefore(all[0].at)
		}
		if r.IntN(100) == 0 {
			check(all[r.IntN(len(all))])
		}
	}
	if s.gone < 2 || len(s.boards) < 2 || len(s.boards) > 4 {
		t.Errorf("%d files are gone, %d are there", s.gone, len(s.boards))
	}
	for _, k := range all {
		check(k)
	}
	s.close()
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v are left, %v", files, err)
	}
}
