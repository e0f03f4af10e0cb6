// Package hitori holds the nouns every part of Hitori shares: events, customers,
// identifiers, consents, money and errors. It imports the standard library only, so
// that every room and every engine can speak of the same things without knowing each
// other.
//
// Hitori (一人, "one person") is a customer-centric marketing platform (顧客中心マーケティング基盤).
// Everything that happens is an [Event] on one durable log. An event is stamped with the
// [CustomerID] it belongs to; the profile of a customer, and every analysis, is a view of
// those events and can be computed again from them.
package hitori
