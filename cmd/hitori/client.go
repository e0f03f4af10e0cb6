package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
)

// client speaks to a program over its API: to the server that was named, to the one that
// serves the data folder, or to one of its own.
type client struct {
	session *session
	url     string
	secret  string
	own     *app.App // started for this command
}

// connect finds or starts a program. Close must be called on what it returns.
func (s *session) connect() (*client, error) {
	if s.Server != "" {
		return &client{session: s, url: strings.TrimRight(s.Server, "/"), secret: s.Secret}, nil
	}
	if serving, ok := app.FindServing(s.Data); ok {
		return &client{session: s, url: serving.URL, secret: serving.Secret}, nil
	}
	cfg := s.config()
	cfg.Listen = "127.0.0.1:0"
	a, err := app.Start(s.ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &client{session: s, url: a.URL(), secret: a.Secret(), own: a}, nil
}

func (c *client) close() {
	if c.own != nil {
		c.own.Stop()
	}
}

// settle waits until what a program of this command's own accepted has been applied, since
// it ends with the command.
func (c *client) settle() error {
	if c.own == nil {
		return nil
	}
	return c.own.Settled(c.session.ctx)
}

// do sends a request and returns the answer, or the error it tells.
func (c *client) do(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.secret)
	request.Header.Set("Accept-Language", string(c.session.language))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, hitori.NewError(hitori.Unavailable, "server_unreachable", "server", c.url).Because(err)
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	var problem struct {
		Code   hitori.Code
		Key    string
		Args   map[string]string
		Title  string
		Errors []struct{ Field, Detail string }
	}
	if err := json.NewDecoder(response.Body).Decode(&problem); err != nil || problem.Key == "" {
		return nil, hitori.NewError(hitori.Unavailable, "server_answer", "status", response.Status)
	}
	told := &hitori.Error{Code: problem.Code, Key: problem.Key, Args: problem.Args}
	for _, fault := range problem.Errors {
		told.Err = errors.Join(told.Err, errors.New(fault.Field+": "+fault.Detail))
	}
	return nil, told
}

// call sends and receives JSON; in and out may be nil.
func (c *client) call(method, path string, in, out any) error {
	var body io.Reader
	contentType := ""
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body, contentType = bytes.NewReader(data), "application/json"
	}
	response, err := c.do(c.session.ctx, method, path, contentType, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil || response.StatusCode == http.StatusNoContent {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// with runs a command against a program.
func (s *session) with(fn func(*client) error) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	defer c.close()
	return fn(c)
}
