package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"text/tabwriter"
)

// list asks for the list that an answer has under a name and shows it: as it came with --json, or
// as a table with a line for each item, whose cells are separated by tabs. The head may be empty.
func list[T any](s *session, path, name, head string, line func(*T) string) error {
	return s.with(func(api *client) error {
		var answer map[string]json.RawMessage
		if err := api.call(http.MethodGet, path, nil, &answer); err != nil {
			return err
		}
		var items []T
		if err := json.Unmarshal(answer[name], &items); err != nil {
			return err
		}
		if s.JSON {
			return s.show(items)
		}
		table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		if head != "" {
			fmt.Fprintln(table, head)
		}
		for i := range items {
			fmt.Fprintln(table, line(&items[i]))
		}
		return table.Flush()
	})
}
