package duckdb

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/store/warehouse"
)

// scanEvent reads a row with the columns eventNames. Its lines are as many as they should
// be, and empty.
func scanEvent(row *sql.Rows) (hitori.Stamped, error) {
	var e hitori.Stamped
	var at, received int64
	var lines int
	err := row.Scan(&e.Position, &e.Customer, &at, &received, &e.Type, &e.Kind, &e.Name, &e.Source,
		&e.UserID, &e.AnonymousID, &e.GroupID, &e.PreviousID, &e.OrderID, &e.Amount, &e.Currency,
		&e.Properties, &e.Traits, &e.Context, &lines)
	e.Time, e.ReceivedAt = milliseconds(at), milliseconds(received)
	if lines > 0 {
		e.Lines = make([]hitori.Line, lines)
	}
	return e, err
}

// lineRead are the columns of lines that are read back: the others are those of the event.
const lineRead = "position, line, product_id, sku, product_name, category, brand, variant, price, quantity"

// scanLine reads a row with the columns lineRead.
func scanLine(row *sql.Rows) (warehouse.Line, error) {
	var l warehouse.Line
	err := row.Scan(&l.Position, &l.Number, &l.ProductID, &l.SKU, &l.Name, &l.Category, &l.Brand, &l.Variant, &l.Price, &l.Quantity)
	return l, err
}

// scanQuarantined reads a row with the columns quarantinedColumns.
func scanQuarantined(row *sql.Rows) (hitori.Event, error) {
	var e hitori.Event
	var at, received int64
	var problems string
	err := row.Scan(&e.Position, &e.MessageID, &e.Source, &e.Type, &e.Name, &at, &received,
		&e.UserID, &e.AnonymousID, &e.PreviousID, &e.GroupID, &e.Properties, &e.Traits, &e.Context, &e.Raw, &problems)
	if err != nil {
		return e, err
	}
	e.Time, e.ReceivedAt = milliseconds(at), milliseconds(received)
	e.ID = hitori.NewEventID(e.Source, e.MessageID)
	return e, json.Unmarshal([]byte(problems), &e.Problems)
}

func milliseconds(t int64) time.Time { return time.UnixMilli(t).UTC() }
