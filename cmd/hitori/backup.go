package main

import (
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
)

type backupCommand struct {
	File string `arg:"" type:"path" help:"${arg_backup}"`
}

// Run writes a backup of everything, while the program works.
func (c *backupCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		response, err := client.do(s.ctx, http.MethodGet, "/system/backup", "", nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		temporary := c.File + ".part"
		file, err := os.OpenFile(temporary, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
		if err != nil {
			return hitori.NewError(hitori.Invalid, "backup_file", "file", c.File).Because(err)
		}
		bytes, err := io.Copy(file, response.Body)
		if err = errors.Join(err, file.Sync()); err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err == nil {
			err = app.CheckBackup(file)
		}
		if err = errors.Join(err, file.Close()); err == nil {
			err = os.Rename(temporary, c.File)
		}
		if err != nil {
			_ = os.Remove(temporary) // a part of a backup is none
			return err
		}
		s.say("backed_up", "file", c.File, "size", size(bytes))
		return nil
	})
}

type restoreCommand struct {
	File string `arg:"" type:"existingfile" help:"${arg_backup}"`
}

// Run loads a backup into empty engines.
func (c *restoreCommand) Run(s *session) error {
	file, err := os.Open(c.File)
	if err != nil {
		return hitori.NewError(hitori.Invalid, "backup_file", "file", c.File).Because(err)
	}
	defer file.Close()
	a, err := app.Open(s.ctx, s.config())
	if err != nil {
		return err
	}
	defer a.Stop()
	manifest, err := a.Restore(s.ctx, file)
	if err != nil {
		return err
	}
	s.say("restored", "created", s.when(manifest.CreatedAt))
	return nil
}
