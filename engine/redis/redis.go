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
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/txn"
)

// patience is how long a dial, a write, a read, a free connection, and a whole command
// may each take. Requests wait for it, so it is short; options of the URL lengthen the parts.
const patience = 250 * time.Millisecond

// Client is a connection pool to one Redis. It is safe for concurrent use.
type Client struct {
	rdb     *redis.Client
	timeout time.Duration // of one command
	scope   string        // in front of the names of channels, which all databases of a Redis share
}

const accepted = "it is redis://[[user:]password@]host[:port][/database], or rediss:// for TLS"

// Open makes the client for a URL, redis://[[user:]password@]host[:port][/database] or
// rediss:// for TLS. go-redis' options may follow, such as ?read_timeout=1s. A
// Redis that cannot be reached now is no error, because the platform serves without;
// one that refuses the credentials, the database or TLS is. The errors carry nothing of
// the URL that may be secret.
func Open(ctx context.Context, rawURL string) (*Client, error) {
	opt, err := parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	takeLog()
	c := &Client{
		rdb:     newClient(opt),
		timeout: max(patience, opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout),
		scope:   "alania:" + strconv.Itoa(opt.DB) + ":",
	}
	if err := c.ping(ctx); err != nil && final(err) {
		return nil, errors.Join(fmt.Errorf("redis: it refuses the connection: %w", err), c.Close())
	}
	return c, nil
}

// newClient makes the driver's client. It says of each command that it goes outside.
func newClient(opt *redis.Options) *redis.Client {
	rdb := redis.NewClient(opt)
	rdb.AddHook(outside{})
	return rdb
}

const clientName = "redis"

// outside keeps commands out of transactions.
type outside struct{}

func (outside) DialHook(next redis.DialHook) redis.DialHook { return next }

func (outside) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		txn.Outside(ctx, clientName)
		return next(ctx, cmd)
	}
}

func (outside) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		txn.Outside(ctx, clientName)
		return next(ctx, cmds)
	}
}

func parse(rawURL string) (*redis.Options, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// What url.Parse says quotes the URL, and with it the password.
		return nil, errors.New("not a URL; " + accepted)
	}
	db := strings.Trim(u.Path, "/")
	_, err = strconv.ParseUint(cmp.Or(db, "0"), 10, 16)
	if u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || u.Opaque != "" || u.Fragment != "" || err != nil {
		return nil, errors.New("not the URL of a Redis; " + accepted)
	}
	opt, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, errors.New("an option after ? is not known or not well-formed; " + accepted)
	}
	opt.DialTimeout = cmp.Or(opt.DialTimeout, patience)
	opt.ReadTimeout = cmp.Or(opt.ReadTimeout, patience)
	opt.WriteTimeout = cmp.Or(opt.WriteTimeout, patience)
	opt.PoolTimeout = cmp.Or(opt.PoolTimeout, patience)
	// One attempt: a request that is counted twice is worse than one that is counted here.
	opt.MaxRetries = cmp.Or(opt.MaxRetries, -1)
	opt.DialerRetries = 1
	opt.ContextTimeoutEnabled = true
	// Announcements of moving nodes are for Redis' own cloud; others answer them with errors.
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
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
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.rdb.Ping(ctx).Err()
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
func (c *Client) Close() error { return c.rdb.Close() }

var logOnce sync.Once

// takeLog sends what the driver logs, by default plain text on the standard error
// output, into the log. What matters of it, the limiter and Probe tell as well.
func takeLog() { logOnce.Do(func() { redis.SetLogger(driverLog{}) }) }

type driverLog struct{}

func (driverLog) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis driver", "message", fmt.Sprintf(format, args...))
}
