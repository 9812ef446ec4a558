// Package server makes one handler of the assembled services, the contracts and the edge, and runs it
// with what goes on in the background.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/limit"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/process"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/engine/delivery"
	"github.com/alania-go/alania/engine/documents/mongo"
	"github.com/alania-go/alania/engine/guard"
	"github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/engine/redis"
	"github.com/alania-go/alania/engine/rows"
	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/docs"
	"github.com/alania-go/alania/server/edge"
	"github.com/alania-go/alania/server/issuer"
	"github.com/alania-go/alania/server/mcp"
	"github.com/alania-go/alania/server/portal"
	"github.com/alania-go/alania/server/registry"
	"github.com/alania-go/alania/store/db"
)

// Server is the platform, ready to serve.
type Server struct {
	*assembly.Services
	Contracts []*contract.Contract
	FirstRun  *assembly.FirstRun // not nil when this start made the first org

	cfg     config.Config
	log     *slog.Logger
	echo    *echo.Echo
	handler http.Handler
	// certificates are those of the public listener; nil without TLS.
	certificates *certificates

	registry *prometheus.Registry
	objects  *objects.Bucket
	redis    *redis.Client // nil without
	mongo    *mongo.Engine // nil: the platform's database has the documents
	engine   *webhook.Engine
	health   *health.Service
	draining atomic.Bool
	// closing ends when no more requests are accepted.
	closing context.Context
	closed  context.CancelFunc
}

// Option changes how a server is made.
type Option func(*options)

type options struct {
	supports  workspace.Supports
	edge      []func(*edge.Edge)
	prover    pixel.Prover
	clock     clock.Clock
	contracts []func(contract.Services) contract.Module
}

// WithEdge changes the edge before it serves, for tests.
func WithEdge(change func(*edge.Edge)) Option {
	return func(o *options) { o.edge = append(o.edge, change) }
}

// WithFault fails operations on purpose, for tests of what callers see then.
func WithFault(fault func(*contract.Exchange) error) Option {
	return WithEdge(func(e *edge.Edge) { e.Fault = fault })
}

// WithProver has proofs of domains looked up by p, for tests that have no domains.
func WithProver(p pixel.Prover) Option {
	return func(o *options) { o.prover = p }
}

// WithClock has the services go by a clock, for tests that put it forward.
func WithClock(now clock.Clock) Option {
	return func(o *options) { o.clock = now }
}

// WithSupports adds to what capabilities of workspaces need, for tests of those that nothing provides yet.
func WithSupports(of workspace.Supports) Option {
	return func(o *options) { o.supports = of }
}

// New opens everything that the settings name. The public URL must be known by now: it
// is what tokens and links say.
func New(
	ctx context.Context, cfg config.Config, version string, log *slog.Logger, change ...Option,
) (_ *Server, err error) {
	var o options
	for _, c := range change {
		c(&o)
	}
	s := &Server{cfg: cfg, log: log, registry: prometheus.NewRegistry()}
	s.closing, s.closed = context.WithCancel(context.WithoutCancel(ctx))
	readAhead()
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	if cfg.TLSCert != "" {
		if s.certificates, err = newCertificates(cfg.TLSCert, cfg.TLSKey, log); err != nil {
			return nil, fmt.Errorf("ALANIA_TLS_CERT, ALANIA_TLS_KEY: %w", err)
		}
	}
	if s.objects, err = objects.Open(ctx, cfg.ObjectsURL); err != nil {
		return nil, fmt.Errorf("ALANIA_OBJECTS_URL: %w", err)
	}
	var limiter limit.Limiter = limit.NewLocal(clock.Steady())
	made := assembly.Options{
		Files: s.objects, Clock: o.clock, Prover: o.prover, Renderers: renderers(o.contracts...), Supports: o.supports,
	}
	if cfg.RedisURL != "" {
		if s.redis, err = redis.Open(ctx, cfg.RedisURL); err != nil {
			return nil, fmt.Errorf("ALANIA_REDIS_URL: %w", err)
		}
		limiter = s.redis.Limiter(limiter, log, clock.Steady())
		made.Announce = s.announce
	}
	made.Limiter = limiter
	if cfg.MongoURL != "" {
		if s.mongo, err = mongo.Open(cfg.MongoURL, guard.Operator(), clock.System); err != nil {
			return nil, fmt.Errorf("ALANIA_MONGO_URL: %w", err)
		}
		made.Documents = s.mongo
	}
	if s.Services, err = assembly.Open(ctx, cfg, made, log); err != nil {
		return nil, err
	}
	if err := s.Exporter.Operator(ctx, cfg.AuditSink); err != nil {
		return nil, fmt.Errorf("ALANIA_AUDIT_SINK_URL: %w", err)
	}
	observer := newDeliveryMetrics(s.registry)
	s.engine = webhook.NewEngine(s.Webhooks, delivery.New(guard.New(cfg.WebhookAllowNets), version), observer, log)
	if s.FirstRun, err = s.Bootstrap(ctx, cfg.Bootstrap); err != nil {
		return nil, fmt.Errorf("make the first organization: %w", err)
	}
	if s.FirstRun, err = s.FirstAdmin(ctx, s.FirstRun, cfg.Bootstrap); err != nil {
		// It serves without: whoever has a token goes on, and the next start tries again.
		log.Error("the first admin could not be made in the identity provider", "error", err)
	}

	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.handler = edge.Head(s.echo)
	e := s.newEdge(limiter)
	for _, change := range o.edge {
		change(e)
	}
	e.Install(s.echo)
	probes := map[string]health.Probe{
		health.Database:      health.Worst(s.Store.Probe, rows.Probe(s.RowsEngine)),
		health.Queue:         health.Worst(s.Queue.Probe, s.engine.Probe),
		health.ObjectStorage: s.objects.Probe,
	}
	if s.mongo != nil {
		probes[health.Database] = health.Worst(probes[health.Database], s.mongo.Probe)
	}
	if p := s.IdentityProvider(); p != nil {
		probes[health.IdentityProvider] = p
	}
	s.health = health.NewService(probes, s.Store.Now)
	if err := s.route(e, version, o.contracts); err != nil {
		return nil, err
	}
	s.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauges{s.Services, s.engine},
	)
	return s, nil
}

// newEdge makes the edge of the services.
func (s *Server) newEdge(limiter limit.Limiter) *edge.Edge {
	resolvers := []contract.Resolver{edge.Realm(s.Directory, s.IssuerBase), edge.Trusted(s.Trusted)}
	e := &edge.Edge{
		Resolvers:   append(resolvers, edge.Own(s.Keys, s.OAuth)...),
		Uses:        s.Uses,
		Calls:       s.Calls,
		Plans:       s.Entitlements,
		Workspaces:  s.Workspaces,
		Limiter:     limiter,
		Idempotency: s.Idempotency,
		Tx:          s.Store,
		Metrics:     edge.NewMetrics(s.registry),
		Log:         s.log,
		Now:         s.Store.Now,
		Timeout:     workTime(s.cfg),
		TLS:         s.cfg.TLSCert != "",
		Streams:     share.New("streams", streams, share.Options{}),
		Closing:     s.closing,
	}
	if len(s.cfg.TrustedProxies) > 0 {
		e.ClientIP = forwarded(s.cfg.TrustedProxies)
	}
	if p, all := everybody(s.cfg.TrustedProxies); all {
		s.log.Warn("ALANIA_TRUSTED_PROXIES trusts everybody: clients can choose the address that limits and "+
			"allowed_ips go by", "prefix", p.String())
	}
	return e
}

// route adds the routes: the contracts, their documentation, the portal, MCP and the registry.
func (s *Server) route(e *edge.Edge, version string, more []func(contract.Services) contract.Module) error {
	if err := s.publish(e, version, more); err != nil {
		return err
	}
	publicURL := s.cfg.PublicURL
	described := docs.Options{PublicURL: publicURL, First: s.Contracts[0].Name}
	for _, c := range s.Contracts {
		described.Contracts = append(described.Contracts, docs.Contract{Name: c.Name, Bundle: c.Bundle})
	}
	if err := docs.Register(s.echo, described); err != nil {
		return err
	}
	portal.Register(s.echo, portal.Options{
		PublicURL: publicURL, Version: version, Contracts: s.Contracts, Health: s.health.Report,
	})
	tools := mcp.New(s.Contracts, s.echo, version)
	tools.Register(s.echo, e.Authenticated(identity.FromKey, identity.FromToken), s.OAuth.Issuer())
	packages := &registry.API{Releases: s.Releases, PublicURL: strings.TrimSuffix(publicURL, "/")}
	packages.Register(s.echo, e.OutsideBundles)
	if s.cfg.Keycloak == nil { // which serves its realms itself
		(&issuer.API{Issuer: s.Issuer}).Register(s.echo, e.OutsideBundles)
	}
	return nil
}

// streams is how many streams may be open in this process: uploads, downloads and those of events.
// An org alone has two thirds of them at most.
const streams = 1000

// workTime returns how long the work of a request may take, so that its answer comes within the
// time-out: PostgreSQL may take a moment more to be left.
func workTime(cfg config.Config) time.Duration {
	if cfg.Embedded() {
		return cfg.RequestTimeout
	}
	return cfg.RequestTimeout - min(db.Grace, cfg.RequestTimeout/4)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Reload takes up at once what may change while the server runs: the certificate, and the keys that sign
// tokens. It logs what it could not take up.
func (s *Server) Reload(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.RequestTimeout)
	defer cancel()
	err := s.OAuth.LoadKeys(ctx)
	if err != nil {
		s.log.Warn("read the signing keys", "error", err)
	}
	if err := s.Issuer.Keys().KeepLoaded(ctx); err != nil {
		s.log.Warn("read the signing keys of realms", "error", err)
	}
	if s.certificates != nil {
		err = errors.Join(err, s.certificates.reload())
	}
	return err
}

// Metrics is the handler of the listener that is not for the public: Prometheus and pprof.
func (s *Server) Metrics() http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
	m.HandleFunc("GET /debug/pprof/", pprof.Index)
	m.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	m.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	m.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return m
}

const revocations = "alania:revocations"

// announce tells other replicas what to forget. It is a shortcut: without it they forget
// within identity.CacheTTL.
func (s *Server) announce(message []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.redis.Bus().Publish(ctx, revocations, message); err != nil {
		s.log.Warn("announce a revocation", "error", err)
	}
}

// Background runs the queue, the deliveries and the recurring work until ctx ends, and waits for them.
func (s *Server) Background(ctx context.Context) {
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	owners := []id.ID{s.Queue.Owner(), s.engine.Owner()}
	registry := process.NewRegistry(s.Store.Processes, owners, s.cfg.Heartbeat, s.log, s.Store.Now, func() {
		s.Queue.Wake()
		s.engine.Wake()
		s.Recurring.Wake()
	})
	beating := make(chan struct{})
	task.Go("say that this process lives", func() { defer close(beating); registry.Run(alive) })
	ctx = task.Background(ctx) // requests do not wait for the connections of what follows
	var wg sync.WaitGroup
	defer func() { // the heart beats until the work has ended
		wg.Wait()
		stop()
		<-beating
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		registry.Leave(ctx)
	}()
	task.Keep(ctx, &wg, "work on jobs", s.Queue.Run)
	task.Keep(ctx, &wg, "deliver webhooks", s.engine.Run)
	task.Keep(ctx, &wg, "export audit entries", s.Exporter.Run)
	task.Keep(ctx, &wg, "recurring work", s.Recurring.Run)
	if s.redis != nil {
		task.Keep(ctx, &wg, "hear of revocations", func(ctx context.Context) {
			s.redis.Bus().Subscribe(ctx, revocations, s.Cache.Apply)
		})
	}
}

// stopTimeout is how long background work may take to end: every call to an outside system has a
// shorter one.
const stopTimeout = 25 * time.Second

// Serve serves on the listener until ctx ends. Then /readyz fails, requests are served
// for the drain delay more, running ones are given the drain timeout to finish, and the
// background work is stopped.
func (s *Server) Serve(ctx context.Context, ln, metrics net.Listener) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	task.Go("background work", func() { defer close(ended); s.Background(background) })
	defer func() {
		stop()
		select {
		case <-ended:
		case <-time.After(stopTimeout):
			s.log.Error("some background work does not end: the process stops without it")
		}
	}()

	errorLog := slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)
	public := &http.Server{
		Handler: s, ErrorLog: errorLog, MaxHeaderBytes: 64 << 10,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 90 * time.Second,
		IdleTimeout: 2 * time.Minute,
	}
	if s.certificates != nil {
		public.TLSConfig = &tls.Config{GetCertificate: s.certificates.get}
	}
	failed := make(chan error, 2)
	task.Go("serve", func() {
		if s.certificates != nil {
			failed <- public.ServeTLS(ln, "", "")
		} else {
			failed <- public.Serve(ln)
		}
	})
	if metrics != nil {
		private := &http.Server{Handler: s.Metrics(), ErrorLog: errorLog, ReadHeaderTimeout: 10 * time.Second}
		defer func() { _ = private.Close() }()
		task.Go("serve metrics", func() { failed <- private.Serve(metrics) })
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	s.log.Info("draining")
	select {
	case err := <-failed:
		return err
	case <-time.After(s.cfg.DrainDelay):
	}
	// Event streams end now, so that their clients connect to another replica; transfers have the drain timeout.
	s.closed()
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.DrainTimeout)
	defer cancel()
	if err := public.Shutdown(deadline); err != nil {
		s.log.Warn("requests were cut off", "error", err)
		_ = public.Close()
	}
	return nil
}

// Close closes what New opened.
func (s *Server) Close() error {
	s.closed()
	var errs []error
	if s.redis != nil {
		errs = append(errs, s.redis.Close())
	}
	if s.mongo != nil {
		errs = append(errs, s.mongo.Close())
	}
	if s.objects != nil {
		errs = append(errs, s.objects.Close())
	}
	if s.Services != nil {
		errs = append(errs, s.Services.Close())
	}
	return errors.Join(errs...)
}

// PublicURL returns the URL of a listener for who did not set one.
func PublicURL(cfg config.Config, ln net.Addr) string {
	if cfg.PublicURL != "" {
		return cfg.PublicURL
	}
	scheme := "http"
	if cfg.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(ln.String())
	if err != nil {
		return scheme + "://" + ln.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
