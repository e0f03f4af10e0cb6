package duckdb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestTemporaryFolders: what a killed process left is removed, and a database that is opened anew does not share its folder
// with the one before, which may remove it late.
func TestTemporaryFolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	left := path + temporarySuffix + "LEFT"
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	w := openTest(t, path, tinySizes)
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left is still there: %v", err)
	}
	before := w.temporary
	w.broken.Store(true)
	if _, err := w.share(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gate.RUnlock()
	if w.temporary == before {
		t.Errorf("both use %s", before)
	}
	var used string
	if err := w.db.QueryRowContext(t.Context(), "SELECT current_setting('temp_directory')").Scan(&used); err != nil || used != w.temporary {
		t.Errorf("temporary files are written to %q, %v; not to %q", used, err, w.temporary)
	}
}
