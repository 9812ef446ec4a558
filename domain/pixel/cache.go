package pixel

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/sync/singleflight"

	"github.com/alania-go/alania/domain/detach"
	"github.com/alania-go/alania/domain/fault"
)

// CacheTTL bounds how long a replica goes on with a config that another one has changed.
const CacheTTL = 30 * time.Second

const cacheSize = 16_384

// cache remembers domains, and names that are nobody's: both come from the public.
type cache struct {
	repo  Repository
	lru   *expirable.LRU[string, *Domain] // nil: nobody's
	group singleflight.Group
	// generation tells a load that was under way during a drop that what it read may be
	// from before it.
	generation atomic.Uint64
	mu         sync.Mutex
}

func newCache(repo Repository) *cache {
	return &cache{repo: repo, lru: expirable.NewLRU[string, *Domain](cacheSize, nil, CacheTTL)}
}

// get returns the domain of a name; nil when it is nobody's. Concurrent loads of one are one.
func (c *cache) get(ctx context.Context, name string) (*Domain, error) {
	if d, ok := c.lru.Get(name); ok {
		return d, nil
	}
	gen := c.generation.Load()
	v, err, _ := c.group.Do(strconv.FormatUint(gen, 36)+" "+name, func() (any, error) {
		// One caller's cancellation must not fail the others that wait for the load.
		ctx, cancel := detach.Shared(ctx)
		defer cancel()
		found, err := c.repo.PixelDomain(ctx, name)
		d := &found
		if fault.IsCode(err, fault.NotFound) {
			d, err = nil, nil
		}
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.generation.Load() == gen {
			c.lru.Add(name, d)
		}
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*Domain), nil
}

// drop forgets a name.
func (c *cache) drop(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation.Add(1)
	c.lru.Remove(name)
}
