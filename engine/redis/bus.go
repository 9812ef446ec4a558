package redis

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/alania-go/alania/domain/txn"
)

// Bus carries small messages between the replicas, such as which credential was
// revoked. It is quick and forgets: a replica that is not connected when a message is
// published never gets it. What must happen in the end needs a bound of its own, as the
// credential cache has with identity.CacheTTL.
type Bus struct {
	client *Client
}

// Bus returns the bus of everybody who uses the same Redis and database number.
func (c *Client) Bus() *Bus { return &Bus{client: c} }

// Publish sends a message to all who are subscribed to the topic now, this replica
// among them. An error says that some or all may not have got it.
func (b *Bus) Publish(ctx context.Context, topic string, msg []byte) error {
	_, err := b.client.do(ctx, func(conn redis.Conn) (any, error) { return conn.Do("PUBLISH", b.client.scope+topic, msg) })
	return err
}

// The wait before a subscription is made again: it doubles from the first to the last.
const (
	firstResubscribe = 10 * time.Millisecond
	lastResubscribe  = time.Second
)

// Subscribe calls fn with each message of the topic, one after the other, until ctx
// ends or the client is closed; it returns only then. A connection that is lost, or was
// not there at first, is made again; what is published in between is lost. fn must not block.
func (b *Bus) Subscribe(ctx context.Context, topic string, fn func(msg []byte)) {
	txn.Outside(ctx, clientName)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.client.closed, cancel)()
	wait := firstResubscribe
	for {
		if b.listen(ctx, topic, fn) {
			wait = firstResubscribe
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait/2 + rand.N(wait/2+1)):
		}
		wait = min(2*wait, lastResubscribe)
	}
}

// listen subscribes on a connection of its own, and reads from it until it is lost or ctx ends.
// It reports whether it was subscribed.
func (b *Bus) listen(ctx context.Context, topic string, fn func(msg []byte)) (subscribed bool) {
	conn, err := b.client.dial(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	sub := redis.PubSubConn{Conn: conn}
	if sub.Subscribe(b.client.scope+topic) != nil {
		return false
	}
	timeout := b.client.timeout // until it is confirmed; messages may take for ever
	for {
		switch m := sub.ReceiveWithTimeout(timeout).(type) {
		case redis.Subscription:
			subscribed, timeout = true, 0
		case redis.Message:
			if ctx.Err() == nil {
				fn(m.Data)
			}
		case error:
			return subscribed
		}
	}
}
