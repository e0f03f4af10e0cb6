package app

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/hitori-cdp/hitori"
)

// folder is the data folder, held by one process at a time.
type folder struct {
	path string
	lock *os.File
}

// Serving is what a process that holds a data folder leaves there, so that commands on the
// same machine find it.
type Serving struct {
	URL string `json:"url"`
	// Secret is an admin key that is good for as long as the process runs.
	Secret  string `json:"secret"`
	Process int    `json:"process"`
}

const (
	lockFile    = "lock"
	servingFile = "serving.json"
)

// openFolder makes the folder and takes it. It returns an error of code Conflict when another
// process has it.
func openFolder(path string) (*folder, error) {
	unusable := func(err error) error {
		return hitori.NewError(hitori.Unavailable, "folder_unusable", "folder", path).Because(err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, unusable(err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unusable(err)
	}
	// The kernel lets go of the lock when the process ends, however it ends.
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, hitori.NewError(hitori.Conflict, "folder_locked", "folder", path)
		}
		return nil, unusable(err)
	}
	return &folder{path: path, lock: lock}, nil
}

func (f *folder) announce(s Serving) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	temporary := filepath.Join(f.path, servingFile+".new")
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(f.path, servingFile))
}

func (f *folder) close() {
	if f == nil {
		return
	}
	_ = os.Remove(filepath.Join(f.path, servingFile)) // it may not have been written
	f.lock.Close()
}

// FindServing returns the process that serves a data folder, and false when none does.
func FindServing(path string) (Serving, bool) {
	lock, err := os.Open(filepath.Join(path, lockFile))
	if err != nil {
		return Serving{}, false
	}
	defer lock.Close()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return Serving{}, false // nobody holds it; what is announced there is a dead process
	}
	var s Serving
	data, err := os.ReadFile(filepath.Join(path, servingFile))
	if err != nil || json.Unmarshal(data, &s) != nil {
		return Serving{}, false
	}
	return s, true
}

// free returns how many bytes are free on the disk of a folder.
func free(path string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail) * stat.Bsize, nil
}
