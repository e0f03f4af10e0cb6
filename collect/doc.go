// Package collect is the first room: data in (データ環境構築). It takes events from SDKs and
// files, checks them against the data contract, and answers only when the log has them on disk.
//
//	request ─▶ read (internal/wire) ─▶ stamp ─▶ check (internal/contract) ─▶ group commit ─▶ log
//	file ────▶ rows to events (internal/imports) ───┘        │
//	                                                         └ what breaks the contract is on the
//	                                                           log too, with its problems; the
//	                                                           worker puts it into quarantine
//
// Three promises are kept here. An accepted event is on disk. A bad event never spoils the
// good ones beside it: it goes into quarantine with the reason, and can be replayed when
// the rule or the sender has been mended. And an event keeps its id for ever: the same
// message id from the same source is the same event, so sending again is harmless.
package collect
