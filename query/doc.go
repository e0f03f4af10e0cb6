// Package query is the language in which people say which customers they mean: for segments,
// conditions of scenarios, funnels and filters. A condition is written as JSON or in the
// builder, checked against what the shop's data offer, told back as a sentence, evaluated for
// one customer, and compiled by each warehouse, always with the same meaning.
//
//	{"version": 1, "where": {"type": "all", "of": [
//	  {"type": "level", "one_of": ["member"]},
//	  {"type": "event", "event": "Product Viewed",
//	   "where": {"type": "property", "name": "properties.category", "is": {"op": "one_of", "values": ["豆"]}},
//	   "window": {"op": "in_last", "n": 30, "unit": "day"},
//	   "measure": "count", "is": {"op": "at_least", "number": 3}}]}}
//
//	会員であり、かつ過去30日以内に「商品の閲覧」(カテゴリーが「豆」であるもの)が3回以上ある
//
// # From a definition to an answer
//
//	Parse       JSON → Condition                  the form: nothing unknown, nothing missing
//	Validate    Condition × Schema                the meaning: names, types, what can be met
//	Normalise   Condition → Condition             groups without what says nothing
//	Encode      Condition → JSON                  canonical: compare, hash, cache
//	Sentence    Condition × Schema × Texts        in words
//	DependsOn, UsedBy, References, EvaluationOrder    what refers to what; no circles
//	DriftOf     Condition                         how answers change with time alone
//	Evaluate    Condition × Subject × instant     the answer, and until when it holds
//
// Parse and Validate tell all faults at once, each with a JSON pointer. What follows them takes
// conditions that are valid, and panics or returns nonsense for others.
//
// # Nodes
//
// Groups are all, any (both with of: a list) and not (with of: a node). Leaves:
//
//	trait       name, is                          what is known about the customer
//	feature     name, is                          a feature or score, computed elsewhere
//	identifier  kind                              has a trusted one
//	consent     channel, purpose, state           granted, withdrawn or unknown
//	level       one_of                            member, lead, visitor
//	event       a selection, window?, relative?, measure, property?, is
//	sequence    window?, steps: [a selection, within?, absent?]
//	order       state, where?, window?, measure, currency?, is
//	answer      survey, question?, window?, is    the latest answer
//	segment     id, state, window?                in; or entered or left, in a window
//	list        id
//
// A window is one of in_last, before_last, days_ago, in_period, since, until and between_dates.
// Relative has side (after, before), which (first, last), anchor (a selection) and within?; within is a
// distance of n and unit: minute, hour, day, week (elsewhere also month and year).
//
// A selection of events is one of event (the name of a track call), call (page or screen) and
// kind, and where: a tree of all, any, not and property (name, is). Names of properties
// are the paths of the data contract: "properties.products[].price", "context.campaign.source",
// and "name" for that of a page. A path with [] has many values; one that meets the test is enough. Of two
// members of an object with one name the first counts.
//
// # Tests
//
//	known                                             any type
//	one_of contains begins_with ends_with  values     texts; one of the values is enough
//	includes                               values     lists of texts; likewise
//	at_least at_most equals                number     numbers, whole numbers
//	more_than less_than                    number     numbers
//	between                                min max    numbers, whole numbers; inclusive
//	is_true is_false
//	in_last in_next before_last            n unit     dates and instants
//	days_ago                               min max    on a day so many days ago
//	in_period                              n unit     this (n 0) or the last (1) day, week, month, year
//	since until between_dates              from to    whole days, inclusive
//	anniversary                            n          the day returns today or in the next n days
//	anniversary_month                      n          it returns in the month n months ahead
//	age                                    min max?   full years since
//
// Texts are compared as they are: case and width count. A value that is absent, null, or of
// another type than the test is for ("12" for a number) meets no test; known is met by any
// value but null and the empty text; numbers beyond those of 64 bits in floating point count as null. Not is the plain opposite: not (prefecture one_of 東京都) holds
// for customers whose prefecture is not known. Instants are written as in RFC 3339, days as 2006-01-02.
//
// # Days
//
// Days, weeks (from Monday), months and years are those of the calendar in the shop's time zone. A day
// begins with its first instant, also where clocks skip midnight or show it twice, and
// has 23 or 25 hours when they change. Minutes and hours are exact.
//
// "In the last 30 days" is today and the 30 days before it, from the first instant of that day:
// what happened at most 30 days ago, by the calendar, at whatever hour. So it is the same all
// day long, leaves out nothing of the last 30 × 24 hours, and agrees with "days since". "Before the last 30
// days" is everything earlier, "in the next 30 days" today and the 30 days after it. "In the
// last 2 hours" begins exactly 2 hours ago and ends now.
//
// A month before the 31st is the last day of a shorter month: one month before 31 March is 28
// or 29 February. Who was born on 29 February has the birthday on the 28th in other years, so
// that it stays in February. The day itself is no return, and neither is one before it. Days before
// 1900 do not return and have no age: they are there for "unknown".
//
// A value that is a day stands for its first instant; an instant tested by days counts
// for the day it lies on in the shop's zone.
//
// # Events
//
// Events count when they happened, at now or before, by their time. Those of one instant are in
// the order of their places on the log.
//
//	count                        how many; 0 when none
//	sum                          of the property's numbers, in exact ten-thousandths; 0 when none
//	min max average              of the numbers; without any no test is met
//	distinct_count               how many different texts; 0 when none
//	first_time last_time         when; without any no test is met
//	first_value last_value       the property in the first or last event that has it, not null
//
// Never is count equals 0, and nothing else is: other bounds of counts begin with 1. A window says when the events happened. Relative places
// them after or before the first or last event of another selection, the anchor, whose own events the
// window leaves alone; without an anchor no event lies beside it, and the count is 0.
//
// A sequence is met by events that follow each other, one for each step. Within counts from the
// step before: days to the end of the nth day after it, hours exactly. The window is that of the
// first step. An absent last step is met once its limit has passed without such an event (until
// then it is open, and not met); without a limit, when there has been none so far.
//
// # Orders
//
// Orders are folded as hitori.Orders does, from all that is known now, and lie where they were placed. So a
// refund or cancellation counts for the window of its order, whenever it comes. A where selects
// orders of which one line meets it whole (an order without lines is asked by its own
// fields); not within it is about a line as well. For orders without any such line, put the not outside. What
// stands in such a field and is no text counts as absent.
//
//	state          kept: not cancelled · returned: kept, and something given back · cancelled · all
//	count          0 when none
//	revenue        what remains after refunds; 0 when none
//	average        of that, per order; without any no test is met
//	profit         revenue less cost, of orders whose cost is known
//	quantity       pieces in the matching lines, as ordered
//	item_revenue   price times quantity of those lines, as ordered
//	first_time last_time
//
// Amounts are in major units of a currency that must be named; orders in others are left out,
// since there is no rate. Cost comes back in proportion to what was refunded.
//
// # Answers and time
//
// Evaluate tells until when its answer holds if nothing new happens; it may be too early, for
// tests of yearly returns and of dates in properties, and is never too late. DriftOf tells for all
// customers at once whether answers change at midnight or so long after an event.
package query
