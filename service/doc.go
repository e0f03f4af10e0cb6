// Package service holds what every long-running part of Hitori needs: a clock that tests
// can move, a start and stop that tolerate being called twice, jobs with progress, and a
// way to wait for progress without sleeping.
package service
