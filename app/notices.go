package app

import (
	"context"
	"fmt"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
)

// arrivalsKept is how long what is counted over all events is told before it is counted again.
const arrivalsKept = 5 * time.Minute

// inbox puts together who is told what. Each is told what their role may see the page of.
func (a *App) inbox() *access.Inbox {
	data := []access.Scope{access.DataRead}
	return access.NewInbox(a.State, a.cfg.Clock,
		access.Teller{Rights: data, Tell: a.Imports.Notices},
		access.Teller{Rights: data, Tell: a.Contract.Notices},
		access.Teller{Rights: data, Tell: a.silentSources, Keep: arrivalsKept},
		access.Teller{Rights: data, Tell: a.diskNotices},
		access.Teller{Rights: data, Tell: a.Privacy.Erasures().Notices},
		access.Teller{Rights: []access.Scope{access.DataRead, access.CustomersRead}, Tell: a.Customers.Notices},
		access.Teller{Rights: []access.Scope{access.Admin}, Tell: a.Audit.Notices},
		access.Teller{Rights: []access.Scope{access.Admin}, Keep: time.Minute, Tell: func(ctx context.Context) ([]hitori.Notice, error) {
			return a.Keys.Notices(ctx, a.Warehouse)
		}},
	)
}

// silentSources tells of sources that have stopped sending. While events wait to be applied nobody
// knows whether one has.
func (a *App) silentSources(ctx context.Context) ([]hitori.Notice, error) {
	if behind, err := a.lag(ctx); err != nil || behind > 0 {
		return nil, err
	}
	return a.Sources.Silent(ctx, a.Warehouse)
}

// diskNotices tells that the disk is nearly full, anew every day of the shop.
func (a *App) diskNotices(context.Context) ([]hitori.Notice, error) {
	if !a.cfg.embedded() {
		return nil, nil
	}
	bytes, err := free(a.cfg.Data)
	if err != nil || bytes >= a.cfg.DiskLow {
		return nil, err
	}
	location, err := time.LoadLocation(a.cfg.TimeZone)
	if err != nil {
		return nil, err
	}
	year, month, day := a.cfg.Clock.Now().In(location).Date()
	notice := hitori.Notice{
		ID: "disk", Kind: "disk_low", Severity: hitori.Warning, Time: time.Date(year, month, day, 0, 0, 0, 0, location),
		Args: map[string]string{"free": fmt.Sprintf("%.1f", float64(bytes)/1e9)}, Link: "/data/health",
	}
	if a.Room() != nil {
		notice.Kind, notice.Severity = "disk_full", hitori.Failure
	}
	return []hitori.Notice{notice}, nil
}
