package platform_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestFiftyConcurrentCreatesWithOneKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		i := servertest.Run(t, e, cfg)
		tn := i.Tenant(t, plan.Enterprise)
		r := servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "Once"},
			Header: map[string]string{"Idempotency-Key": id.New().UUID()},
		}
		answers := make([]*servertest.Response, 50)
		var wg sync.WaitGroup
		for n := range answers {
			wg.Go(func() { answers[n] = i.Do(t, r) })
		}
		wg.Wait()
		var made []byte
		executed := 0
		for _, a := range answers {
			switch {
			case a.Status == 201:
				if made != nil && !bytes.Equal(made, a.Body) {
					t.Errorf("two answers: %s and %s", made, a.Body)
				}
				made = a.Body
				if a.Header.Get("X-Idempotency-Replayed") == "" {
					executed++
				}
			case a.Status != 409:
				t.Errorf("status %d: %s", a.Status, a.Body)
			}
		}
		if executed != 1 {
			t.Errorf("%d requests were executed", executed)
		}
		// the tenant's first, and this
		if n := len(walk(t, i, servertest.Request{Operation: "listWorkspaces", Path: orgPath(tn), Bearer: tn.Key},
			nil)); n != 2 {
			t.Errorf("%d workspaces", n)
		}

		i.Stop()
		again := servertest.Run(t, e, cfg)
		res := again.Want(t, 201, r)
		if !bytes.Equal(res.Body, made) || res.Header.Get("X-Idempotency-Replayed") != "true" ||
			res.Header.Get("Location") == "" || res.Header.Get("ETag") == "" {
			t.Errorf("behind a restart: %v %s", res.Header, res.Body)
		}
		r.JSON = object{"name": "Another"}
		again.Want(t, 422, r)
	})
}

func TestWhatAKeyIsBoundTo(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		header := map[string]string{"Idempotency-Key": "one"}
		create := servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "A", "slug": "a"},
			Header: header,
		}
		// A request that fails validation leaves the key free.
		bad := create
		bad.JSON = object{"name": ""}
		i.Want(t, 422, bad)
		if i.Want(t, 201, create).Header.Get("X-Idempotency-Replayed") != "" {
			t.Error("the first request is called a replay")
		}
		// Another operation and another caller have keys of their own.
		i.Want(t, 201, servertest.Request{
			Operation: "createKey", Path: orgPath(tn), Bearer: tn.Key,
			JSON: object{"name": "k", "scopes": []string{"orgs:read"}}, Header: header,
		})
		other := create
		other.Bearer = tn.KeyWith(t, "", "*")
		i.Want(t, 409, other) // executed: the slug is taken
		// A refusal that the resource's state caused is an answer too.
		replay := i.Want(t, 409, other)
		if replay.Header.Get("X-Idempotency-Replayed") != "true" || replay.Object(t)["code"] != "slug_taken" {
			t.Errorf("%v %s", replay.Header, replay.Body)
		}
	})
}

// What reaches outside is no transaction: nobody else's writes wait for it, and its answer
// is kept all the same.
func TestWorkThatReachesOutside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		var i *servertest.Instance
		executed := 0
		i = servertest.Start(t, e, server.WithFault(func(x *contract.Exchange) error {
			if x.Operation.ID != "createWorkspace" {
				return nil
			}
			executed++
			// SQLite has one writer.
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_, err := i.Store.MetaOnce(ctx, "written meanwhile", "yes")
			return err
		}))
		i.Contract("platform").Operations["createWorkspace"].NoTransaction = true
		tn := i.Tenant(t, plan.Enterprise)
		r := servertest.Request{
			Operation: "createWorkspace", Path: orgPath(tn), Bearer: tn.Key, JSON: object{"name": "Once"},
			Header: map[string]string{"Idempotency-Key": id.New().UUID()},
		}
		first, second := i.Want(t, 201, r), i.Want(t, 201, r)
		if executed != 1 || !bytes.Equal(first.Body, second.Body) || second.Header.Get("X-Idempotency-Replayed") != "true" {
			t.Errorf("executed %d times: %s", executed, second.Body)
		}
		// A refusal leaves the key free.
		r.Header["Idempotency-Key"], r.JSON = id.New().UUID(), object{"name": " "}
		i.Want(t, 422, r)
		r.JSON = object{"name": "Another"}
		i.Want(t, 201, r)
	})
}
