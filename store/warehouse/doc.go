// Package warehouse holds what the two warehouse engines have in common: DuckDB inside the
// process (package duckdb) and a ClickHouse cluster (package clickhouse). Both pass the
// suite in package warehousetest and keep the same tables with the same columns:
//
//	events       one row per event of a person, a product or a campaign
//	             position      place on the log; unique
//	             customer_id   the profile it was stamped with, before merges; 0 for nobody
//	             time          when it happened, milliseconds since 1970 in UTC
//	             received_at   when it was accepted, likewise
//	             type, kind    numbers of hitori.EventType and hitori.Kind
//	             name          event, page or screen
//	             source_id
//	             user_id, anonymous_id, group_id, previous_id
//	             order_id, amount, currency   amount in minor units of the currency
//	             properties, traits, context  JSON text, empty when absent; see [Document]
//	             lines         how many rows in lines belong to it
//	lines        one row per product an event names
//	             position, line               the event, and the place in it from 0
//	             customer_id, time, kind, name, currency   those of the event
//	             product_id, sku, product_name, category, brand, variant
//	             price         of one piece, in minor units
//	             quantity      in thousandths
//	quarantined  events that broke the data contract, whole, with their problems as JSON
//	aliases      customer_id, root_id, version: whose person a profile is; a profile
//	             that is missing is its own root
//
// Texts and numbers are never NULL. Message ids and event ids are not kept here: the log
// and the state have them.
//
// Rows are ordered by customer and time, so that the story of one person is a short read.
package warehouse
