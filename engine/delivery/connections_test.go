package delivery_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/engine/delivery"
	"github.com/alania-go/alania/engine/guard"
)

// As many connections to a host stay open as attempts to it are made at once.
func TestConnectionsToOneHostStayOpen(t *testing.T) {
	const rounds = 5
	var opened atomic.Int64
	var arrived *sync.WaitGroup // all of a round are answered together
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived.Done()
		arrived.Wait()
	}))
	receiver.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	receiver.Start()
	defer receiver.Close()
	sender := delivery.New(guard.New(loopback), "test")
	for range rounds {
		arrived = &sync.WaitGroup{}
		arrived.Add(webhook.PerHost)
		var wg sync.WaitGroup
		for range webhook.PerHost {
			wg.Go(func() {
				if a := sender.Send(t.Context(), webhook.Request{URL: receiver.URL}); a.Status != http.StatusOK {
					t.Error(a)
				}
			})
		}
		wg.Wait()
	}
	// A connection may be given back a moment after its answer.
	if n := opened.Load(); n > 2*webhook.PerHost {
		t.Errorf("%d connections were opened for %d at once", n, webhook.PerHost)
	}
}
