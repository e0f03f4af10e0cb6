package state

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/hitori-cdp/hitori"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings the tables forward. A state that is newer than this program is refused,
// since it could be misread.
func (s *Store) migrate(ctx context.Context) error {
	migrations, err := migrations(s.engine.Words())
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{
		goose.WithTableName("migrations"), goose.WithGoMigrations(migrations...), goose.WithDisableGlobalRegistry(true),
	}
	if s.engine.Name() == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker() // several processes may start at once
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, s.engine.DB(), nil, options...)
	if err != nil {
		return s.wrap(err)
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return s.wrap(err)
	}
	if newest := migrations[len(migrations)-1].Version; current > newest {
		return hitori.NewError(hitori.Conflict, "state_newer", "state", current, "program", newest)
	}
	_, err = provider.Up(ctx)
	return s.wrap(err)
}

// migrations reads the migration files, in the order of their numbers, with an engine's
// words filled in.
func migrations(words map[string]string) ([]*goose.Migration, error) {
	entries, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	var list []*goose.Migration
	for _, entry := range entries {
		digits, _, _ := strings.Cut(entry.Name(), "_")
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("state: migration %s has no number", entry.Name())
		}
		file, err := migrationFiles.ReadFile(path.Join("migrations", entry.Name()))
		if err != nil {
			return nil, err
		}
		text := fillWords(string(file), words)
		list = append(list, goose.NewGoMigration(number, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			return err
		}}, nil))
	}
	return list, nil
}
