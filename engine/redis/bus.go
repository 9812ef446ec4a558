package redis

import (
	"context"

	"github.com/redis/go-redis/v9"
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
	ctx, cancel := context.WithTimeout(ctx, b.client.timeout)
	defer cancel()
	return b.client.rdb.Publish(ctx, b.client.scope+topic, msg).Err()
}

// Subscribe calls fn with each message of the topic, one after the other, until ctx
// ends or the client is closed; it returns only then. A connection that is lost, or was
// not there at first, is made again. fn must not block: after a minute messages are lost.
func (b *Bus) Subscribe(ctx context.Context, topic string, fn func(msg []byte)) {
	sub := b.client.rdb.Subscribe(ctx, b.client.scope+topic)
	defer sub.Close()
	// Without go-redis' pings the connection is idle, and TCP keep-alive finds within a
	// minute that the other end is gone. Pings without answers would put that off to
	// the system's limit of retransmission, a quarter of an hour.
	messages := sub.Channel(redis.WithChannelHealthCheckInterval(0))
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-messages:
			if !ok {
				return
			}
			fn([]byte(m.Payload))
		}
	}
}
