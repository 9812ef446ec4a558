// Package config reads the settings of the server from the environment and from flags,
// and checks every one before anything starts. An error names the setting, never a value
// that may be secret.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/integration"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/store/db"
)

// Config is what an operator can set.
type Config struct {
	Addr        string
	DatabaseURL string
	RedisURL    string
	ObjectsURL  string
	SQLURL      string // of the rows of workspaces; empty: see RowsURL
	SecretKey   string
	PublicURL   string // without a slash at the end; empty: from the address
	UpgradeURL  string // empty: /upgrade below PublicURL
	MetricsAddr string // empty: none
	AuditSink   string
	Issuers     []realm.External
	MongoURL    string   // of the documents of workspaces; empty: the platform's database has them
	Keycloak    *url.URL // nil: the realms are in our own tables
	LogLevel    string
	Bootstrap   Bootstrap

	TLSCert, TLSKey string
	TrustedProxies  []netip.Prefix

	WebhookAllowNets []netip.Prefix
	WebhookAllowHTTP bool

	ConnectorAllowNets []netip.Prefix
	ConnectorAllowHTTP bool

	SyncBounds integration.Bounds

	PixelRequireProof bool

	RateClasses map[string]plan.Rate // instead of those of the contracts, by name
	Signups     realm.Policy         // who may sign up in realms, and what passwords must have

	MCPRoot     string
	MCPCommands map[string][]string // name → program and its arguments

	RequestTimeout time.Duration
	Heartbeat      time.Duration // of server processes that share a database
	DrainDelay     time.Duration // between saying "draining" and closing the door
	DrainTimeout   time.Duration
}

// Bootstrap fixes the credentials of the first org on an empty database; what is empty is
// generated.
type Bootstrap struct {
	Email, Password        string
	ClientID, ClientSecret string
	APIKey                 string
}

// MinSecret is how many characters a secret that an operator chose must have.
const MinSecret = 32

type setting struct {
	name, value, usage string
	secret             bool // only from the environment: a flag can be read in the process list
	set                func(*Config, string) error
}

func text(to func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error { *to(c) = v; return nil }
}

func settings() []setting {
	return []setting{
		{"ADDR", ":18080", "address to serve on", false, func(c *Config, v string) error { c.Addr = v; return address(v) }},
		{"DATABASE_URL", "sqlite://data/alania.db", "sqlite://path or postgres://…", true, func(c *Config, v string) error {
			c.DatabaseURL = v
			_, _, _, err := db.ParseURL(v)
			return err
		}},
		{"REDIS_URL", "", "redis:// or rediss:// for rate limits and revocations that replicas share", true,
			func(c *Config, v string) error {
				c.RedisURL = v
				return scheme(v, "redis", "rediss")
			}},
		{"OBJECTS_URL", "file://data/objects", "file://path or s3://bucket", true, func(c *Config, v string) error {
			c.ObjectsURL = v
			return scheme(v, "file", "s3")
		}},
		{"SQL_URL", "", "sqlite://folder or postgres://… that the rows of workspaces are kept in", true,
			func(c *Config, v string) error {
				c.SQLURL = v
				return scheme(v, "sqlite", "postgres", "postgresql")
			}},
		{"MONGO_URL", "", "mongodb:// or mongodb+srv:// of a MongoDB server that keeps the documents of workspaces", true,
			func(c *Config, v string) error {
				c.MongoURL = v
				return scheme(v, "mongodb", "mongodb+srv")
			}},
		{"SECRET_KEY", "",
			"32 bytes in base64 that secrets at rest are encrypted with; former keys after it, separated by commas", true,
			func(c *Config, v string) error {
				c.SecretKey = v
				if v == "" {
					return nil
				}
				_, err := secret.NewBox(v)
				return err
			}},
		{"PUBLIC_URL", "", "where clients reach the server: issuer of tokens, base of links", false,
			func(c *Config, v string) error {
				c.PublicURL = strings.TrimSuffix(v, "/")
				u, err := url.Parse(v)
				if v != "" &&
					(err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "") {
					return errors.New("must be scheme://host, without a path")
				}
				return scheme(v, "http", "https")
			}},
		{"UPGRADE_URL", "", "where callers who reach a limit of their plan are sent", false, func(c *Config, v string) error {
			c.UpgradeURL = v
			if u, err := url.Parse(v); v != "" && (err != nil || u.Host == "" || u.User != nil) {
				return errors.New("must be an absolute URL without credentials")
			}
			return scheme(v, "http", "https")
		}},
		{"METRICS_ADDR", "127.0.0.1:18081", "address of Prometheus metrics and pprof; off for none", false,
			func(c *Config, v string) error {
				if v == "off" {
					return nil
				}
				c.MetricsAddr = v
				return address(v)
			}},
		{"AUDIT_SINK_URL", "", "https:// or syslog+tls:// of a SIEM that audit entries are sent to", true,
			func(c *Config, v string) error {
				c.AuditSink = v
				return scheme(v, "https", "http", "syslog+tls")
			}},
		{"OIDC_ISSUERS", "",
			"issuers whose tokens are trusted, separated by commas: https://idp.example.com;audience=alania;tenant=acme; the " +
				"tenant * is for an issuer whose tokens name theirs", false,
			func(c *Config, v string) (err error) {
				c.Issuers, err = issuers(v)
				return err
			}},
		{"KEYCLOAK_URL", "",
			"https://id:secret@host of a Keycloak server that keeps the realms, with a client that administers it", true,
			func(c *Config, v string) (err error) {
				c.Keycloak, err = keycloak(v)
				return err
			}},
		{"LOG_LEVEL", "info", "debug, info, warn or error", false, func(c *Config, v string) error {
			c.LogLevel = v
			if v != "debug" && v != "info" && v != "warn" && v != "error" {
				return errors.New("must be debug, info, warn or error")
			}
			return nil
		}},
		{"BOOTSTRAP_EMAIL", "", "e-mail address of the first admin", false, func(c *Config, v string) error {
			c.Bootstrap.Email = v
			if a, err := mail.ParseAddress(v); v != "" && (err != nil || a.Address != v) {
				return errors.New("must be an e-mail address")
			}
			return nil
		}},
		{"BOOTSTRAP_PASSWORD", "", "password of the first admin; kept as a hash for the sign-in, which is not there yet",
			true, func(c *Config, v string) error {
				c.Bootstrap.Password = v
				if v != "" && len(v) < 12 {
					return errors.New("must have 12 characters or more")
				}
				return nil
			}},
		{
			"BOOTSTRAP_CLIENT_ID", "", "id of the first OAuth client", false,
			text(func(c *Config) *string { return &c.Bootstrap.ClientID }),
		},
		{"BOOTSTRAP_CLIENT_SECRET", "", "secret of the first OAuth client", true, func(c *Config, v string) error {
			c.Bootstrap.ClientSecret = v
			if v != "" && len(v) < MinSecret {
				return fmt.Errorf("must have %d characters or more", MinSecret)
			}
			return nil
		}},
		{"BOOTSTRAP_API_KEY", "", "the first API key", true, func(c *Config, v string) error {
			c.Bootstrap.APIKey = v
			if _, ok := apikey.Split(v); v != "" && !ok {
				return fmt.Errorf("must have the form sk_live_<prefix>_<secret> with a secret of %d characters or more", MinSecret)
			}
			return nil
		}},
		{
			"TLS_CERT", "", "PEM file of the certificate, to serve https itself", false,
			text(func(c *Config) *string { return &c.TLSCert }),
		},
		{"TLS_KEY", "", "PEM file of its key", false, text(func(c *Config) *string { return &c.TLSKey })},
		{"TRUSTED_PROXIES", "", "CIDR blocks of proxies whose X-Forwarded-For is believed", false,
			func(c *Config, v string) (err error) {
				c.TrustedProxies, err = nets(v)
				return err
			}},
		{"RATE_CLASSES", "", "rates of classes of operations: data=240/60,events=600/150, per minute and more at once", false,
			func(c *Config, v string) (err error) {
				c.RateClasses, err = rateClasses(v)
				return err
			}},
		{"WEBHOOK_ALLOW_NETS", "", "CIDR blocks that webhooks may be delivered to although they are private", false,
			func(c *Config, v string) (err error) {
				c.WebhookAllowNets, err = nets(v)
				return err
			}},
		{"WEBHOOK_ALLOW_HTTP", "false", "deliver webhooks over plain http as well", false,
			func(c *Config, v string) (err error) {
				if c.WebhookAllowHTTP, err = strconv.ParseBool(v); err != nil {
					return errors.New("must be true or false")
				}
				return nil
			}},
		{"CONNECTOR_ALLOW_NETS", "",
			"CIDR blocks that connectors may read from, and MCP servers may be in, although they are private", false,
			func(c *Config, v string) (err error) {
				c.ConnectorAllowNets, err = nets(v)
				return err
			}},
		{"CONNECTOR_ALLOW_HTTP", "false", "let connectors read, and MCP servers be called, over plain http as well", false,
			func(c *Config, v string) (err error) {
				if c.ConnectorAllowHTTP, err = strconv.ParseBool(v); err != nil {
					return errors.New("must be true or false")
				}
				return nil
			}},
		{"SIGNUP_MODE", "invitation",
			"who may sign up in realms, as GET /v1/auth/signups/policy tells: invitation or self_service", false,
			func(c *Config, v string) error {
				c.Signups.SelfService = v == "self_service"
				if v != "invitation" && !c.Signups.SelfService {
					return errors.New("must be invitation or self_service")
				}
				return nil
			}},
		{"SIGNUP_MESSAGE", "Ask an administrator of your organization for an invitation.",
			"what people are told who want an account", false,
			text(func(c *Config) *string { return &c.Signups.Message })},
		{"SIGNUP_MIN_LENGTH", "12", "how many characters a password of a user must have", false,
			func(c *Config, v string) (err error) {
				n, err := strconv.Atoi(v)
				if c.Signups.MinPassword = n; err != nil || n < realm.MinPassword || n > realm.MaxPassword {
					return errors.New("must be a number from 8 to 256")
				}
				return nil
			}},
		{"PIXEL_REQUIRE_PROOF", "false",
			"take events of the pixel only from domains that their workspace has proven to be its own", false,
			func(c *Config, v string) (err error) {
				if c.PixelRequireProof, err = strconv.ParseBool(v); err != nil {
					return errors.New("must be true or false")
				}
				return nil
			}},
		{
			"SYNC_MAX_DURATION", "6h",
			"the most that a sync run may take; like the three below, what reaches it ends as failed and the next run goes on " +
				"from there", false,
			duration(func(c *Config) *time.Duration { return &c.SyncBounds.Duration }, time.Second, 7*24*time.Hour),
		},
		{
			"SYNC_MAX_PAGES", "1000000", "the most pages that a sync run may read", false,
			count(func(c *Config) *int64 { return &c.SyncBounds.Pages }),
		},
		{
			"SYNC_MAX_ROWS", "50000000", "the most rows that a sync run may read", false,
			count(func(c *Config) *int64 { return &c.SyncBounds.Rows }),
		},
		{
			"SYNC_MAX_BYTES", "53687091200", "the most bytes of rows that a sync run may read", false,
			count(func(c *Config) *int64 { return &c.SyncBounds.Bytes }),
		},
		{"MCP_ROOT", "data/mcp", "folder of the files that the MCP server `filesystem` serves, one folder a workspace", false,
			func(c *Config, v string) error {
				c.MCPRoot = v
				return nil
			}},
		{"MCP_COMMANDS", "", "commands that tenants may add as MCP servers: name=/path argument …;name2=…", false,
			func(c *Config, v string) (err error) {
				c.MCPCommands, err = commands(v)
				return err
			}},
		{
			"REQUEST_TIMEOUT", "30s", "the most that a request may take", false,
			duration(func(c *Config) *time.Duration { return &c.RequestTimeout }, time.Second, 50*time.Second),
		},
		{
			"HEARTBEAT", "3s", "how often a server process says that it is alive; its work is taken over when it misses four",
			false, duration(func(c *Config) *time.Duration { return &c.Heartbeat }, 100*time.Millisecond, time.Minute),
		},
		{
			"DRAIN_DELAY", "1s", "how long a stop goes on serving while /readyz fails, for the load balancer to see it", false,
			duration(func(c *Config) *time.Duration { return &c.DrainDelay }, 0, time.Minute),
		},
		{
			"DRAIN_TIMEOUT", "20s", "the most that a stop waits for running requests", false,
			duration(func(c *Config) *time.Duration { return &c.DrainTimeout }, 0, 10*time.Minute),
		},
	}
}

func count(to func(*Config) *int64) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			return errors.New("must be a number from 1")
		}
		*to(c) = n
		return nil
	}
}

func duration(to func(*Config) *time.Duration, least, most time.Duration) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d < least || d > most {
			return fmt.Errorf("must be a duration from %s to %s, such as 30s", least, most)
		}
		*to(c) = d
		return nil
	}
}

// Load reads the settings: a flag before its variable ALANIA_…, before its default. All
// that is wrong is reported at once. Arguments that are no flags are returned.
func Load(program string, args []string, lookup func(string) (string, bool)) (Config, []string, error) {
	var c Config
	fs := flag.NewFlagSet(program, flag.ContinueOnError)
	flags := map[string]*string{}
	for _, s := range settings() {
		if !s.secret {
			flags[s.name] = fs.String(flagName(s.name), s.value, s.usage+" (ALANIA_"+s.name+")")
		}
	}
	fs.SetOutput(io.Discard) // an error is the caller's to print, and needs no list of all flags
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		help(fs, os.Stderr)
		return c, nil, err
	} else if err != nil {
		return c, nil, fmt.Errorf("%w (-h lists the flags)", err)
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	for _, s := range settings() {
		v, from := s.value, "ALANIA_"+s.name
		if env, ok := lookup(from); ok && env != "" {
			v = env
		}
		if given[flagName(s.name)] {
			v, from = *flags[s.name], "-"+flagName(s.name)
		}
		if err := s.set(&c, v); err != nil {
			errs = append(errs, fmt.Errorf("%s %w", from, err))
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs, errors.New("ALANIA_TLS_CERT and ALANIA_TLS_KEY are needed together"))
	}
	if (c.Bootstrap.ClientID == "") != (c.Bootstrap.ClientSecret == "") {
		errs = append(errs, errors.New("ALANIA_BOOTSTRAP_CLIENT_ID and ALANIA_BOOTSTRAP_CLIENT_SECRET are needed together"))
	}
	if !c.Embedded() && c.SecretKey == "" && strings.HasPrefix(c.DatabaseURL, "postgres") {
		errs = append(errs,
			errors.New("ALANIA_SECRET_KEY is required with PostgreSQL: every replica needs the same (make one with: openssl "+
				"rand -base64 32)"))
	}
	return c, fs.Args(), errors.Join(errs...)
}

func help(fs *flag.FlagSet, out io.Writer) {
	fmt.Fprintln(out, "Settings, each as a flag or as a variable of the environment:")
	fs.SetOutput(out)
	fs.PrintDefaults()
	fmt.Fprintln(out, "\nOnly as variables, because other users of the machine can read a command line:")
	for _, s := range settings() {
		if s.secret {
			fmt.Fprintf(out, "  ALANIA_%s\n    \t%s\n", s.name, s.usage)
		}
	}
}

// Embedded reports whether the database is the embedded one.
func (c Config) Embedded() bool { return strings.HasPrefix(c.DatabaseURL, "sqlite://") }

// RowsURL is where the rows of workspaces are kept: what the operator says or else, the platform's own database when
// that is PostgreSQL, and a folder next to it when it is not.
func (c Config) RowsURL() string {
	switch {
	case c.SQLURL != "":
		return c.SQLURL
	case c.Embedded():
		return "sqlite://" + filepath.Join(c.DataDir(), "rows")
	}
	return c.DatabaseURL
}

// DataDir is the folder of the embedded database.
func (c Config) DataDir() string { return filepath.Dir(strings.TrimPrefix(c.DatabaseURL, "sqlite://")) }

func flagName(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "-")) }

func address(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		var n int
		if n, err = strconv.Atoi(port); err == nil && n >= 0 && n <= 65535 {
			return nil
		}
	}
	return errors.New("must be host:port or :port")
}

func scheme(v string, accepted ...string) error {
	if v == "" {
		return nil
	}
	got, _, ok := strings.Cut(v, "://")
	for _, a := range accepted {
		if ok && got == a {
			return nil
		}
	}
	return errors.New("must start with " + strings.Join(accepted, ":// or ") + "://")
}

var commandName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func commands(v string) (map[string][]string, error) {
	out := map[string][]string{}
	for part := range strings.SplitSeq(v, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, line, _ := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		words := strings.Fields(line)
		if !commandName.MatchString(name) || len(words) == 0 || !filepath.IsAbs(words[0]) {
			return nil, errors.New("must be name=/path and arguments, with semicolons between commands")
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("names the command %s twice", name)
		}
		if _, err := exec.LookPath(words[0]); err != nil {
			return nil, fmt.Errorf("names a program for %s that cannot be executed", name)
		}
		out[name] = words
	}
	return out, nil
}

// rateClasses reads name=perMinute/burst, with commas between them.
func rateClasses(v string) (map[string]plan.Rate, error) {
	wrong := errors.New("must be like data=240/60,events=600/150: requests a minute, and how many more at once")
	out := map[string]plan.Rate{}
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, figures, _ := strings.Cut(part, "=")
		perMinute, burst, _ := strings.Cut(figures, "/")
		r := plan.Rate{}
		var err error
		if r.PerMinute, err = strconv.Atoi(perMinute); err != nil || r.PerMinute < 1 || name == "" {
			return nil, wrong
		}
		if r.Burst, err = strconv.Atoi(burst); err != nil || r.Burst < 0 {
			return nil, wrong
		}
		if _, twice := out[name]; twice {
			return nil, errors.New("has the class " + name + " twice")
		}
		out[name] = r
	}
	return out, nil
}

func nets(v string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := apikey.ParseNet(part)
		if err != nil {
			return nil, errors.New("must be CIDR blocks or addresses, with commas between them")
		}
		out = append(out, n)
	}
	return out, nil
}
