package postgres_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hitori-cdp/hitori/store/state"
	"github.com/hitori-cdp/hitori/store/state/postgres"
	"github.com/hitori-cdp/hitori/store/state/statetest"
)

const variable = "HITORI_TEST_POSTGRES_URL"

func TestState(t *testing.T) {
	server := os.Getenv(variable)
	if server == "" {
		if os.Getenv("HITORI_REQUIRE_ENGINES") == "1" {
			t.Fatalf("PostgreSQL was not tested: %s is not set", variable)
		}
		t.Skipf("PostgreSQL is not tested: %s is not set", variable)
	}
	statetest.Run(t, func(t *testing.T) state.Engine {
		engine, err := postgres.Open(t.Context(), database(t, server))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
		})
		return engine
	})
}

// database returns the URL of this test's own database, which it makes at the first call.
func database(t *testing.T, server string) string {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "_", "#", "_").Replace(t.Name()))
	admin, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	var exists bool
	if err := admin.QueryRow(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil {
		t.Fatal(err)
	}
	if !exists {
		if _, err := admin.Exec(t.Context(), fmt.Sprintf("CREATE DATABASE %q", name)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { drop(t, server, name) })
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func drop(t *testing.T, server, name string) {
	admin, err := pgx.Connect(context.Background(), server)
	if err != nil {
		t.Error(err)
		return
	}
	defer admin.Close(context.Background())
	if _, err := admin.Exec(context.Background(), fmt.Sprintf("DROP DATABASE %q WITH (FORCE)", name)); err != nil {
		t.Error(err)
	}
}
