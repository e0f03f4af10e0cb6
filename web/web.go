// Package web holds the web app as it was built, so that the program is one file.
package web

import (
	"embed"
	"io/fs"
)

// dist is filled by `make web`; a program built without it says so on its only page.
//
//go:embed all:dist
var dist embed.FS

// Files returns the files of the web app, or nil when it was not built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil
	}
	return files
}
