package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/unify"
)

type customerCommand struct {
	Show     customerShowCommand     `cmd:"" help:"${customer_show}"`
	Search   customerSearchCommand   `cmd:"" help:"${customer_search}"`
	Timeline customerTimelineCommand `cmd:"" help:"${customer_timeline}"`
	Merge    customerMergeCommand    `cmd:"" help:"${customer_merge}"`
	Undo     customerUndoCommand     `cmd:"" help:"${customer_undo}"`
	Separate customerSeparateCommand `cmd:"" help:"${customer_separate}"`
	Export   customerExportCommand   `cmd:"" help:"${customer_export}"`
	Erase    customerEraseCommand    `cmd:"" help:"${customer_erase}"`
}

// person is the argument of commands about one person.
type person struct {
	Reference string `arg:"" help:"${arg_reference}"`
}

func (p person) path() string { return "/customers/" + url.PathEscape(p.Reference) }

type customerShowCommand struct{ person }

// Run shows what is known about a person.
func (c *customerShowCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		var customer unify.Customer
		if err := api.call(http.MethodGet, c.path(), nil, &customer); err != nil {
			return err
		}
		if s.JSON {
			return s.show(customer)
		}
		return s.showCustomer(&customer)
	})
}

func (s *session) showCustomer(c *unify.Customer) error {
	table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	row := func(label string, value any) { fmt.Fprintf(table, "%s\t%v\n", label, value) }
	row(s.text("label_customer"), c.ID)
	row(s.text("label_name"), strings.TrimSpace(c.Name+" "+brackets(c.Kana)))
	row(s.text("label_level"), s.text("level_"+c.Level))
	row(s.text("label_first_seen"), s.when(c.FirstSeen))
	if c.Activity.LastSeen != nil {
		row(s.text("label_last_seen"), s.when(*c.Activity.LastSeen))
	}
	row(s.text("label_events"), c.Activity.Events)
	row(s.text("label_orders"), c.Activity.Orders)
	for _, amount := range c.Activity.Revenue {
		row(s.text("label_revenue"), hitori.Money{Amount: amount.Net, Currency: amount.Currency})
	}
	for _, id := range c.Identifiers {
		row(s.text("label_identifier"), id.String()+" "+brackets(stateOf(id.State)))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Traits)) {
		trait := c.Traits[name]
		row(s.text("label_trait"), fmt.Sprintf("%s = %s %s", name, trait.Value, brackets(s.when(trait.Time))))
	}
	for _, consent := range c.Consents {
		key := "consent_withdrawn"
		if consent.Granted {
			key = "consent_granted"
		}
		row(s.text("label_consent"), fmt.Sprintf("%s/%s: %s %s", consent.Channel, consent.Purpose, s.text(key), brackets(s.when(consent.Time))))
	}
	for _, m := range c.Memberships {
		row(s.text("label_membership"), cmp.Or(m.Name, m.GroupID))
	}
	for _, m := range c.Merges {
		text := fmt.Sprintf("%s: %s → %s", m.ID, m.Loser, m.Winner)
		if m.UndoneAt != nil {
			text += " " + brackets(s.text("merge_undone"))
		}
		row(s.text("label_merge"), text)
	}
	return table.Flush()
}

func brackets(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func stateOf(state string) string {
	if state == hitori.Trusted.String() {
		return ""
	}
	return state
}

// when writes a time as the shop's clock shows it.
func (s *session) when(t time.Time) string {
	location, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		location = time.UTC
	}
	return t.In(location).Format("2006-01-02 15:04")
}

type customerSearchCommand struct {
	Text  string `arg:"" optional:"" help:"${arg_search}"`
	Limit int    `default:"20" help:"${flag_limit}"`
}

// Run searches people.
func (c *customerSearchCommand) Run(s *session) error {
	query := url.Values{"q": {c.Text}, "limit": {fmt.Sprint(c.Limit)}}
	return list(s, "/customers?"+query.Encode(), "customers", "", func(card *unify.Card) string {
		return strings.Join([]string{card.ID.String(), card.Name, card.Kana, card.Email, card.Phone}, "\t")
	})
}

type customerTimelineCommand struct {
	person
	Kind  []string `help:"${flag_kind}"`
	Limit int      `default:"30" help:"${flag_limit}"`
}

// Run shows what a person did, newest first.
func (c *customerTimelineCommand) Run(s *session) error {
	query := url.Values{"kind": c.Kind, "limit": {fmt.Sprint(c.Limit)}}
	return list(s, c.path()+"/timeline?"+query.Encode(), "events", "", func(e *api.Event) string {
		kind := s.texts.Text(s.language, "kind."+e.Kind.String(), nil)
		return strings.Join([]string{s.when(e.Time), kind, s.eventName(e), s.amount(e)}, "\t")
	})
}

func (s *session) eventName(e *api.Event) string {
	key := "event." + e.Name
	if text := s.texts.Text(s.language, key, nil); text != key {
		return text
	}
	return strings.TrimSpace(e.Type + " " + e.Name)
}

func (s *session) amount(e *api.Event) string {
	if e.Amount == nil {
		return ""
	}
	return hitori.Money{Amount: *e.Amount, Currency: e.Currency}.String()
}

type customerMergeCommand struct {
	person
	Other  string `arg:"" help:"${arg_other}"`
	Reason string `help:"${flag_reason}"`
}

// Run decides that two people are one.
func (c *customerMergeCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		var customer unify.Customer
		err := api.call(http.MethodPost, c.path()+"/merge", map[string]string{"other": c.Other, "reason": c.Reason}, &customer)
		if err != nil {
			return err
		}
		if s.JSON {
			return s.show(customer)
		}
		s.say("merged", "customer", customer.ID, "profiles", len(customer.Profiles))
		return nil
	})
}

type customerUndoCommand struct {
	Merge string `arg:"" help:"${arg_merge}"`
}

// Run takes a merge back.
func (c *customerUndoCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		if err := api.call(http.MethodPost, "/merges/"+url.PathEscape(c.Merge)+"/undo", nil, nil); err != nil {
			return err
		}
		s.say("undone")
		return nil
	})
}

type customerSeparateCommand struct {
	person
	Other string `arg:"" help:"${arg_other}"`
}

// Run decides that two people are not one.
func (c *customerSeparateCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		return api.call(http.MethodPost, c.path()+"/separate", map[string]string{"other": c.Other}, nil)
	})
}

type customerExportCommand struct {
	person
	Out string `type:"path" help:"${flag_out_file}"`
}

// Run discloses everything known about a person.
func (c *customerExportCommand) Run(s *session) (err error) {
	return s.with(func(api *client) error {
		response, err := api.do(s.ctx, http.MethodGet, c.path()+"/export", "", nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if c.Out == "" {
			_, err = io.Copy(s.out, response.Body)
			return err
		}
		document, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if !json.Valid(document) { // it was cut off
			return hitori.NewError(hitori.Unavailable, "server_answer", "status", response.Status)
		}
		return os.WriteFile(c.Out, document, 0o600)
	})
}

type customerEraseCommand struct {
	person
	Yes    bool   `help:"${flag_yes}"`
	Reason string `help:"${flag_reason}"`
}

// Run deletes a person everywhere.
func (c *customerEraseCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		var customer unify.Customer
		if err := client.call(http.MethodGet, c.path(), nil, &customer); err != nil {
			return err
		}
		if !c.Yes {
			s.say("erase_confirm", "customer", customer.ID, "events", customer.Activity.Events, "profiles", len(customer.Profiles))
			return nil
		}
		err := client.call(http.MethodDelete, c.path()+"?reason="+url.QueryEscape(c.Reason), nil, nil)
		if err != nil {
			return err
		}
		if client.own != nil {
			if err := client.own.Privacy.Erasures().Finish(s.ctx); err != nil {
				return err
			}
		}
		s.say("erased", "customer", customer.ID)
		return nil
	})
}
