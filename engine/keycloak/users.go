package keycloak

import (
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

type userRep struct {
	ID            string              `json:"id,omitempty"`
	Username      string              `json:"username,omitempty"`
	Email         string              `json:"email,omitempty"`
	EmailVerified bool                `json:"emailVerified"`
	FirstName     string              `json:"firstName"`
	LastName      string              `json:"lastName"`
	Enabled       *bool               `json:"enabled,omitempty"`
	CreatedMillis int64               `json:"createdTimestamp,omitempty"`
	ServiceOf     string              `json:"serviceAccountClientId,omitempty"`
	Attributes    map[string][]string `json:"attributes,omitempty"`
	Credentials   []credentialRep     `json:"credentials,omitempty"`
}

type credentialRep struct {
	Type      string `json:"type"`
	Value     string `json:"value"`
	Temporary bool   `json:"temporary"`
}

func password(p realm.Password) credentialRep { return credentialRep{Type: "password", Value: p.Plain} }

func (u userRep) attribute(name string) string {
	if v := u.Attributes[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (u *userRep) set(name, value string) {
	if u.Attributes == nil {
		u.Attributes = map[string][]string{}
	}
	delete(u.Attributes, name)
	if value != "" {
		u.Attributes[name] = []string{value}
	}
}

func (u *userRep) name(name string) { u.FirstName, u.LastName = realm.Names(name) }

func (u userRep) user(realmID id.ID) realm.User {
	out := realm.User{
		RealmID: realmID, Username: u.Username, Email: u.Email, Name: strings.TrimSpace(u.FirstName + " " + u.LastName),
		Status: realm.Active, CreatedAt: time.UnixMilli(u.CreatedMillis).UTC(),
	}
	out.UpdatedAt = out.CreatedAt
	out.ID, _ = id.ParseUUID(u.ID)
	if known, err := id.ParseUUID(u.attribute(person)); err == nil {
		out.ID = known
	}
	out.WorkspaceID, _ = id.ParsePrefixed(id.WorkspacePrefix, u.attribute(workspace))
	switch {
	case !on(u.Enabled):
		out.Status = realm.Disabled
	case u.attribute(invited) != "":
		out.Status = realm.Invited
	}
	return out
}

// Prepare implements realm.Directory: Keycloak makes the hash.
func (d *Directory) Prepare(_ context.Context, password string) (realm.Password, error) {
	return realm.Password{Plain: password}, nil
}

// CreateUser implements realm.Directory. A user who cannot have the roles is deleted again.
func (d *Directory) CreateUser(ctx context.Context, name string, in realm.NewUser) (realm.User, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.User{}, err
	}
	yes := true
	rep := userRep{
		Username: strings.ToLower(strings.TrimSpace(in.Username)), Email: strings.ToLower(strings.TrimSpace(in.Email)),
		Enabled: &yes,
	}
	if rep.Username == "" {
		rep.Username = rep.Email
	}
	rep.name(in.Name)
	if !in.ID.IsZero() {
		rep.set(person, in.ID.UUID())
	}
	if !in.WorkspaceID.IsZero() {
		rep.set(workspace, in.WorkspaceID.Prefixed(id.WorkspacePrefix))
	}
	if in.Password.None() {
		rep.set(invited, "true")
	} else {
		rep.Credentials, rep.EmailVerified = []credentialRep{password(in.Password)}, rep.Email != ""
	}
	a, err := d.client.admin(ctx, http.MethodPost, path(name, "users"), rep, nil)
	if err != nil {
		return realm.User{}, taken(rename(err, "user"), realm.UserTaken)
	}
	rep.ID, rep.CreatedMillis = last(a.location), d.Now().UnixMilli()
	if err := d.setRoles(ctx, name, rep.ID, in.Roles); err != nil {
		_, _ = d.client.admin(ctx, http.MethodDelete, path(name, "users", rep.ID), nil, nil)
		return realm.User{}, err
	}
	u := rep.user(r.ID)
	u.Roles = slices.Sorted(slices.Values(in.Roles))
	return u, nil
}

// Users implements realm.Directory: by their names, since Keycloak has no other order.
func (d *Directory) Users(ctx context.Context, name string, q page.Query) (page.Page[realm.User], error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return page.Page[realm.User]{}, err
	}
	from := offset(q)
	values := url.Values{
		"first": {strconv.Itoa(from)}, "max": {strconv.Itoa(q.Limit + 1)}, "briefRepresentation": {"false"},
	}
	for _, f := range q.Filters {
		switch v, _ := f.Value.(string); f.Field {
		case "email", "username":
			values.Set(f.Field, v)
			values.Set("exact", "true")
		case "status":
			values.Set("enabled", strconv.FormatBool(v != string(realm.Disabled)))
		}
	}
	var reps []userRep
	if _, err := d.client.admin(ctx, http.MethodGet, path(name, "users")+"?"+values.Encode(), nil, &reps); err != nil {
		return page.Page[realm.User]{}, rename(err, "realm")
	}
	var p page.Page[realm.User]
	if len(reps) > q.Limit {
		reps, p.Next = reps[:q.Limit], at(from+q.Limit)
	}
	p.Items = make([]realm.User, len(reps))
	for i, rep := range reps {
		p.Items[i] = rep.user(r.ID)
	}
	return p, d.each(ctx, len(reps), func(ctx context.Context, i int) (err error) {
		p.Items[i].Roles, err = d.rolesOf(ctx, name, reps[i].ID)
		return err
	})
}

// find returns a user by our id.
func (d *Directory) find(ctx context.Context, name string, user id.ID) (userRep, error) {
	var rep userRep
	_, err := d.client.admin(ctx, http.MethodGet, path(name, "users", user.UUID()), nil, &rep)
	if !is(err, http.StatusNotFound) {
		return rep, rename(err, "user")
	}
	var reps []userRep
	_, err = d.client.admin(ctx, http.MethodGet, path(name, "users")+"?briefRepresentation=false&max=2&q="+
		url.QueryEscape(person+":"+user.UUID()), nil, &reps)
	if err != nil {
		return rep, rename(err, "realm")
	}
	if len(reps) != 1 {
		return rep, fault.NewNotFound("user")
	}
	return reps[0], nil
}

// User implements realm.Directory.
func (d *Directory) User(ctx context.Context, name string, user id.ID) (realm.User, error) {
	rep, err := d.find(ctx, name, user)
	if err != nil {
		return realm.User{}, err
	}
	return d.told(ctx, name, rep)
}

// told is a user as we tell of one, with the roles.
func (d *Directory) told(ctx context.Context, name string, rep userRep) (realm.User, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.User{}, err
	}
	u := rep.user(r.ID)
	if rep.ServiceOf != "" {
		c, err := d.named(ctx, name, rep.ServiceOf)
		if err != nil {
			return u, err
		}
		u.ClientID, _ = id.ParseUUID(c.ID)
	}
	u.Roles, err = d.rolesOf(ctx, name, rep.ID)
	return u, err
}

// UpdateUser implements realm.Directory.
func (d *Directory) UpdateUser(ctx context.Context, name string, user id.ID, p realm.UserPatch) (realm.User, error) {
	rep, err := d.find(ctx, name, user)
	if err != nil {
		return realm.User{}, err
	}
	if p.Roles != nil {
		if err := d.setRoles(ctx, name, rep.ID, *p.Roles); err != nil {
			return realm.User{}, err
		}
	}
	if p.Name != nil {
		rep.name(*p.Name)
	}
	if p.Enabled != nil {
		rep.Enabled = p.Enabled
	}
	if p.WorkspaceID != nil {
		rep.set(workspace, "")
		if !p.WorkspaceID.IsZero() {
			rep.set(workspace, p.WorkspaceID.Prefixed(id.WorkspacePrefix))
		}
	}
	if err := d.write(ctx, name, user, rep); err != nil {
		return realm.User{}, err
	}
	if !on(rep.Enabled) {
		if err := d.EndSessions(ctx, name, user); err != nil {
			return realm.User{}, err
		}
	}
	return d.told(ctx, name, rep)
}

func (d *Directory) write(ctx context.Context, name string, user id.ID, rep userRep) error {
	_, err := d.client.admin(ctx, http.MethodPut, path(name, "users", rep.ID), rep, nil)
	d.Cache.DropPrincipal(user)
	return rename(err, "user")
}

// SetPassword implements realm.Directory. Sessions go on, as with Keycloak.
func (d *Directory) SetPassword(ctx context.Context, name string, user id.ID, p realm.Password) error {
	rep, err := d.find(ctx, name, user)
	if err != nil {
		return err
	}
	_, err = d.client.admin(ctx, http.MethodPut, path(name, "users", rep.ID, "reset-password"), password(p), nil)
	if err != nil || rep.attribute(invited) == "" {
		return rename(err, "user")
	}
	rep.set(invited, "")
	rep.EmailVerified = rep.Email != ""
	return d.write(ctx, name, user, rep)
}

// DeleteUser implements realm.Directory.
func (d *Directory) DeleteUser(ctx context.Context, name string, user id.ID) error {
	rep, err := d.find(ctx, name, user)
	if err != nil {
		return err
	}
	_, err = d.client.admin(ctx, http.MethodDelete, path(name, "users", rep.ID), nil, nil)
	d.Cache.DropPrincipal(user)
	return rename(err, "user")
}

// EndSessions implements realm.Directory.
func (d *Directory) EndSessions(ctx context.Context, name string, user id.ID) error {
	rep, err := d.find(ctx, name, user)
	if err != nil {
		return err
	}
	_, err = d.client.admin(ctx, http.MethodPost, path(name, "users", rep.ID, "logout"), nil, nil)
	d.Cache.DropPrincipal(user)
	return rename(err, "user")
}
