package statement

import (
	"context"
	"database/sql"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache keeps statements of one database prepared, those that were used last. Its methods may be called by several at
// once.
type Cache struct {
	db  *sql.DB
	mu  sync.Mutex
	lru *simplelru.LRU[string, *kept]
}

// kept is one statement, with those who use it.
type kept struct {
	stmt *sql.Stmt
	uses int
	gone bool // it is no longer in the cache, and closed by the last who uses it
}

// NewCache makes a cache of at most size statements.
func NewCache(db *sql.DB, size int) *Cache {
	c := &Cache{db: db}
	c.lru, _ = simplelru.NewLRU(max(size, 1), func(_ string, k *kept) {
		if k.gone = true; k.uses == 0 {
			_ = k.stmt.Close()
		}
	})
	return c
}

// Close closes the statements.
func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Purge()
}

func (c *Cache) prepare(ctx context.Context, text string) (*sql.Stmt, func(), error) {
	c.mu.Lock()
	k, ok := c.lru.Get(text)
	if ok {
		k.uses++
	}
	c.mu.Unlock()
	if !ok {
		stmt, err := c.db.PrepareContext(ctx, text)
		if err != nil {
			return nil, nil, err
		}
		k = &kept{stmt: stmt, uses: 1}
		c.mu.Lock()
		c.lru.Add(text, k)
		c.mu.Unlock()
	}
	return k.stmt, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if k.uses--; k.uses == 0 && k.gone {
			_ = k.stmt.Close()
		}
	}, nil
}
