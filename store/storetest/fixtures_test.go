package storetest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/event"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/idempotency"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/db"
)

// noon is when the tests with a clock of their own begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// hands are a clock's: they move only when a test moves them.
type hands struct{ micros atomic.Int64 }

func newHands() *hands {
	h := &hands{}
	h.micros.Store(noon.UnixMicro())
	return h
}

func (h *hands) now() time.Time          { return time.UnixMicro(h.micros.Load()).UTC() }
func (h *hands) forward(d time.Duration) { h.micros.Add(d.Microseconds()) }

// poolSize is how many connections a pool has.
const poolSize = db.PoolSize

// connect opens a store on a URL; two on one URL are two replicas.
func connect(t testing.TB, url string, now clock.Clock, options ...db.Option) *Store {
	t.Helper()
	s, err := joined(context.Background(), url, now, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// databases are those of PostgreSQL that no test uses now. To make one takes longer than
// most tests do: the next test gets one that the last has left, emptied.
var databases struct {
	sync.Mutex
	free, all []string
}

// database returns the URL of an empty, migrated database that the test has for itself.
func database(t testing.TB, e store.Engine) string {
	t.Helper()
	if e != store.Postgres {
		return URL(t, e)
	}
	c, err := cluster()
	must(t, err)
	databases.Lock()
	defer databases.Unlock()
	var name string
	if n := len(databases.free); n > 0 {
		name, databases.free = databases.free[n-1], databases.free[:n-1]
	} else {
		name = "alania_" + unique()
		must(t, c.exec("CREATE DATABASE "+name+" TEMPLATE "+c.template))
		databases.all = append(databases.all, name)
	}
	t.Cleanup(func() {
		if err := empty(c.url(name)); err != nil {
			t.Errorf("empty the database: %v", err)
			return // nobody gets it
		}
		databases.Lock()
		defer databases.Unlock()
		databases.free = append(databases.free, name)
	})
	return c.url(name)
}

// empty deletes every row. The checks of references are off meanwhile: tables refer to each other in any order.
func empty(url string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.Exec(`SET session_replication_role = replica;
		DO $$
		DECLARE t regclass;
		BEGIN
			FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version' ORDER BY oid DESC LOOP
				EXECUTE 'DELETE FROM ' || t;
			END LOOP;
		END $$`)
	return err
}

// dropDatabases removes what database has made.
func dropDatabases() {
	for _, name := range databases.all {
		_ = running.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
	}
}

// open returns a store on a database that the test has for itself.
func open(t testing.TB, e store.Engine) *Store {
	t.Helper()
	return connect(t, database(t, e), clock.System)
}

// raw opens the database a second time, to see and do what the store offers no way to.
func raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	engine, dsn, _, err := db.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(string(engine), dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(2)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func change(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func read[T any](t testing.TB, db *sql.DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := db.QueryRow(query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// blocked returns once a session of PostgreSQL waits for a lock in the database.
func blocked(t testing.TB, db *sql.DB) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var n int
		err := db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = " +
			"'Lock'").Scan(&n)
		if err != nil {
			t.Error(err)
			return
		}
		if n > 0 {
			return
		}
	}
	t.Error("no session waits for a lock")
}

// services are the domain's over one store, as one replica has them.
type services struct {
	*Store
	cache      *identity.Cache
	uses       *identity.Uses
	audit      *audit.Service
	orgs       *org.Service
	tenants    *org.Tenants
	workspaces *workspace.Service
	queue      *job.Queue
	keys       *apikey.Service
	oauth      *oauth.Service
	idem       *idempotency.Service
	// entitlements is nil where nothing is limited.
	entitlements *entitlement.Service
	// inviter makes the invitations of owners.
	inviter invitations
	// listeners hear of workspaces; announced hears of what the cache drops.
	listeners workspace.Listeners
	announced func(message []byte)
}

const issuer = "https://api.example.com"

var box = sync.OnceValue(func() *secret.Box {
	b, err := secret.NewBox(base64.StdEncoding.EncodeToString(secret.Random(32)))
	if err != nil {
		panic(err)
	}
	return b
})

// admitted returns a principal as the cache admits it.
func admitted(t testing.TB, p identity.Principal) identity.Principal {
	t.Helper()
	out, err := identity.NewCache(nil).Get(t.Context(), "a credential", time.Now(),
		func(context.Context) (*identity.Principal, time.Time, error) { return &p, time.Time{}, nil })
	must(t, err)
	return *out
}

// quota is that of each domain package.
type quota interface {
	Take(ctx context.Context, orgID id.ID) error
	TakeInTier(ctx context.Context, orgID id.ID) (plan.Tier, error)
}

func serve(s *Store, now clock.Clock) *services { return serveWithin(s, now, nil) }

// serveWithin has the services limited by what the entitlements say, unless they are nil.
func serveWithin(s *Store, now clock.Clock, limits *entitlement.Service) *services {
	v := &services{Store: s, uses: identity.NewUses(s.Touch), audit: audit.NewService(s, now, nil), entitlements: limits}
	v.cache = identity.NewCache(func(m []byte) {
		if v.announced != nil {
			v.announced(m)
		}
	})
	of := func(f entitlement.Feature) quota {
		if limits == nil {
			return nil
		}
		return limits.Quota(f)
	}
	v.queue = job.NewQueue(s, s, quiet, now)
	v.workspaces = workspace.NewService(s, s, v.audit, event.Nobody{}, &v.listeners, of(entitlement.Workspaces), v.queue,
		"/upgrade", now)
	v.keys = apikey.NewService(s, s, s, v.audit, event.Nobody{}, v.cache, of(entitlement.APIKeys), now)
	v.oauth = oauth.NewService(s, s, v.audit, v.cache, v.uses, box(), issuer, now)
	v.orgs = org.NewService(s, s, v.audit, event.Nobody{}, v.cache, nil, now, v.keys.HandleMemberRemoval,
		v.oauth.HandleMemberRemoval)
	others := &org.Listeners{
		Created: []org.Hook{v.workspaces.HandleOrgCreate}, Changed: []org.ChangeHook{v.workspaces.HandleOrgChange},
		Deleted: []org.Hook{v.workspaces.HandleOrgDelete},
	}
	v.tenants = org.NewTenants(v.orgs, s, limits, others, s.PurgeWorkspacesOf, &v.inviter)
	v.idem = idempotency.NewService(s, box(), now)
	return v
}

// newOrg makes an org of a tier.
func newOrg(t testing.TB, s *Store, tier plan.Tier) id.ID {
	t.Helper()
	o := org.Org{ID: id.New(), Name: "Org", Tier: tier, CreatedAt: noon, UpdatedAt: noon}
	o.Slug = unique()
	must(t, s.InsertOrg(t.Context(), o))
	return o.ID
}

// newMember makes a person and their membership.
func newMember(t testing.TB, s *Store, orgID id.ID, role identity.Role, status org.Status) org.Member {
	t.Helper()
	m := org.Member{
		ID: id.New(), OrgID: orgID, UserID: id.New(), Name: "Person", Role: role, Status: status, CreatedAt: noon,
		UpdatedAt: noon,
	}
	m.Email = unique() + "@example.com"
	must(t, s.InsertUser(t.Context(), org.User{ID: m.UserID, Email: m.Email, Name: m.Name, CreatedAt: noon}))
	must(t, s.InsertMember(t.Context(), m))
	return m
}

// as returns a context in which a client of the org acts, with every scope or with these.
func as(t testing.TB, orgID id.ID, scopes ...string) context.Context {
	if len(scopes) == 0 {
		scopes = []string{"*"}
	}
	p := &identity.Principal{
		Kind: identity.Client, ID: id.New(), Name: "tester", OrgID: orgID, Tier: plan.Enterprise, Scopes: scope.Parse(scopes),
	}
	return identity.WithRequestID(identity.With(t.Context(), p), "req-1")
}

// together runs n of f that begin at once, and returns the error of each.
func together(n int, f func(i int) error) []error {
	errs, begin := make([]error, n), make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	wg.Wait()
	return errs
}

// patience ends what would never end by itself; no test depends on how long it is.
func patience(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// wants fails unless err is a fault of the code, and of the reason when one is given.
func wants(t testing.TB, err error, code fault.Code, reason ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || len(reason) > 0 && f.Reason != reason[0] {
		t.Fatalf("want %s %s, got %v", code, reason, err)
	}
}

func count(errs []error, is func(error) bool) int {
	n := 0
	for _, err := range errs {
		if is(err) {
			n++
		}
	}
	return n
}

func succeeded(err error) bool { return err == nil }

// sameTime compares pointers to times, either of which may be nil.
func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) && a.Location() == time.UTC
}

func shuffled[T any](list []T) []T {
	out := slices.Clone(list)
	for i := range out { // the same each time: a failure can be looked at again
		j := (i*7919 + 13) % len(out)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// unique is a text that no other test has.
func unique() string { return strings.ToLower(id.New().ULID()) }

func name(format string, args ...any) string { return fmt.Sprintf(format, args...) }
