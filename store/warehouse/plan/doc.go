// Package plan writes what both warehouses compute as SQL that both understand; the words in which they
// differ are a [Dialect]'s.
//
// The conditions of package query become queries of people, with exactly the meaning they have for one customer: see
// [Condition] and [Reader].
//
// # Derived tables
//
//	people        person, level (0 visitor, 1 lead, 2 member), first_seen
//	facts         person, about, name, kind, text, number, instant, dated: see understand.Fact
//	orders        person, order_id, alone, number, placed, day, currency, amount, refunded, net, cost, cancelled, …
//	order_lines   person, order_id, alone, line, product_id, sku, product_name, category, brand, variant, price, quantity
//	features      person, and a column for each of [Features]
//	costs         product_id, cost
//	memberships   segment, person, is_in, entered, left: the latest entry and exit, null when there was none
//	listed        list, person: who is on a static list
//
// person is the root of the profiles that are one person now. Times are milliseconds since 1970 in UTC, days
// local day numbers (days since 1970 in the shop's zone), amounts minor units, quantities thousandths. What is
// told by events alone (views, messages) is not derived: it is read from the events.
//
// Orders are folded as hitori.Orders does. An order without an id stands alone: alone is the position of its
// event then, zero otherwise. number counts a person's orders that are not cancelled from 1, by time; it is zero for
// cancelled ones. cost is that of the goods that remain, null when one of them has no known cost (see query.Orders).
package plan
