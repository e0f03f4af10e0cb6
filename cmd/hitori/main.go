// Command hitori is the customer-centric marketing platform in one program.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
