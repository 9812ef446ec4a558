package realm

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/workspace"
)

// tenants has two tenants, each with a workspace.
type tenants struct {
	orgs       []org.Org
	workspaces []workspace.Workspace
}

func (t tenants) Org(_ context.Context, orgID id.ID) (org.Org, error) {
	for _, o := range t.orgs {
		if o.ID == orgID {
			return o, nil
		}
	}
	return org.Org{}, fault.NewNotFound("organization")
}

func (t tenants) OrgBySlug(_ context.Context, slug string) (org.Org, error) {
	for _, o := range t.orgs {
		if o.Slug == slug {
			return o, nil
		}
	}
	return org.Org{}, fault.NewNotFound("organization")
}

func (t tenants) Workspace(_ context.Context, workspaceID id.ID) (workspace.Workspace, error) {
	for _, w := range t.workspaces {
		if w.ID == workspaceID {
			return w, nil
		}
	}
	return workspace.Workspace{}, fault.NewNotFound("workspace")
}

// says is a verifier that returns claims, whatever the token is.
type says struct {
	claims Claims
	err    error
}

func (s says) Verify(context.Context, string) (Claims, error) { return s.claims, s.err }

func TestTrusted(t *testing.T) {
	t.Parallel()
	acme := org.Org{ID: id.New(), Slug: "acme", Status: identity.OrgActive, Tier: plan.Pro}
	other := org.Org{ID: id.New(), Slug: "other", Status: identity.OrgActive, Tier: plan.Free}
	gone := org.Org{ID: id.New(), Slug: "gone", Status: identity.OrgSuspended, Tier: plan.Free}
	mine, theirs := workspace.Workspace{ID: id.New(), OrgID: acme.ID}, workspace.Workspace{ID: id.New(), OrgID: other.ID}
	all := tenants{[]org.Org{acme, other, gone}, []workspace.Workspace{mine, theirs}}
	tenantID := func(o org.Org) string { return o.ID.Prefixed(id.TenantPrefix) }
	workspaceID := func(w workspace.Workspace) string { return w.ID.Prefixed(id.WorkspacePrefix) }
	missing := id.New().Prefixed(id.WorkspacePrefix)
	ends := time.Now().Add(time.Hour)
	for name, tc := range map[string]struct {
		tenant string // of the issuer
		claims Claims
		err    error
		org    id.ID // zero: refused
		scopes string
		bound  id.ID
		code   fault.Code // empty: Unauthenticated
	}{
		"roles": {
			tenant: "acme", claims: Claims{Roles: []string{TenantOperator, "accountant"}}, org: acme.ID,
			scopes: "*:read events:* functions:invoke mongo:write postgres:write storage:write",
		},
		"scopes of ours, and no wildcard": {
			tenant: "acme", claims: Claims{Scope: "openid postgres:read * storage:* */:x a:b:c"}, org: acme.ID,
			scopes: "postgres:read",
		},
		"nothing of ours":               {tenant: "acme", org: acme.ID},
		"the tenant of the issuer":      {tenant: "acme", claims: Claims{TenantID: tenantID(acme)}, org: acme.ID},
		"another tenant":                {tenant: "acme", claims: Claims{TenantID: tenantID(other)}},
		"no id of a tenant":             {tenant: "acme", claims: Claims{TenantID: "acme"}},
		"any tenant":                    {tenant: AnyTenant, claims: Claims{TenantID: tenantID(other)}, org: other.ID},
		"any tenant, and none is named": {tenant: AnyTenant},
		"a tenant that does not exist":  {tenant: AnyTenant, claims: Claims{TenantID: id.New().Prefixed(id.TenantPrefix)}},
		"an issuer of no tenant":        {tenant: "nobody"},
		"a suspended tenant":            {tenant: "gone"},
		"the platform's roles mean nothing": {
			tenant: AnyTenant, org: acme.ID,
			claims: Claims{TenantID: tenantID(acme), Roles: []string{SuperAdmin, PlatformAdmin, PlatformOperator}},
		},
		"a workspace": {
			tenant: "acme", claims: Claims{WorkspaceID: workspaceID(mine), Roles: []string{WorkspaceOperator}}, org: acme.ID,
			bound: mine.ID,
			scopes: "events:* functions:invoke functions:read mongo:read mongo:write postgres:read postgres:write " +
				"storage:read storage:write workspaces:read",
		},
		"a workspace of another tenant": {tenant: "acme", claims: Claims{WorkspaceID: workspaceID(theirs)}},
		"a workspace that is gone":      {tenant: "acme", claims: Claims{WorkspaceID: missing}},
		"no id of a workspace":          {tenant: "acme", claims: Claims{WorkspaceID: "dev"}},
		"the role of a workspace, without it": {
			tenant: "acme", claims: Claims{Roles: []string{WorkspaceAdmin}}, org: acme.ID,
		},
		"an ID token":          {tenant: "acme", claims: Claims{Type: typID}},
		"a refresh token":      {tenant: "acme", claims: Claims{Type: typRefresh}},
		"nobody":               {tenant: "acme", claims: Claims{Subject: "-"}},
		"what is not verified": {tenant: "acme", err: identity.Refused(errors.New("bad signature"))},
		"an issuer that cannot be asked is 503": {
			tenant: "acme", err: fault.New(fault.Unavailable, "Try again."), code: fault.Unavailable,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := tc.claims
			switch c.Subject {
			case "":
				c.Subject = "ada"
			case "-":
				c.Subject = ""
			}
			c.Issuer, c.ExpiresAt = "https://idp.example.com", ends
			trust := NewTrusted([]External{{Issuer: c.Issuer, Audience: "alania", Tenant: tc.tenant}},
				func(External) Verifier { return says{c, tc.err} }, all, identity.NewCache(nil), time.Now)
			if !trust.Recognizes(c.Issuer) || trust.Recognizes("https://example.com") {
				t.Error("recognizes another issuer")
			}
			p, err := trust.Authenticate(t.Context(), c.Issuer, "a token")
			if tc.org.IsZero() {
				want := tc.code
				if want == "" {
					want = fault.Unauthenticated
				}
				if !fault.IsCode(err, want) {
					t.Errorf("%+v, %v", p, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.OrgID != tc.org || p.Scopes.String() != tc.scopes || p.WorkspaceID != tc.bound || !p.Admitted ||
				p.SuperAdmin || p.Source != identity.FromIssuer || p.Subject != "ada" || p.ID.IsZero() || !p.UserID.IsZero() {
				t.Errorf("%+v", p)
			}
		})
	}
}

// Subjects of two issuers are two, whatever they are called, and a subject is the same each time.
func TestSubjectID(t *testing.T) {
	t.Parallel()
	a := subjectID("https://one.example", "ada")
	if a != subjectID("https://one.example", "ada") || a == subjectID("https://two.example", "ada") ||
		a == subjectID("https://one.example", "bob") {
		t.Error("ids of subjects")
	}
	if back, err := id.ParseUUID(a.UUID()); err != nil || back != a {
		t.Errorf("%s: %v", a, err)
	}
}
