// Package bench compares the server with what people would write instead: the same three
// operations on the same rows with the same SQL, without keys, limits, audit or idempotency.
// It is a module of its own, because the program that operators run needs nothing of it.
package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// Peers are the programs to compare with.
//
//   - bare: echo and sqlx, and nothing else.
//   - huma: huma v2 on echo. It validates requests and describes itself in OpenAPI.
//   - stock: the strict server of oapi-codegen, with requests validated by openapi3filter.
var Peers = map[string]func(*echo.Echo, *Rows) error{"bare": bare, "huma": huma, "stock": stock}

// Serve runs a peer on a database of ours, until ctx ends. It prints nothing; ready is called
// with the address once it listens. GET /mallocs returns how many objects it has allocated.
func Serve(ctx context.Context, name, databaseURL string, ready func(addr string)) error {
	install, ok := Peers[name]
	if !ok {
		return fmt.Errorf("there is no peer %q", name)
	}
	rows, err := Open(databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	e := echo.New()
	e.GET("/mallocs", func(c echo.Context) error {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return c.String(http.StatusOK, strconv.FormatUint(m.Mallocs, 10))
	})
	if err := install(e, rows); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: e}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	ready(l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open opens the database with the settings of our own store.
func open(databaseURL string) (write, read *sqlx.DB, err error) {
	engine, writeSource, readSource, err := db.ParseURL(databaseURL)
	if err != nil {
		return nil, nil, err
	}
	if write, err = sqlx.Open(string(engine), writeSource); err != nil {
		return nil, nil, err
	}
	if engine == store.Postgres {
		write.SetMaxOpenConns(db.PoolSize)
		write.SetMaxIdleConns(db.PoolSize)
		return write, write, nil
	}
	if read, err = sqlx.Open(string(engine), readSource); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	return write, read, nil
}
