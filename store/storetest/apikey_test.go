package storetest

import (
	"context"
	"database/sql"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/store"
)

func TestKeyRoundTrip(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		ctx := t.Context()
		orgID, other := newOrg(t, s, plan.Agency), newOrg(t, s, plan.Free)
		m := newMember(t, s, orgID, identity.Owner, org.Active)
		at := noon.Add(time.Microsecond)
		full := apikey.Key{
			ID: id.New(), OrgID: orgID, Name: `Schlüssel "1"`, Prefix: "sk_live_" + unique(), Hash: []byte{0, 1, 0xff},
			Scopes: []string{"keys:read", "*"}, Tier: plan.Pro,
			AllowedIPs: []string{"10.0.0.0/8", "2001:db8::1"}, ExpiresAt: &at, CreatorKind: identity.Client, CreatorID: id.New(),
			UserID: m.UserID, CreatedAt: noon,
		}
		bare := apikey.Key{
			ID: id.New(), OrgID: orgID, Name: "bare", Prefix: "sk_live_" + unique(), Hash: []byte{1}, Scopes: []string{},
			Tier: plan.Free, CreatorKind: identity.System, CreatedAt: noon,
		}
		for _, k := range []*apikey.Key{&full, &bare} {
			var err error
			k.Seq, err = s.InsertKey(ctx, *k)
			must(t, err)
			got, err := s.KeyBySeq(ctx, orgID, k.Seq)
			if err != nil || got.ID != k.ID {
				t.Errorf("%+v, %v", got, err)
			}
			_, err = s.KeyBySeq(ctx, other, k.Seq)
			wants(t, err, fault.NotFound)
		}
		bare.AllowedIPs = []string{} // what has none is read as an empty list, not as null
		for _, k := range []apikey.Key{full, bare} {
			if got, err := s.Key(ctx, orgID, k.ID); err != nil || !reflect.DeepEqual(got, k) {
				t.Errorf("%+v, %v", got, err)
			}
			_, err := s.Key(ctx, other, k.ID)
			wants(t, err, fault.NotFound)
		}

		// The person of the key is a member of its org, and then is not.
		got, err := s.CredentialByPrefix(ctx, full.Prefix)
		want := apikey.Credential{Key: full, OrgTier: plan.Agency, OrgStatus: identity.OrgActive, MemberID: m.ID}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err = s.CredentialByPrefix(ctx, bare.Prefix); err != nil || !got.MemberID.IsZero() || !got.UserID.IsZero() ||
			got.OrgTier != plan.Agency {
			t.Errorf("%+v, %v", got, err)
		}
		must(t, s.DeleteMember(ctx, m.ID))
		elsewhere := org.Member{
			ID: id.New(), OrgID: other, UserID: m.UserID, Role: identity.Viewer, Status: org.Active, CreatedAt: noon,
			UpdatedAt: noon,
		}
		must(t, s.InsertMember(ctx, elsewhere))
		if got, err = s.CredentialByPrefix(ctx, full.Prefix); err != nil || !got.MemberID.IsZero() || got.UserID != m.UserID {
			t.Errorf("a member of another org only: %+v, %v", got, err)
		}
		_, err = s.CredentialByPrefix(ctx, strings.ToUpper(full.Prefix))
		wants(t, err, fault.NotFound)
		_, err = s.CredentialByPrefix(ctx, full.Prefix[:len(full.Prefix)-1])
		wants(t, err, fault.NotFound)

		later := noon.Add(time.Hour)
		if first, err := s.RevokeKey(ctx, full.ID, noon); err != nil || !first {
			t.Fatalf("%v, %v", first, err)
		}
		if first, err := s.RevokeKey(ctx, full.ID, later); err != nil || first {
			t.Fatalf("a second time: %v, %v", first, err)
		}
		if k, err := s.Key(ctx, orgID, full.ID); err != nil || !sameTime(k.RevokedAt, ptr(noon)) {
			t.Fatalf("revoked at %v, %v", k.RevokedAt, err)
		}
		if first, err := s.RevokeKey(ctx, id.New(), later); err != nil || first {
			t.Fatalf("no key: %v, %v", first, err)
		}
		firsts := make([]bool, 8)
		must(t, together(8, func(i int) (err error) { firsts[i], err = s.RevokeKey(ctx, bare.ID, noon); return err })...)
		if slices.Index(firsts, true) < 0 || slices.Index(firsts[slices.Index(firsts, true)+1:], true) >= 0 {
			t.Fatalf("eight at once: %v", firsts)
		}
	})
}

func ptr[T any](v T) *T { return &v }

// One flush may carry more ids than a statement takes.
func TestTouchInBatches(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, db := connect(t, url, clock.System), raw(t, url)
		orgID := newOrg(t, s, plan.Free)
		const n = 501 // a batch and one more
		var keys, clients, members []id.ID
		insert := func(ctx context.Context, i int) error {
			keys = append(keys, id.New())
			return insertKey(s, ctx, apikey.Key{
				ID: keys[i], OrgID: orgID, Name: "K", Prefix: name("p%d", i), Hash: []byte{1}, Tier: plan.Free,
				CreatorKind: identity.System, CreatedAt: noon,
			})
		}
		must(t, insert(t.Context(), 0)) // prepares the statement for the others
		must(t, s.InTx(t.Context(), func(ctx context.Context) error {
			for i := 1; i < n; i++ {
				if err := insert(ctx, i); err != nil {
					return err
				}
			}
			return nil
		}))
		for i := range 3 {
			clients = append(clients, id.New())
			must(t,
				s.InsertClient(t.Context(),
					oauth.Client{ID: clients[i], OrgID: orgID, ClientID: name("c%d", i), SecretHash: []byte{1}, CreatedAt: noon}))
			members = append(members, newMember(t, s, orgID, identity.Viewer, org.Active).ID)
		}
		touched := func() [3]int {
			return [3]int{
				read[int](t, db, "SELECT count(*) FROM api_keys WHERE last_used_at IS NOT NULL"),
				read[int](t, db, "SELECT count(*) FROM oauth_clients WHERE last_used_at IS NOT NULL"),
				read[int](t, db, "SELECT count(*) FROM members WHERE last_active_at IS NOT NULL"),
			}
		}
		must(t, s.Touch(t.Context(), nil, nil, nil, noon))
		if got := touched(); got != [3]int{} {
			t.Fatalf("nothing touches %v", got)
		}
		// All or nothing, as the caller repeats all of it.
		_ = s.InTx(t.Context(), func(ctx context.Context) error {
			must(t, s.Touch(ctx, keys, clients, members, noon))
			return errRefused
		})
		if got := touched(); got != [3]int{} {
			t.Fatalf("rolled back: %v", got)
		}
		must(t, s.Touch(t.Context(), keys, clients, members, noon))
		if got := touched(); got != [3]int{n, 3, 3} {
			t.Fatalf("touched %v", got)
		}
		// Replicas that flush the same ids in another order do not stop each other.
		must(t, together(2, func(i int) error {
			mine, order := slices.Clone(keys), slices.Clone(members)
			if i%2 == 0 {
				slices.Reverse(mine)
				slices.Reverse(order)
			}
			return s.Touch(t.Context(), mine, clients, order, noon.Add(time.Second))
		})...)
		if k, err := s.Key(t.Context(), orgID, keys[n-1]); err != nil || !sameTime(k.LastUsedAt, ptr(noon.Add(time.Second))) {
			t.Fatalf("%v, %v", k.LastUsedAt, err)
		}
	})
}

// local is an address that no key here is limited to.
var local = netip.MustParseAddr("127.0.0.1")

func TestKeyAuthenticates(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := serve(connect(t, url, clock.now), clock.now)
		db := raw(t, url)
		orgID := newOrg(t, v.Store, plan.Pro)
		m := newMember(t, v.Store, orgID, identity.Owner, org.Active)
		creator := identity.From(as(t, orgID))
		creator.UserID = m.UserID
		ctx := identity.With(t.Context(), creator)
		create := func(in apikey.Create) (apikey.Key, string) {
			t.Helper()
			in.Name = "K"
			k, full, err := v.keys.Create(ctx, orgID, in)
			must(t, err)
			return k, full
		}
		refused := func(v *services, full string, from netip.Addr) {
			t.Helper()
			p, err := v.keys.Authenticate(t.Context(), full, from)
			if p != nil {
				t.Fatalf("%+v is accepted", p)
			}
			wants(t, err, fault.Unauthenticated)
			if f := fault.Wrap(err); f.Message != "The credentials are missing, unknown, expired or revoked." || f.Cause == nil {
				t.Fatalf("the refusal differs: %v", f)
			}
		}

		k, full := create(apikey.Create{Scopes: []string{"keys:read"}, Tier: plan.Starter})
		p, err := v.keys.Authenticate(t.Context(), full, local)
		must(t, err)
		want := admitted(t, identity.Principal{
			Source: identity.FromKey, Subject: k.ID.Prefixed("key"),
			Kind: identity.Key, ID: k.ID, Name: "K", OrgID: orgID, OrgStatus: identity.OrgActive,
			Tier: plan.Starter, Scopes: p.Scopes, UserID: m.UserID,
			MemberID: m.ID,
		})
		if !reflect.DeepEqual(*p, want) || !slices.Equal(p.Scopes.List(), []string{"keys:read"}) {
			t.Fatalf("%+v", p)
		}
		if k.Prefix != full[:len(k.Prefix)] || string(k.Hash) != string(secret.Hash(full)) {
			t.Fatalf("%+v of %s", k, full)
		}
		if n := read[int](t, db,
			"SELECT count(*) FROM api_keys WHERE prefix LIKE '%' || $1 || '%' OR name LIKE '%' || $1 || '%'",
			full[len(full)-43:]); n != 0 {
			t.Fatal("the secret is kept")
		}

		// The right prefix, and one character of the secret another.
		wrong := []byte(full)
		wrong[len(wrong)-1] ^= 1
		refused(v, string(wrong), local)
		refused(v, k.Prefix+"_"+secret.Text(43), local)
		refused(v, "sk_live_"+secret.Text(12)+"_"+secret.Text(43), local)
		refused(v, k.Prefix, local)
		refused(v, "", local)
		// Refusals are not kept in place of the key.
		if _, err := v.keys.Authenticate(t.Context(), full, local); err != nil {
			t.Fatal(err)
		}

		// It expires to the microsecond, in the cache and out of it.
		end := noon.Add(time.Hour)
		_, mortal := create(apikey.Create{Scopes: []string{"*"}, ExpiresAt: &end})
		clock.forward(time.Hour - time.Microsecond)
		if _, err := v.keys.Authenticate(t.Context(), mortal, local); err != nil {
			t.Fatal(err)
		}
		clock.forward(time.Microsecond)
		refused(v, mortal, local)
		refused(serve(v.Store, clock.now), mortal, local)

		// A revoked key ends at once here; another replica, whose cache has it, hears of it
		// over the bus, or reads it once its entry is gone.
		replica := serve(connect(t, url, clock.now), clock.now)
		deaf := serve(v.Store, clock.now)
		v.announced = replica.cache.Apply
		for _, r := range []*services{v, replica, deaf} {
			if _, err := r.keys.Authenticate(t.Context(), full, local); err != nil {
				t.Fatal(err)
			}
		}
		_ = v.InTx(ctx, func(ctx context.Context) error {
			must(t, v.keys.Revoke(ctx, orgID, k.ID))
			return errRefused
		})
		if _, err := v.keys.Authenticate(t.Context(), full, local); err != nil {
			t.Fatalf("a revocation that was rolled back: %v", err)
		}
		must(t, v.keys.Revoke(ctx, orgID, k.ID), v.keys.Revoke(ctx, orgID, k.ID))
		refused(v, full, local)
		refused(replica, full, local)
		if _, err := deaf.keys.Authenticate(t.Context(), full, local); err != nil {
			t.Fatalf("a replica that has heard nothing serves from its cache: %v", err)
		}
		refused(serve(v.Store, clock.now), full, local)
		if n := read[int](t, db, "SELECT count(*) FROM audit_entries WHERE action = 'key.revoked'"); n != 1 {
			t.Fatalf("%d audit entries of one revocation", n)
		}

		// The tier is the smaller of the key's and the org's of today.
		_, pro := create(apikey.Create{Scopes: []string{"*"}})
		_, starter := create(apikey.Create{Scopes: []string{"*"}, Tier: plan.Starter})
		for tier, want := range map[plan.Tier][2]plan.Tier{
			plan.Free: {plan.Free, plan.Free}, plan.Starter: {plan.Starter, plan.Starter},
			plan.Enterprise: {plan.Pro, plan.Starter},
		} {
			change(t, db, "UPDATE orgs SET tier = $1 WHERE id = $2", string(tier), orgID.UUID())
			fresh := serve(v.Store, clock.now)
			for i, full := range []string{pro, starter} {
				if p, err := fresh.keys.Authenticate(t.Context(), full, local); err != nil || p.Tier != want[i] {
					t.Errorf("in an org on %s: %+v, %v", tier, p, err)
				}
			}
		}
	})
}

func TestAddressesOfKeys(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		v := serve(open(t, e), clock.System)
		orgID := newOrg(t, v.Store, plan.Pro)
		for _, c := range []struct {
			allowed  []string
			from, no []string
		}{
			{nil, []string{"10.0.0.1", "::1", "::ffff:10.0.0.1"}, nil},
			{
				[]string{"10.0.0.1"}, []string{"10.0.0.1", "::ffff:10.0.0.1"},
				[]string{"10.0.0.2", "::ffff:10.0.0.2", "::1", "::10.0.0.1"},
			},
			{[]string{"::ffff:10.0.0.1"}, []string{"10.0.0.1", "::ffff:10.0.0.1"}, []string{"10.0.0.2", "::1"}},
			{[]string{"10.1.2.3/8"}, []string{"10.0.0.1", "::ffff:10.255.0.1"}, []string{"11.0.0.1", "::1"}},
			{
				[]string{"::ffff:10.0.0.0/104"}, []string{"10.0.0.1", "::ffff:10.255.0.1"},
				[]string{"11.0.0.1", "::ffff:11.0.0.1", "::1"},
			},
			{
				[]string{"2001:db8::/32", "127.0.0.1"}, []string{"2001:db8:1::1", "127.0.0.1"},
				[]string{"2001:db9::1", "10.0.0.1", "::1"},
			},
			{[]string{"0.0.0.0/0"}, []string{"1.2.3.4", "::ffff:1.2.3.4"}, []string{"2001:db8::1"}},
		} {
			_, full, err := v.keys.Create(as(t, orgID), orgID,
				apikey.Create{Name: "K", Scopes: []string{"*"}, AllowedIPs: c.allowed})
			must(t, err)
			for range 2 { // from the store, then from the cache
				for _, from := range c.no {
					_, err := v.keys.Authenticate(t.Context(), full, netip.MustParseAddr(from))
					if !fault.IsCode(err, fault.Unauthenticated) {
						t.Errorf("%v lets %s in: %v", c.allowed, from, err)
					}
				}
				for _, from := range c.from {
					if _, err := v.keys.Authenticate(t.Context(), full, netip.MustParseAddr(from)); err != nil {
						t.Errorf("%v refuses %s: %v", c.allowed, from, err)
					}
				}
			}
			if len(c.allowed) > 0 {
				if _, err := v.keys.Authenticate(t.Context(), full, netip.Addr{}); !fault.IsCode(err, fault.Unauthenticated) {
					t.Errorf("%v lets an unknown address in", c.allowed)
				}
			}
		}
	})
}

func TestKeyHoldsNoMoreThanItsCreator(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		v := serve(open(t, e), clock.now)
		orgID := newOrg(t, v.Store, plan.Pro)
		ctx := as(t, orgID, "keys:*", "workspaces:read")
		for _, c := range []struct {
			name     string
			in       apikey.Create
			pointers []string
		}{
			{
				"another resource", apikey.Create{Scopes: []string{"keys:read", "members:read", "workspaces:write"}},
				[]string{"/scopes/1", "/scopes/2"},
			},
			{"a wildcard", apikey.Create{Scopes: []string{"*"}}, []string{"/scopes/0"}},
			{"a resource's wildcard", apikey.Create{Scopes: []string{"workspaces:*"}}, []string{"/scopes/0"}},
			{"an action's wildcard", apikey.Create{Scopes: []string{"*:read"}}, []string{"/scopes/0"}},
			{"no scope", apikey.Create{Scopes: []string{"keys", "keys:read"}}, []string{"/scopes/0"}},
			{"tier", apikey.Create{Tier: plan.Agency}, []string{"/tier"}},
			{"unknown tier", apikey.Create{Tier: "gold"}, []string{"/tier"}},
			{"past", apikey.Create{ExpiresAt: ptr(noon)}, []string{"/expires_at"}},
			{
				"addresses", apikey.Create{AllowedIPs: []string{"10.0.0.0/8", "10.0.0.0/33", "localhost", "fe80::1%eth0"}},
				[]string{"/allowed_ips/1", "/allowed_ips/2", "/allowed_ips/3"},
			},
			{"blank name", apikey.Create{Name: " \t "}, []string{"/name"}},
		} {
			if c.in.Name == "" {
				c.in.Name = "K"
			}
			k, full, err := v.keys.Create(ctx, orgID, c.in)
			wants(t, err, fault.ValidationFailed)
			var pointers []string
			for _, v := range fault.Wrap(err).Violations {
				pointers = append(pointers, v.Pointer)
			}
			if !slices.Equal(pointers, c.pointers) || full != "" || !k.ID.IsZero() {
				t.Errorf("%s: %v, %+v", c.name, pointers, k)
			}
		}
		for _, in := range []apikey.Create{
			{Scopes: []string{"keys:*", "keys:read", "keys:rotate", "workspaces:read"}, Tier: plan.Pro},
			{Scopes: nil, Tier: plan.Free}, {ExpiresAt: ptr(noon.Add(time.Microsecond))},
		} {
			in.Name = " K "
			k, _, err := v.keys.Create(ctx, orgID, in)
			must(t, err)
			if got, err := v.keys.Get(ctx, orgID, k.ID); err != nil || got.Name != "K" ||
				got.CreatorID != identity.From(ctx).ID || got.Tier != k.Tier || !sameTime(got.ExpiresAt, in.ExpiresAt) {
				t.Errorf("%+v, %v", got, err)
			}
		}
		// Less than a microsecond is not kept; the answer says what is.
		k, _, err := v.keys.Create(ctx, orgID,
			apikey.Create{Name: "K", ExpiresAt: ptr(noon.Add(time.Second + 999).In(time.FixedZone("", 3600)))})
		must(t, err)
		if got, err := v.keys.Get(ctx, orgID, k.ID); err != nil || !sameTime(got.ExpiresAt, k.ExpiresAt) ||
			*k.ExpiresAt != noon.Add(time.Second) {
			t.Errorf("%v, %v", k.ExpiresAt, err)
		}
		// The operator chooses the whole key, once.
		prefix := "sk_live_" + unique() + "_"
		chosen := prefix + secret.Text(40)
		if _, full, err := v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Full: chosen}); err != nil || full != chosen {
			t.Fatalf("%v", err)
		}
		_, _, err = v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Full: prefix + secret.Text(40)})
		wants(t, err, fault.Conflict)
		_, _, err = v.keys.Create(ctx, orgID, apikey.Create{Name: "K", Full: prefix + "short"})
		wants(t, err, fault.ValidationFailed)

		foreign := as(t, newOrg(t, v.Store, plan.Enterprise))
		_, _, err = v.keys.Create(foreign, orgID, apikey.Create{Name: "K"})
		wants(t, err, fault.NotFound)
		_, err = v.keys.Get(foreign, orgID, k.ID)
		wants(t, err, fault.NotFound)
		_, err = v.keys.Get(foreign, identity.From(foreign).OrgID, k.ID)
		wants(t, err, fault.NotFound)
		wants(t, v.keys.Revoke(foreign, orgID, k.ID), fault.NotFound)
		wants(t, v.keys.Revoke(foreign, identity.From(foreign).OrgID, k.ID), fault.NotFound)
		_, err = v.keys.List(foreign, orgID, page.Query{Limit: 1, Sort: page.Sort{Field: "name"}})
		wants(t, err, fault.NotFound)
	})
}

// What was used is written in one go, with the membership of its person.
func TestUsesReachTheStore(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		clock := newHands()
		url := database(t, e)
		v := serve(connect(t, url, clock.now), clock.now)
		orgID := newOrg(t, v.Store, plan.Pro)
		m := newMember(t, v.Store, orgID, identity.Owner, org.Active)
		k, full, err := v.keys.Create(as(t, orgID), orgID, apikey.Create{Name: "K", Scopes: []string{"*"}})
		must(t, err)
		change(t, raw(t, url), "UPDATE api_keys SET user_id = $1", m.UserID.UUID())
		p, err := v.keys.Authenticate(t.Context(), full, local)
		must(t, err)
		v.uses.Note(p)
		v.uses.Note(p)
		at := noon.Add(time.Second)
		must(t, v.uses.Flush(t.Context(), at), v.uses.Flush(t.Context(), at.Add(time.Hour)))
		if got, err := v.Key(t.Context(), orgID, k.ID); err != nil || !sameTime(got.LastUsedAt, &at) {
			t.Errorf("%v, %v", got.LastUsedAt, err)
		}
		if got, err := v.Member(t.Context(), orgID, m.ID); err != nil || !sameTime(got.LastActiveAt, &at) {
			t.Errorf("%v, %v", got.LastActiveAt, err)
		}
		if n := read[sql.NullTime](t, raw(t, url), "SELECT max(updated_at) FROM members WHERE updated_at > $1",
			noon); n.Valid {
			t.Error("being seen counts as a change")
		}
	})
}

// insertKey inserts a key whose number does not matter.
func insertKey(s *Store, ctx context.Context, k apikey.Key) error {
	_, err := s.InsertKey(ctx, k)
	return err
}
