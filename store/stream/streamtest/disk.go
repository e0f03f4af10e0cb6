package streamtest

import (
	"fmt"
	"syscall"
	"testing"
)

// SmallDisk mounts a disk of that size in a folder of its own. It skips the test where that is
// not allowed.
func SmallDisk(t testing.TB, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }) // gone with the machine otherwise
	return dir
}
