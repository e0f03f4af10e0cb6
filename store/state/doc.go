// Package state keeps the state: people and identifiers, what was seen and applied, decisions,
// the data contract, keys and jobs. It runs on SQLite (package sqlite) or PostgreSQL (package postgres);
// both pass the suite in package statetest.
//
// There is one SQL text for both. Where they must differ, an engine says how: [Dialect] has the
// few words, and turns a JSON array into a set that statements join with, so that a step
// of many events is a few statements. The tables stand, with comments, in
// migrations/00001_foundation.sql.
//
// What belongs to the identity graph is written in transactions that no other one overlaps, in
// this process or another ([Engine] WriteAlone). On SQLite there is one writer anyway; on
// PostgreSQL an advisory lock is taken.
//
// Tables are of two sorts. Those that a rebuild computes anew from the log are listed as
// derived in dump.go; the others (keys, rules, jobs, proofs of erasures …) are known nowhere else, so they need a backup.
package state
