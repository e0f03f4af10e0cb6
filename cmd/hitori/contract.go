package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/api"
	"github.com/hitori-cdp/hitori/collect"
)

type contractCommand struct {
	Events contractEventsCommand `cmd:"" help:"${contract_events}"`
	Fields contractFieldsCommand `cmd:"" help:"${contract_fields}"`
	Sample contractSampleCommand `cmd:"" help:"${contract_sample}"`
	Rule   contractRuleCommand   `cmd:"" help:"${contract_rule}"`
}

type contractEventsCommand struct{}

// Run lists the events that have arrived.
func (c *contractEventsCommand) Run(s *session) error {
	return list(s, "/contract/events", "events", "", func(e *collect.EventKind) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s %s", e.Events, size(e.Bytes), s.when(e.Last), e.Type, e.Name)
	})
}

func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d B", bytes)
}

// eventArgument names a kind of event: "Order Completed", or "identify".
type eventArgument struct {
	Event string `arg:"" help:"${arg_event}"`
}

func (e eventArgument) query() url.Values {
	if slices.Contains([]string{"page", "screen", "identify", "group", "alias"}, e.Event) {
		return url.Values{"type": {e.Event}}
	}
	return url.Values{"type": {"track"}, "name": {e.Event}}
}

type contractFieldsCommand struct{ eventArgument }

// Run lists the fields of an event.
func (c *contractFieldsCommand) Run(s *session) error {
	return list(s, "/contract/fields?"+c.query().Encode(), "fields", s.text("fields_head"), func(f *collect.Field) string {
		var types []string
		for _, t := range slices.Sorted(maps.Keys(f.Types)) {
			types = append(types, fmt.Sprintf("%s×%d", t, f.Types[t]))
		}
		rule := ""
		if f.Rule != nil {
			rule = s.text("fields_rule")
		}
		return fmt.Sprintf("%s\t%.1f%%\t%s\t%s\t%s\t%s", f.Path, 100*f.Fill, strings.Join(types, " "), size(f.Bytes), strings.Join(f.UsedBy, ", "), rule)
	})
}

type contractSampleCommand struct {
	eventArgument
	Path string `arg:"" help:"${arg_path}"`
}

// Run shows recent values of a field.
func (c *contractSampleCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		query := c.query()
		query.Set("path", c.Path)
		var answer struct{ Values []any }
		if err := api.call(http.MethodGet, "/contract/samples?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		return s.show(answer.Values)
	})
}

type contractRuleCommand struct {
	eventArgument
	Path     string   `arg:"" help:"${arg_path}"`
	Type     string   `help:"${flag_rule_type}"`
	Required bool     `help:"${flag_rule_required}"`
	Allowed  []string `help:"${flag_rule_allowed}"`
	Minimum  *float64 `help:"${flag_rule_minimum}"`
	Maximum  *float64 `help:"${flag_rule_maximum}"`
	Pattern  string   `help:"${flag_rule_pattern}"`
	Drop     bool     `help:"${flag_rule_drop}"`
	Allow    bool     `help:"${flag_rule_allow}"`
	Remove   bool     `help:"${flag_rule_remove}"`
}

// Run sets or removes the rule of a field.
func (c *contractRuleCommand) Run(s *session) error {
	return s.with(func(api *client) error {
		query := c.query()
		if c.Remove {
			query.Set("path", c.Path)
			if err := api.call(http.MethodDelete, "/contract/rules?"+query.Encode(), nil, nil); err != nil {
				return err
			}
			s.say("rule_removed")
			return nil
		}
		rule := collect.Rule{
			Type: hitori.PropertyType(c.Type), Required: c.Required, Allowed: c.Allowed, Minimum: c.Minimum, Maximum: c.Maximum,
			Pattern: c.Pattern, Drop: c.Drop, Allow: c.Allow,
		}
		// It takes the place of the rule that the field has now.
		var answer struct{ Fields []collect.Field }
		if err := api.call(http.MethodGet, "/contract/fields?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		for _, f := range answer.Fields {
			if f.Path == c.Path && f.Rule != nil {
				rule.Version = f.Rule.Version
			}
		}
		err := api.call(http.MethodPut, "/contract/rules", map[string]any{
			"type": query.Get("type"), "name": query.Get("name"), "path": c.Path, "rule": rule,
		}, nil)
		if err != nil {
			return err
		}
		s.say("rule_saved")
		return nil
	})
}

type quarantineCommand struct {
	Count   quarantineCountCommand   `cmd:"" default:"1" help:"${quarantine_count}"`
	List    quarantineListCommand    `cmd:"" help:"${quarantine_list}"`
	Replay  quarantineReplayCommand  `cmd:"" help:"${quarantine_replay}"`
	Discard quarantineDiscardCommand `cmd:"" help:"${quarantine_discard}"`
}

// quarantineFlags select events in quarantine.
type quarantineFlags struct {
	Name  string `help:"${flag_event_name}"`
	Code  string `help:"${flag_code}"`
	Field string `help:"${flag_field}"`
}

func (f quarantineFlags) values() map[string]string {
	values := make(map[string]string)
	for name, value := range map[string]string{"name": f.Name, "code": f.Code, "field": f.Field} {
		if value != "" {
			values[name] = value
		}
	}
	return values
}

type quarantineCountCommand struct{}

// Run counts what is in quarantine.
func (c *quarantineCountCommand) Run(s *session) error {
	return list(s, "/quarantine", "counts", "", func(count *api.QuarantineCount) string {
		return fmt.Sprintf("%d\t%s %s\t%s\t%s", count.Events, count.Type, count.Name, count.Field, count.Reason)
	})
}

type quarantineListCommand struct {
	quarantineFlags
	Limit int `default:"20" help:"${flag_limit}"`
}

// Run shows events in quarantine.
func (c *quarantineListCommand) Run(s *session) error {
	return s.with(func(client *client) error {
		query := url.Values{"limit": {fmt.Sprint(c.Limit)}}
		for name, value := range c.values() {
			query.Set(name, value)
		}
		var answer struct{ Events []api.HeldEvent }
		if err := client.call(http.MethodGet, "/quarantine/events?"+query.Encode(), nil, &answer); err != nil {
			return err
		}
		return s.show(answer.Events)
	})
}

type quarantineReplayCommand struct{ quarantineFlags }

// Run sends events in quarantine through the contract again.
func (c *quarantineReplayCommand) Run(s *session) error {
	return s.drain("/quarantine/replay", "replayed", c.values())
}

type quarantineDiscardCommand struct{ quarantineFlags }

// Run throws events in quarantine away.
func (c *quarantineDiscardCommand) Run(s *session) error {
	return s.drain("/quarantine/discard", "discarded", c.values())
}

func (s *session) drain(path, key string, filter map[string]string) error {
	return s.with(func(api *client) error {
		var answer struct{ Events int }
		if err := api.call(http.MethodPost, path, filter, &answer); err != nil {
			return err
		}
		s.say(key, "events", answer.Events)
		return api.settle()
	})
}
