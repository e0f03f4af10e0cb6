// Package app puts the program together: configuration, roles, start and stop. It is the
// only place that chooses engines.
package app

import (
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"time"
	_ "time/tzdata" // so that time zones are known on any machine

	"github.com/hitori-cdp/hitori"
	"github.com/hitori-cdp/hitori/access"
	"github.com/hitori-cdp/hitori/service"
)

// Role is the share of the work a process does.
type Role string

// The roles. A process with the role of all does everything.
const (
	RoleAll     Role = "all"
	RoleCollect Role = "collect" // accepts events
	RoleWork    Role = "work"    // applies them, and runs jobs
	RoleWeb     Role = "web"     // answers the API
)

// Config says how a process runs. The zero value of every field but Data is usable.
type Config struct {
	// Data is the folder of everything that is kept on this machine.
	Data string
	// Listen is the address to answer on; ":0" picks a free port.
	Listen string
	Role   Role

	// StreamURL, StateURL and WarehouseURL name external engines: nats://, postgres:// and
	// clickhouse://. An empty one runs embedded below Data.
	StreamURL, StateURL, WarehouseURL string

	// TimeZone is where the shop's days begin; Asia/Tokyo by default.
	TimeZone string
	// Currency is that of amounts which name none; JPY by default.
	Currency string

	// EventBytes, BatchEvents, BodyBytes and WaitingBytes bound what is accepted; see
	// package collect for their defaults.
	EventBytes   int
	BatchEvents  int
	BodyBytes    int64
	WaitingBytes int64
	// DiskReserve is how many bytes of disk must stay free for events to be accepted;
	// 256 MiB by default.
	DiskReserve int64
	// Memory is how many bytes an embedded warehouse may use; 512 MiB by default.
	Memory int64

	// PublicURL is where browsers find the program: https://cdp.example.jp. It makes cookies secure, and links
	// and sign-in with a provider lead there.
	PublicURL string
	// Proxies are the networks of reverse proxies, which are believed about where a request
	// comes from; this machine's own by default.
	Proxies []string
	// DiskLow is how many bytes of disk must be free for nobody to be told; 2 GiB by default.
	DiskLow int64
	// OIDC lets users sign in with an OpenID provider; none when its issuer is empty.
	OIDC access.OIDCConfig
	// Demo says that everything in it is made up.
	Demo bool

	Logger *slog.Logger
	Clock  service.Clock
	// Version is that of the program.
	Version string
}

// complete fills in defaults and returns an error of code Invalid for what cannot be.
func (c *Config) complete() error {
	if c.Role == "" {
		c.Role = RoleAll
	}
	if !slices.Contains([]Role{RoleAll, RoleCollect, RoleWork, RoleWeb}, c.Role) {
		return hitori.NewError(hitori.Invalid, "role_unknown", "role", c.Role)
	}
	if c.Role != RoleAll && (c.StreamURL == "" || c.StateURL == "" || c.WarehouseURL == "") {
		return hitori.NewError(hitori.Invalid, "role_embedded")
	}
	if c.TimeZone == "" {
		c.TimeZone = "Asia/Tokyo"
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		return hitori.NewError(hitori.Invalid, "time_zone", "zone", c.TimeZone).Because(err)
	}
	if c.Currency == "" {
		c.Currency = string(hitori.JPY)
	}
	if len(c.Currency) != 3 {
		return hitori.NewError(hitori.Invalid, "currency", "currency", c.Currency)
	}
	if len(c.Proxies) == 0 {
		c.Proxies = []string{"127.0.0.0/8", "::1/128"}
	}
	if c.Data == "" {
		c.Data = "data"
	}
	if c.DiskReserve == 0 {
		c.DiskReserve = 256 << 20
	}
	if c.DiskLow == 0 {
		c.DiskLow = 2 << 30
	}
	if c.Memory == 0 {
		c.Memory = 512 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Clock == nil {
		c.Clock = service.SystemClock{}
	}
	if c.Version == "" {
		c.Version = "development"
	}
	return nil
}

// does reports whether a process with this role does that part.
func (c *Config) does(part Role) bool { return c.Role == RoleAll || c.Role == part }

// proxies reads the networks of the proxies; a lone address is a network of one.
func (c *Config) proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range c.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var address netip.Addr
			if address, err = netip.ParseAddr(text); err != nil {
				return nil, hitori.NewError(hitori.Invalid, "proxy", "proxy", text).Because(err)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		list = append(list, prefix)
	}
	return list, nil
}

// embedded reports whether any engine runs in this process.
func (c *Config) embedded() bool {
	return c.StreamURL == "" || c.StateURL == "" || c.WarehouseURL == ""
}
