package api

import (
	"context"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/collect"
	"github.com/hitori-cdp/hitori/understand"
)

// fileLimit is how many people one file puts on a list.
const fileLimit = 200_000

type putMembersInput struct {
	SegmentID
	Body struct {
		Add    []string `json:"add,omitempty" maxItems:"5000" doc:"Customer ids, or identifiers such as email:hanako@example.jp"`
		Remove []string `json:"remove,omitempty" maxItems:"5000"`
	}
}

// ListChange is what became of people who were to be put on a list or taken off it.
type ListChange struct {
	understand.Enlisted
	Unknown  int64    `json:"unknown" doc:"References to nobody, or to more than one person"`
	Examples []string `json:"examples" doc:"The first of them"`
	Column   string   `json:"column,omitempty" doc:"The column of the file that was read"`
	Columns  []string `json:"columns,omitempty" doc:"All columns of the file"`
}

// examples is how many references to nobody are told.
const examples = 50

// found are the people whom references name; others are counted.
func (s *Server) found(ctx context.Context, change *ListChange, kind string, references []string) ([]hitori.CustomerID, error) {
	var people []hitori.CustomerID
	seen := make(map[hitori.CustomerID]bool)
	for _, reference := range references {
		full := reference
		if kind != "" {
			full = kind + ":" + reference
		}
		person, err := s.cfg.Customers.Resolve(ctx, full)
		switch code := hitori.ErrorCode(err); {
		case code == hitori.NotFound || code == hitori.Conflict || code == hitori.Invalid:
			if change.Unknown++; len(change.Examples) < examples {
				change.Examples = append(change.Examples, reference)
			}
		case err != nil:
			return nil, err
		case !seen[person]:
			seen[person] = true
			people = append(people, person)
		}
	}
	return people, nil
}

func (s *Server) putListMembers(ctx context.Context, in *putMembersInput) (*body[ListChange], error) {
	change := ListChange{Examples: []string{}}
	add, err := s.found(ctx, &change, "", in.Body.Add)
	if err != nil {
		return nil, err
	}
	remove, err := s.found(ctx, &change, "", in.Body.Remove)
	if err != nil {
		return nil, err
	}
	change.Enlisted, err = s.cfg.Segments.Enlist(ctx, in.ID, add, remove)
	return &body[ListChange]{change}, err
}

type uploadMembersInput struct {
	SegmentID
	Body struct {
		Upload string              `json:"upload" doc:"The id of an uploaded file"`
		Column string              `json:"column,omitempty" doc:"The column with the identifiers; the first one when empty"`
		Kind   string              `json:"kind,omitempty" doc:"What kind of identifiers they are; any when empty"`
		Read   collect.ReadOptions `json:"read,omitzero"`
	}
}

func (s *Server) uploadListMembers(ctx context.Context, in *uploadMembersInput) (*body[ListChange], error) {
	column, err := s.cfg.Imports.Column(ctx, in.Body.Upload, in.Body.Column, in.Body.Read, fileLimit)
	if err != nil {
		return nil, err
	}
	change := ListChange{Examples: []string{}, Column: column.Name, Columns: column.Columns}
	people, err := s.found(ctx, &change, in.Body.Kind, column.Values)
	if err != nil {
		return nil, err
	}
	change.Enlisted, err = s.cfg.Segments.Enlist(ctx, in.ID, people, nil)
	return &body[ListChange]{change}, err
}
