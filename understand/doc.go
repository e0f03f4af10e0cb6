// Package understand is the room in which customers are understood: what follows from what they did
// (features, orders as they stand, segments), and what a shop can learn from it (RFM, repeat).
//
// # What is derived
//
// The warehouse keeps events as they came. What analyses and conditions ask for follows from them, and is kept
// beside them in tables of their own, by person as people are merged now (see store/warehouse/plan):
//
//	people        who there is: level, first and last seen
//	facts         traits, identifiers and consents, a row each
//	orders        every order as it stands now, after changes, refunds and cancellations
//	order_lines   what was bought
//	features      one wide row for every person
//
// A [Deriver] keeps them current: the warehouse notes of whom something came, and what follows about those people
// is computed anew. Everything can be computed again from nothing, to the same rows.
package understand
