// Package imports turns files, as Japanese shop systems export them, into events.
//
//	file → tabular: rows of cells → mapping → events → sink, in chunks
//	                     └ rejected rows, with the reason, for mending
//
// [Inspect] looks at a file and proposes a [Mapping]; [Run] imports it. What a kind of file has is
// declared as data: a [Target] with its fields, the words their headers go by, and where each
// value stands in the event. Ready mappings (presets) know the exports of Shopify, EC-CUBE 4,
// BASE, MakeShop, futureshop and Rakuten RMS.
//
// # Message ids
//
// Every id follows from what the row says, so that importing a file twice, or an export that
// overlaps it, gives the same ids. What is known is neither handed on nor counted as new, and what slips through,
// since two imports run at a time, the log's readers drop. An id is "imp_" and a hash of:
//
//   - Order Completed, Order Cancelled: the order number. Whatever changes about the order, these
//     facts stay the same.
//   - Order Shipped: order number and tracking number.
//   - Order Refunded, in a file of orders: order number; with a ledger the sum so far, see below.
//   - Order Updated: with a ledger the chain of contents; without one the order number and the time
//     of the change, and only where a column gives that time and it is later than the order.
//   - identify and consent events beside other rows: the person, the content, and the order number
//     or time of the latest row that says so.
//   - customers, consents in a file of customers, and products are states. With a column for the
//     time of change: person or product, content and that time. Without: the chain of contents with
//     a ledger, and person or product and content without one.
//   - Everything else: the natural key of its target where the row has it (activity_id; message_id,
//     person and time; …, see the tables of targets), or else the event, person, time and
//     properties, and for equal rows of one file how many came before.
//
// The last form knows the content after reading, so 2024/5/1 and 2024-05-01, Shift_JIS and UTF-8
// make no difference. The order of columns never does.
//
// # What changed since the last import
//
// An export repeats how things are; a [Ledger] remembers what earlier imports of the source said.
// With it an order whose total or status differs gives an Order Updated, a price that goes from
// 100 to 90 and back gives three events, and refunds, which add up downstream, are told by how much
// they grew. A source should be imported always with its ledger or always without, since some ids
// differ.
//
// # Rows of one order
//
// The rows of an order need not stand together. A first pass over the file finds the orders that
// begin again after another (a Bloom filter, and a list of those it suspects); their rows are put
// aside in temporary files, divided by the hash of the order number, and become orders at the end.
// A row that cannot be read costs its whole order, since what is left would be another order.
// Rejected rows go to a file from which they can be imported again.
//
// # Resuming
//
// Events are made in the same order each time. A checkpoint counts the chunks that were accepted,
// and resuming reads the file again but hands on only the chunks after those: reading is the
// smaller part of the work, and the report and the file of rejects come out whole.
package imports
