package keycloak

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/realm"
)

type clientRep struct {
	ID         string            `json:"id,omitempty"`
	ClientID   string            `json:"clientId,omitempty"`
	Name       string            `json:"name,omitempty"`
	Enabled    *bool             `json:"enabled,omitempty"`
	Public     *bool             `json:"publicClient,omitempty"`
	BearerOnly *bool             `json:"bearerOnly,omitempty"`
	Direct     *bool             `json:"directAccessGrantsEnabled,omitempty"`
	Service    *bool             `json:"serviceAccountsEnabled,omitempty"`
	Code       *bool             `json:"standardFlowEnabled,omitempty"`
	Secret     string            `json:"secret,omitempty"`
	Redirects  []string          `json:"redirectUris,omitempty"`
	Origins    []string          `json:"webOrigins,omitempty"`
	Default    []string          `json:"defaultClientScopes,omitempty"`
	Optional   []string          `json:"optionalClientScopes,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// theirs are the clients that Keycloak makes in every realm for itself, and our own.
var theirs = []string{
	"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console", inspector,
}

const lifeOfAccess = "access.token.lifespan" // attribute of a client, in seconds

func (r clientRep) client(realmID id.ID) realm.Client {
	c := realm.Client{
		RealmID: realmID, ClientID: r.ClientID, DisplayName: r.Name, Access: realm.Confidential, Enabled: on(r.Enabled),
		RedirectURIs: r.Redirects, WebOrigins: r.Origins, Password: on(r.Direct), Service: on(r.Service),
	}
	c.ID, _ = id.ParseUUID(r.ID)
	switch {
	case on(r.BearerOnly):
		c.Access = realm.BearerOnly
	case on(r.Public):
		c.Access = realm.Public
	}
	for _, s := range realm.ClientScopes() {
		if slices.Contains(r.Default, s) || slices.Contains(r.Optional, s) {
			c.Scopes = append(c.Scopes, s)
		}
	}
	if seconds, err := strconv.ParseInt(r.Attributes[lifeOfAccess], 10, 64); err == nil {
		c.Lives.Access = time.Duration(seconds) * time.Second
	}
	if at, err := time.Parse(time.RFC3339Nano, r.Attributes[attrMade]); err == nil {
		c.CreatedAt, c.UpdatedAt = at, at
	}
	return c
}

// made are the attributes of a client that is made now. Keycloak does not keep when that was.
func made(now time.Time) map[string]string {
	return map[string]string{attrMade: now.UTC().Format(time.RFC3339Nano)}
}

func on(b *bool) bool { return b != nil && *b }

func fromClient(c realm.Client, secret string, now time.Time) clientRep {
	public, bearer, code := c.Access == realm.Public, c.Access == realm.BearerOnly, len(c.RedirectURIs) > 0
	r := clientRep{
		ClientID: c.ClientID, Name: c.DisplayName, Enabled: &c.Enabled, Public: &public, BearerOnly: &bearer,
		Direct: &c.Password, Service: &c.Service, Code: &code, Redirects: c.RedirectURIs, Origins: c.WebOrigins,
		Attributes: made(now), Default: []string{"basic", "roles", "web-origins", "acr", scopeOurs},
	}
	if c.Service {
		r.Default = append(r.Default, "service_account")
	}
	if c.Access == realm.Confidential {
		r.Secret = secret
	}
	for _, s := range c.Scopes {
		if s == "profile" || s == "email" { // they are granted without being asked for
			r.Default = append(r.Default, s)
		} else {
			r.Optional = append(r.Optional, s)
		}
	}
	if c.Lives.Access > 0 {
		r.Attributes[lifeOfAccess] = strconv.FormatInt(int64(c.Lives.Access/time.Second), 10)
	}
	return r
}

// CreateClient implements realm.Directory. A client whose service account cannot have its roles is deleted again.
func (d *Directory) CreateClient(
	ctx context.Context, name string, c realm.Client, given string,
) (realm.Client, string, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.Client{}, "", err
	}
	all, err := d.clients(ctx, r)
	if err != nil {
		return realm.Client{}, "", err
	}
	if len(all) >= realm.MaxClients {
		return realm.Client{}, "", realm.TooManyClients()
	}
	now := d.Now()
	a, err := d.client.admin(ctx, http.MethodPost, path(name, "clients"), fromClient(c, given, now), nil)
	if err != nil {
		return realm.Client{}, "", taken(rename(err, "client"), realm.ClientIDTaken)
	}
	row := last(a.location)
	c.RealmID, c.CreatedAt, c.UpdatedAt = r.ID, now, now
	c.ID, _ = id.ParseUUID(row)
	if c.Service && len(c.Roles) > 0 {
		if err := d.serviceRoles(ctx, name, row, c.Roles); err != nil {
			_, _ = d.client.admin(ctx, http.MethodDelete, path(name, "clients", row), nil, nil)
			return realm.Client{}, "", err
		}
	}
	if c.Access != realm.Confidential {
		return c, "", nil
	}
	if given == "" {
		given, err = d.secret(ctx, http.MethodGet, name, row)
	}
	return c, given, err
}

func (d *Directory) serviceRoles(ctx context.Context, name, row string, roles []string) error {
	var u userRep
	_, err := d.client.admin(ctx, http.MethodGet, path(name, "clients", row, "service-account-user"), nil, &u)
	if err != nil {
		return rename(err, "client")
	}
	return d.setRoles(ctx, name, u.ID, roles)
}

// secret reads the secret of a client (GET), or makes a new one (POST).
func (d *Directory) secret(ctx context.Context, method, name, row string) (string, error) {
	var v struct {
		Value string `json:"value"`
	}
	_, err := d.client.admin(ctx, method, path(name, "clients", row, "client-secret"), nil, &v)
	return v.Value, rename(err, "client")
}

// clients returns the clients of a realm that are not Keycloak's own or ours, by the time at which they were made.
func (d *Directory) clients(ctx context.Context, r realm.Realm) ([]realm.Client, error) {
	var reps []clientRep
	if _, err := d.client.admin(ctx, http.MethodGet, path(r.Name, "clients"), nil, &reps); err != nil {
		return nil, rename(err, "realm")
	}
	var out []realm.Client
	for _, rep := range reps {
		if !slices.Contains(theirs, rep.ClientID) {
			out = append(out, rep.client(r.ID))
		}
	}
	slices.SortFunc(out, func(a, b realm.Client) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID.UUID(), b.ID.UUID()))
	})
	return out, nil
}

// Clients implements realm.Directory.
func (d *Directory) Clients(ctx context.Context, name string, q page.Query) (page.Page[realm.Client], error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return page.Page[realm.Client]{}, err
	}
	all, err := d.clients(ctx, r)
	if err != nil {
		return page.Page[realm.Client]{}, err
	}
	if q.Sort.Desc {
		slices.Reverse(all)
	}
	p := cut(all, q)
	return p, d.each(ctx, len(p.Items), func(ctx context.Context, i int) error {
		return d.withRoles(ctx, name, &p.Items[i])
	})
}

// cut makes a page of rows that are all there. The position is the number of the rows before the next page.
func cut[T any](all []T, q page.Query) page.Page[T] {
	from := min(offset(q), len(all))
	rest := all[from:]
	if len(rest) <= q.Limit {
		return page.Page[T]{Items: rest}
	}
	return page.Page[T]{Items: rest[:q.Limit], Next: at(from + q.Limit)}
}

func offset(q page.Query) int {
	if q.After == nil {
		return 0
	}
	n, err := strconv.Atoi(q.After.Key)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func at(n int) *page.Position { return &page.Position{Key: strconv.Itoa(n)} }

// withRoles adds the roles of the service account.
func (d *Directory) withRoles(ctx context.Context, name string, c *realm.Client) error {
	if !c.Service {
		return nil
	}
	var u userRep
	_, err := d.client.admin(ctx, http.MethodGet, path(name, "clients", c.ID.UUID(), "service-account-user"), nil, &u)
	if err != nil {
		return rename(err, "client")
	}
	c.Roles, err = d.rolesOf(ctx, name, u.ID)
	return err
}

// Client implements realm.Directory.
func (d *Directory) Client(ctx context.Context, name string, client id.ID) (realm.Client, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.Client{}, err
	}
	var rep clientRep
	if _, err := d.client.admin(ctx, http.MethodGet, path(name, "clients", client.UUID()), nil, &rep); err != nil {
		return realm.Client{}, rename(err, "client")
	}
	if slices.Contains(theirs, rep.ClientID) {
		return realm.Client{}, fault.NewNotFound("client")
	}
	c := rep.client(r.ID)
	return c, d.withRoles(ctx, name, &c)
}

// named finds a client by what it calls itself.
func (d *Directory) named(ctx context.Context, name, clientID string) (clientRep, error) {
	var reps []clientRep
	_, err := d.client.admin(ctx, http.MethodGet, path(name, "clients")+"?clientId="+url.QueryEscape(clientID), nil, &reps)
	if err != nil {
		return clientRep{}, rename(err, "realm")
	}
	if len(reps) == 0 {
		return clientRep{}, fault.NewNotFound("client")
	}
	return reps[0], nil
}

// NewSecret implements realm.Directory.
func (d *Directory) NewSecret(ctx context.Context, name string, client id.ID) (string, error) {
	c, err := d.Client(ctx, name, client)
	if err != nil {
		return "", err
	}
	if c.Access != realm.Confidential {
		return "", realm.WithoutSecret()
	}
	return d.secret(ctx, http.MethodPost, name, client.UUID())
}

// DeleteClient implements realm.Directory.
func (d *Directory) DeleteClient(ctx context.Context, name string, client id.ID) error {
	c, err := d.Client(ctx, name, client)
	if err != nil {
		return err
	}
	if c.ClientID == realm.Console {
		return realm.OwnClient()
	}
	if _, err := d.client.admin(ctx, http.MethodDelete, path(name, "clients", client.UUID()), nil, nil); err != nil {
		return rename(err, "client")
	}
	return d.drop(ctx, name)
}

// drop has the credentials of a tenant looked at again.
func (d *Directory) drop(ctx context.Context, name string) error {
	r, err := d.Register.Realm(ctx, name)
	if err == nil {
		d.Cache.DropOrg(r.OrgID)
	}
	return err
}
