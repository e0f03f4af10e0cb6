// Command hitori is the customer-centric marketing platform in one program.
package main

import (
	"os"
	"syscall"
)

func main() {
	syscall.Umask(0o077) // what is written holds personal data
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
