// Package duckdb keeps the warehouse in one DuckDB file inside the process.
//
// DuckDB has no clustered tables, but it keeps the smallest and largest value of every
// column per row group and skips row groups that cannot match. So the rows are laid out for
// that, in the manner of a log-structured merge tree:
//
//	Append ──▶ tail_events_0/1 ──seal──▶ sealed_events: run 7, run 9, run 12 …
//	           as they arrived           each run sorted by customer, time, position
//
// Appends go to one of two tails. When it holds sealRows rows it is frozen, appends go on in
// the other one, and its rows are moved, sorted, into a new run of the sealed tables. Runs
// are merged into larger ones when there is time, so that a person's story lies in few
// places. A merge moves a range of customers at a time: every step is one transaction that
// inserts the range into the new run and deletes it from the old ones, so a crash loses
// nothing and a half-done merge is just a different set of runs. The views events and lines
// show all rows, wherever they are, of the runs that the table shown lets readers see.
//
// Reads are single statements, or statements whose order makes it harmless when rows are
// moved between them: rows never change and never move between customers.
package duckdb
