package app_test

import (
	"testing"

	"go.uber.org/goleak"
)

// What a program starts ends with it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
