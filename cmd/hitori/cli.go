package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/app"
	"github.com/hitori-cdp/hitori/locale"
)

// cli is every command. Its help texts are in the locale files under "cli.".
type cli struct {
	globals

	Demo       demoCommand       `cmd:"" help:"${demo}"`
	Serve      serveCommand      `cmd:"" help:"${serve}"`
	Import     importCommand     `cmd:"" help:"${import}"`
	Simulate   simulateCommand   `cmd:"" help:"${simulate}"`
	Analyze    analyzeCommand    `cmd:"" help:"${analyze}"`
	Customer   customerCommand   `cmd:"" help:"${customer}"`
	Contract   contractCommand   `cmd:"" help:"${contract}"`
	Quarantine quarantineCommand `cmd:"" help:"${quarantine}"`
	Key        keyCommand        `cmd:"" help:"${key}"`
	User       userCommand       `cmd:"" help:"${user}"`
	Job        jobCommand        `cmd:"" help:"${job}"`
	Backup     backupCommand     `cmd:"" help:"${backup}"`
	Restore    restoreCommand    `cmd:"" help:"${restore}"`
	Migrate    migrateCommand    `cmd:"" help:"${migrate}"`
	Rebuild    rebuildCommand    `cmd:"" help:"${rebuild}"`
	Doctor     doctorCommand     `cmd:"" help:"${doctor}"`
	Version    versionCommand    `cmd:"" help:"${version}"`
}

// globals are the settings of every command. Each can be given as an environment variable.
type globals struct {
	Data         string `default:"data" env:"HITORI_DATA" type:"path" help:"${flag_data}"`
	Server       string `env:"HITORI_SERVER" help:"${flag_server}"`
	Secret       string `name:"key" env:"HITORI_KEY" help:"${flag_key}"`
	Lang         string `env:"HITORI_LANG" help:"${flag_lang}"`
	JSON         bool   `help:"${flag_json}"`
	LogLevel     string `default:"info" enum:"debug,info,warn,error" env:"HITORI_LOG_LEVEL" help:"${flag_log_level}"`
	LogFormat    string `default:"text" enum:"text,json" env:"HITORI_LOG_FORMAT" help:"${flag_log_format}"`
	StreamURL    string `env:"HITORI_STREAM_URL" help:"${flag_stream_url}"`
	StateURL     string `env:"HITORI_STATE_URL" help:"${flag_state_url}"`
	WarehouseURL string `env:"HITORI_WAREHOUSE_URL" help:"${flag_warehouse_url}"`
	PublicURL    string `env:"HITORI_PUBLIC_URL" help:"${flag_public_url}"`
	TimeZone     string `default:"Asia/Tokyo" env:"HITORI_TIME_ZONE" help:"${flag_time_zone}"`
	Currency     string `default:"JPY" env:"HITORI_CURRENCY" help:"${flag_currency}"`
}

// session is one run of the program.
type session struct {
	*globals
	ctx      context.Context
	out      io.Writer
	err      io.Writer
	texts    *locale.Texts
	language locale.Language
}

// run runs a command line and returns its exit status.
func run(args []string, out, errs io.Writer) int {
	texts, err := locale.Load()
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	language := chooseLanguage(args)
	var c cli
	ended := -1
	parser, err := kong.New(&c, kong.Name("hitori"), kong.Description(texts.Text(language, "cli.description", nil)),
		kong.Writers(out, errs), helpTexts(texts, language), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(status int) { ended = status }))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	command, err := parser.Parse(args)
	if ended >= 0 { // help was asked for and shown
		return ended
	}
	if err != nil {
		fmt.Fprintln(errs, "hitori: "+err.Error())
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{globals: &c.globals, ctx: ctx, out: out, err: errs, texts: texts, language: language}
	if err := command.Run(s); err != nil {
		return s.fail(err)
	}
	return 0
}

// chooseLanguage looks for the wish in the arguments, then in the environment.
func chooseLanguage(args []string) locale.Language {
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			return locale.Choose(value)
		}
		if arg == "--lang" && i+1 < len(args) {
			return locale.Choose(args[i+1])
		}
	}
	for _, name := range []string{"HITORI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if wish := os.Getenv(name); wish != "" {
			return locale.Choose(wish)
		}
	}
	return locale.Japanese
}

func helpTexts(texts *locale.Texts, language locale.Language) kong.Vars {
	vars := make(kong.Vars)
	for _, key := range texts.Keys(language) {
		if name, ok := strings.CutPrefix(key, "cli.help."); ok {
			vars[name] = texts.Text(language, key, nil)
		}
	}
	return vars
}

// fail tells an error in the user's language and returns the exit status of its code.
func (s *session) fail(err error) int {
	var told *hitori.Error
	if !errors.As(err, &told) {
		told = hitori.NewError(hitori.Internal, "internal")
		fmt.Fprintln(s.err, "hitori:", err)
	}
	if errors.Is(err, context.Canceled) {
		return 130
	}
	fmt.Fprintln(s.err, "hitori:", s.texts.Error(s.language, told))
	if told.Err != nil && s.LogLevel == "debug" {
		fmt.Fprintln(s.err, told.Err)
	}
	switch told.Code {
	case hitori.Invalid, hitori.TooLarge:
		return 2
	case hitori.NotFound:
		return 3
	case hitori.Conflict:
		return 4
	case hitori.Unavailable, hitori.Busy:
		return 5
	}
	return 1
}

// say prints a text of the locale files; args are pairs of a name and a value.
func (s *session) say(key string, args ...any) {
	fmt.Fprintln(s.out, s.text(key, args...))
}

func (s *session) text(key string, args ...any) string {
	values := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return s.texts.Text(s.language, "cli."+key, values)
}

// show prints a value as JSON.
func (s *session) show(v any) error {
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// config is the program's configuration as the command line gives it.
func (s *session) config() app.Config {
	return app.Config{
		Data: s.Data, StreamURL: s.StreamURL, StateURL: s.StateURL, WarehouseURL: s.WarehouseURL,
		TimeZone: s.TimeZone, Currency: s.Currency, PublicURL: s.PublicURL, Logger: s.logger(), Version: version(),
	}
}

func (s *session) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // kong has checked it
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(s.err, options))
	}
	return slog.New(slog.NewTextHandler(s.err, options))
}

// version is that of the module, or of the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "development"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value[:min(12, len(setting.Value))]
		}
	}
	return "development"
}
