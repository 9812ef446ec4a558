// Package redis lets the replicas of the platform share what one of them knows: the
// counts of the rate limits, and which credentials have just been revoked. Neither is
// needed to serve. When Redis is away each replica counts for itself, and a revocation
// takes effect elsewhere when the caches end.
package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/txn"
)

// patience is how long a dial, a write, a read, a free connection, and a whole command
// may each take. Requests wait for it, so it is short; options of the URL lengthen the parts.
const patience = 250 * time.Millisecond

// Connections.
const (
	idleTime  = 5 * time.Minute // after which one that nobody uses is closed
	doubtTime = time.Second     // after which one is asked whether it is alive before it is used
	aliveTime = 15 * time.Second
)

// Client is a connection pool to one Redis. It is safe for concurrent use.
type Client struct {
	pool    *redis.Pool
	dial    func(ctx context.Context) (redis.Conn, error)
	timeout time.Duration // of one command
	scope   string        // in front of the names of channels, which all databases of a Redis share
	closed  context.Context
	close   context.CancelFunc
}

const accepted = "it is redis://[[user:]password@]host[:port][/database], or rediss:// for TLS"

// Open makes the client for a URL, redis://[[user:]password@]host[:port][/database] or
// rediss:// for TLS. The options dial_timeout, read_timeout, write_timeout, pool_timeout
// (durations), pool_size and skip_verify may follow, such as ?read_timeout=1s. A
// Redis that cannot be reached now is no error, because the platform serves without;
// one that refuses the credentials, the database or TLS is. The errors carry nothing of
// the URL that may be secret. Redis 5 or later is needed.
func Open(ctx context.Context, rawURL string) (*Client, error) {
	opt, err := parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	c := newClient(opt)
	if err := c.ping(ctx); err != nil && final(err) {
		return nil, errors.Join(fmt.Errorf("redis: it refuses the connection: %w", err), c.Close())
	}
	return c, nil
}

// options are what a URL says.
type options struct {
	address, user, password string
	database                int
	tls                     *tls.Config // nil without
	dial, read, write, wait time.Duration
	connections             int
}

func newClient(opt options) *Client {
	c := &Client{
		timeout: max(patience, opt.dial, opt.read, opt.write, opt.wait), scope: "alania:" + strconv.Itoa(opt.database) + ":",
	}
	c.closed, c.close = context.WithCancel(context.Background())
	network := &net.Dialer{
		// A connection that is only read from, such as a subscription, is found dead within a minute.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: aliveTime, Interval: aliveTime, Count: 3},
	}
	dialOptions := []redis.DialOption{
		redis.DialContextFunc(network.DialContext), redis.DialReadTimeout(opt.read), redis.DialWriteTimeout(opt.write),
		redis.DialUsername(opt.user), redis.DialPassword(opt.password), redis.DialDatabase(opt.database),
	}
	if opt.tls != nil {
		dialOptions = append(dialOptions, redis.DialUseTLS(true), redis.DialTLSConfig(opt.tls),
			redis.DialTLSHandshakeTimeout(opt.dial))
	}
	c.dial = func(ctx context.Context) (redis.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, opt.dial)
		defer cancel()
		return redis.DialContext(ctx, "tcp", opt.address, dialOptions...)
	}
	c.pool = &redis.Pool{
		DialContext: c.dial, MaxIdle: opt.connections, MaxActive: opt.connections, Wait: true, IdleTimeout: idleTime,
		TestOnBorrow: func(conn redis.Conn, used time.Time) error {
			if time.Since(used) < doubtTime {
				return nil
			}
			_, err := conn.Do("PING")
			return err
		},
	}
	return c
}

const clientName = "redis"

// do carries out one command, once: a request that is counted twice is worse than one that
// is counted here. It ends within the client's timeout, or with ctx.
func (c *Client) do(ctx context.Context, fn func(conn redis.Conn) (any, error)) (any, error) {
	txn.Outside(ctx, clientName)
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := c.pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // puts it back
	return fn(conn)
}

// durations are the options of a URL that are durations, such as 250ms.
func (o *options) durations() map[string]*time.Duration {
	return map[string]*time.Duration{
		"dial_timeout": &o.dial, "read_timeout": &o.read, "write_timeout": &o.write, "pool_timeout": &o.wait,
	}
}

func parse(rawURL string) (options, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// What url.Parse says quotes the URL, and with it the password.
		return options{}, errors.New("not a URL; " + accepted)
	}
	db, err := strconv.ParseUint(cmp.Or(strings.Trim(u.Path, "/"), "0"), 10, 16)
	if u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || u.Opaque != "" || u.Fragment != "" ||
		err != nil {
		return options{}, errors.New("not the URL of a Redis; " + accepted)
	}
	opt := options{
		address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "6379")), user: u.User.Username(), database: int(db),
		dial: patience, read: patience, write: patience, wait: patience, connections: 10 * runtime.GOMAXPROCS(0),
	}
	opt.password, _ = u.User.Password()
	query, err := url.ParseQuery(u.RawQuery)
	skip := false
	durations := opt.durations()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		v := query.Get(name)
		var invalid error
		switch d := durations[name]; {
		case len(query[name]) > 1:
			invalid = errors.New("it is there twice")
		case d != nil:
			if *d, invalid = time.ParseDuration(v); *d <= 0 {
				invalid = errors.New("it is no positive duration")
			}
		case name == "pool_size":
			if opt.connections, invalid = strconv.Atoi(v); opt.connections < 1 {
				invalid = errors.New("it is no positive number")
			}
		case name == "skip_verify":
			skip, invalid = strconv.ParseBool(v)
		default:
			invalid = errors.New("it is not known")
		}
		err = errors.Join(err, invalid)
	}
	if err != nil {
		return options{}, errors.New("an option after ? is not known or not well-formed; " + accepted)
	}
	if u.Scheme == "rediss" {
		opt.tls = &tls.Config{
			ServerName: u.Hostname(), MinVersion: tls.VersionTLS12,
			InsecureSkipVerify: skip, //nolint:gosec // asked for
		}
	}
	return opt, nil
}

// final reports whether trying again would have the same result: Redis does not take the
// credentials or the database, or it is not whom the certificate names.
func final(err error) bool {
	var answer redis.Error
	if errors.As(err, &answer) {
		text := answer.Error()
		for _, code := range []string{"WRONGPASS", "NOAUTH", "NOPERM", "ERR"} {
			if strings.HasPrefix(text, code) {
				return !strings.Contains(text, "max number of clients")
			}
		}
		return false // LOADING, MASTERDOWN, …: for now
	}
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &cert) || errors.As(err, &record)
}

func (c *Client) ping(ctx context.Context) error {
	_, err := c.do(ctx, func(conn redis.Conn) (any, error) { return conn.Do("PING") })
	return err
}

// Probe asks Redis; it is a health.Probe. Without Redis the platform is degraded and
// not down: it serves, with each replica for itself.
func (c *Client) Probe(ctx context.Context) health.Check {
	if err := c.ping(ctx); err != nil {
		return health.Check{
			State: health.Degraded, Cause: err,
			Message: "Rate limits are counted by each replica for itself, and revocations reach others later.",
		}
	}
	return health.Check{State: health.Up}
}

// Close ends the connections; subscriptions end with them.
func (c *Client) Close() error {
	c.close()
	return c.pool.Close()
}
