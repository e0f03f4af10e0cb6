package collect

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
)

// eraseRows rewrites a CSV file without the rows of which a cell is somebody's, and returns
// how many there were. The head stays.
func eraseRows(path string, theirs func(cell string) bool) (removed int, err error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	temporary := path + ".new"
	out, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer os.Remove(temporary) // it is gone when it has taken the file's place
	reader, writer := csv.NewReader(in), csv.NewWriter(out)
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	for line := 0; ; line++ {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, errors.Join(err, out.Close())
		}
		if line > 0 && slices.ContainsFunc(row, theirs) {
			removed++
			continue
		}
		if err := writer.Write(row); err != nil {
			return 0, errors.Join(err, out.Close())
		}
	}
	writer.Flush()
	if err := errors.Join(writer.Error(), out.Sync(), out.Close()); err != nil || removed == 0 {
		return 0, err
	}
	return removed, os.Rename(temporary, path)
}
