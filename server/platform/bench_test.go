package platform_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// BenchmarkServer sends requests over TCP from 16 connections and tells how many a second
// are answered. Client, server and database share the machine. Every request is
// authenticated, limited, validated and logged, as in production.
func BenchmarkServer(b *testing.B) {
	for _, e := range storetest.Engines {
		b.Run("list/"+string(e), func(b *testing.B) {
			i, tn := benchServer(b, e)
			for n := range 19 { // and the first: a page of 20
				if _, err := i.Workspaces.Create(tn.As(), tn.Org.ID,
					workspace.Create{Name: fmt.Sprint("Team ", n), Settings: workspace.Defaults()}); err != nil {
					b.Fatal(err)
				}
			}
			load(b, i, tn, http.MethodGet, http.StatusOK, "", nil)
		})
		b.Run("get/"+string(e), func(b *testing.B) {
			i, tn := benchServer(b, e)
			send(b, tn, i.URL+"/v2/workspaces/"+tn.Workspace.ID.Prefixed(id.WorkspacePrefix), http.MethodGet, http.StatusOK, "",
				nil)
		})
		b.Run("create/"+string(e), func(b *testing.B) {
			i, tn := benchServer(b, e)
			load(b, i, tn, http.MethodPost, http.StatusCreated, "", benchName)
		})
		b.Run("create_counted/"+string(e), func(b *testing.B) {
			i := servertest.Start(b, e)
			tn := i.Tenant(b, plan.Agency) // it has a limit, and here an endpoint that listens
			if _, err := i.Entitlements.Boost(tn.As(), entitlement.Grant{
				WorkspaceID: tn.Workspace.ID, Feature: entitlement.Workspaces, Add: entitlement.MaxUsage,
			}); err != nil {
				b.Fatal(err)
			}
			if _, _, err := i.Webhooks.Create(tn.As(), webhook.Create{
				Contract: "platform", URL: "https://example.com/", Events: []string{"*"},
			}); err != nil {
				b.Fatal(err)
			}
			load(b, i, tn, http.MethodPost, http.StatusCreated, "", benchName)
		})
		b.Run("create_once/"+string(e), func(b *testing.B) {
			i, tn := benchServer(b, e)
			load(b, i, tn, http.MethodPost, http.StatusCreated, "Idempotency-Key", benchName)
		})
	}
}

func benchServer(b *testing.B, e store.Engine) (*servertest.Instance, *servertest.Tenant) {
	i := servertest.Start(b, e)
	return i, i.Tenant(b, plan.Enterprise)
}

func benchName(n int64) []byte { return fmt.Appendf(nil, `{"name":"Team","slug":"team-%d"}`, n) }

// load sends the requests of one kind; key is a header that gets another value each time.
func load(
	b *testing.B, i *servertest.Instance, tn *servertest.Tenant, method string, want int, key string,
	body func(int64) []byte,
) {
	send(b, tn, i.URL+"/v2/orgs/"+tn.Org.ID.Prefixed("org")+"/workspaces", method, want, key, body)
}

func send(
	b *testing.B, tn *servertest.Tenant, target, method string, want int, key string, body func(int64) []byte,
) {
	const connections = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var count atomic.Int64
	b.SetParallelism(connections / 2) // times GOMAXPROCS, which is 2 where the figures are from
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var r io.Reader
			if body != nil {
				r = bytes.NewReader(body(count.Add(1)))
			}
			req, err := http.NewRequest(method, target, r)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+tn.Key)
			if body != nil {
				req.Header.Set("Content-Type", "application/json")
			}
			if key != "" {
				req.Header.Set(key, id.New().ULID())
			}
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			answer, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != want {
				b.Errorf("status %d, %v: %s", res.StatusCode, err, answer)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
