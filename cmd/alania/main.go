// Command alania is the whole platform in one program: it serves the contracts, brings
// the database up to date and manages OAuth clients.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/openapi/breaking"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/config"
)

// version is set by the release build: -ldflags "-X main.version=…".
var version string

const usage = `alania serves the Alania API platform.

usage: alania [command] [flags]

  serve        serve the API (the default)
  migrate      bring the database's schema up to date, and stop
  clients      create, list or revoke OAuth clients
  orgs         list, suspend or resume organizations; make one a verified partner, or end that
  users        make a person a super admin, or end that
  jobs         list background jobs, or queue a failed one again
  keys         replace the key that signs access tokens, or that of the realms
  secrets      encrypt everything with the first key of ALANIA_SECRET_KEY
  entitlements list what a workspace may use, or add to a limit
  sdk          publish the SDKs to the registry, or list what is published
  openapi      print a bundle: alania openapi [contract] [-format json|yaml]; or draft
               the changes since the published bundles: alania openapi changelog
  healthcheck  ask a running server for /readyz; exit status 1 when it is not ready
  version      print the version

Every setting is a variable ALANIA_… or a flag; alania serve -h lists them.
`

type command struct {
	args   []string
	lookup func(string) (string, bool)
	out    io.Writer
	err    io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := command{args: os.Args[1:], lookup: os.LookupEnv, out: os.Stdout, err: os.Stderr}
	err := c.run(ctx)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "alania: "+explain(err))
		os.Exit(1)
	}
}

// explain prefers a fault's words for people, with the violations, to its log line.
func explain(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Cause != nil {
		return err.Error()
	}
	s := f.Message
	for _, v := range f.Violations {
		s += "\n  " + v.Pointer + " " + v.Message
	}
	return s
}

func (c command) run(ctx context.Context) error {
	name, rest := "serve", c.args
	if len(rest) > 0 && rest[0] != "" && rest[0][0] != '-' {
		name, rest = rest[0], rest[1:]
	}
	switch name {
	case "serve":
		return c.serve(ctx, rest)
	case "migrate":
		return c.migrate(ctx, rest)
	case "clients":
		return c.clients(ctx, rest)
	case "orgs":
		return c.orgs(ctx, rest)
	case "users":
		return c.users(ctx, rest)
	case "jobs":
		return c.jobs(ctx, rest)
	case "keys":
		return c.keys(ctx, rest)
	case "secrets":
		return c.secrets(ctx, rest)
	case "entitlements":
		return c.entitlements(ctx, rest)
	case "sdk":
		return c.sdk(ctx, rest)
	case "openapi":
		return c.openapi(rest)
	case "healthcheck":
		return c.healthcheck(ctx, rest)
	case "version":
		_, err := fmt.Fprintln(c.out, Version())
		return err
	case "help":
		_, err := fmt.Fprint(c.out, usage)
		return err
	}
	return fmt.Errorf("there is no command %q\n\n%s", name, usage)
}

// Version returns the version of the build: the release's, or that of the module's commit.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}

func (c command) load(args []string) (config.Config, []string, error) {
	return config.Load("alania", args, c.lookup)
}

func logLevel(cfg config.Config) slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.LogLevel)) // checked by config
	return level
}

func (c command) logger(cfg config.Config) *slog.Logger {
	return slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: logLevel(cfg)}))
}

func (c command) serve(ctx context.Context, args []string) error {
	cfg, rest, err := c.load(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("serve takes no argument %q", rest[0])
	}
	log, flush := newBufferedLog(c.err, logLevel(cfg))
	defer flush()
	slog.SetDefault(log)
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP) // from now on it ends the process no more
	defer signal.Stop(hangUp)
	if cfg.TLSCert != "" {
		if _, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey); err != nil {
			return fmt.Errorf("ALANIA_TLS_CERT, ALANIA_TLS_KEY: %w", err)
		}
	}
	// Listening comes first: a port that is taken is found before anything is made.
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("ALANIA_ADDR: %w", err)
	}
	defer func() { _ = ln.Close() }()
	var metrics net.Listener
	if cfg.MetricsAddr != "" {
		if metrics, err = net.Listen("tcp", cfg.MetricsAddr); err != nil {
			return fmt.Errorf("ALANIA_METRICS_ADDR: %w", err)
		}
		defer func() { _ = metrics.Close() }()
	}
	cfg.PublicURL = server.PublicURL(cfg, ln.Addr())
	s, err := server.New(ctx, cfg, Version(), log)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if s.FirstRun != nil {
		if err := c.announce(cfg, *s.FirstRun); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, "Alania %[1]s serves %[2]s\n"+
		"  portal         %[2]s\n"+
		"  documentation  %[2]s/docs\n"+
		"  OpenAPI 3.1    %[2]s/openapi.json\n"+
		"  health         %[2]s/v2/health\n", Version(), cfg.PublicURL)
	if metrics != nil {
		fmt.Fprintf(c.out, "  metrics        http://%s/metrics\n", metrics.Addr())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	task.Go("reload", func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangUp:
				if s.Reload(ctx) == nil { // it logs what it could not take up
					log.Info("reloaded")
				}
			}
		}
	})
	return s.Serve(ctx, ln, metrics)
}

// open opens the database, for a command that serves nothing; args are its settings.
func (c command) open(ctx context.Context, args []string) (*assembly.Services, error) {
	cfg, rest, err := c.load(args)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("no argument %q is expected", rest[0])
	}
	return server.OpenServices(ctx, cfg, nil, c.logger(cfg))
}

func (c command) migrate(ctx context.Context, args []string) error {
	s, err := c.open(ctx, args)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, "The schema is up to date.")
	return s.Close()
}

func (c command) openapi(args []string) error {
	if len(args) > 0 && args[0] == "changelog" {
		return c.changelog(args[1:])
	}
	name := openapi.Joined
	if len(args) > 0 && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("alania openapi", flag.ContinueOnError)
	format := fs.String("format", "yaml", "json or yaml")
	if err := fs.Parse(args); err != nil {
		return err
	}
	var read func(string) ([]byte, bool)
	switch {
	case fs.NArg() > 0:
		return errors.New("usage: alania openapi [contract] [-format json|yaml]")
	case *format == "yaml":
		read = openapi.YAML
	case *format == "json":
		read = openapi.JSON
	default:
		return errors.New("-format must be json or yaml")
	}
	b, ok := read(name)
	if !ok {
		return fmt.Errorf("there is no contract %q; there are %v", name, openapi.Contracts())
	}
	_, err := c.out.Write(b)
	return err
}

// changelog drafts the entry of openapi/CHANGELOG.md, in a folder of the sources.
func (c command) changelog(args []string) error {
	fs := flag.NewFlagSet("alania openapi changelog", flag.ContinueOnError)
	baseline := fs.String("baseline", "openapi/baseline", "folder of the published bundles")
	dist := fs.String("dist", "openapi/dist", "folder of the bundles to publish")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return errors.New("usage: alania openapi changelog [-baseline folder] [-dist folder]")
	}
	pairs, err := breaking.Pairs(*baseline, *dist)
	if err != nil {
		return err
	}
	var drafts []string
	for _, p := range pairs {
		draft, err := p.Draft(time.Now())
		if err != nil {
			return fmt.Errorf("%s: %w", p.Contract, err)
		}
		if draft != "" {
			drafts = append(drafts, draft)
		}
	}
	if len(drafts) == 0 {
		drafts = []string{"Nothing has changed.\n"}
	}
	_, err = io.WriteString(c.out, strings.Join(drafts, "\n"))
	return err
}
