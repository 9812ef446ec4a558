package keycloak

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/task"
)

type roleRep struct {
	ID          string              `json:"id,omitempty"`
	Name        string              `json:"name"`
	Description string              `json:"description,omitempty"`
	Composite   bool                `json:"composite,omitempty"`
	Attributes  map[string][]string `json:"attributes,omitempty"`
}

// builtIn reports whether a role is one that Keycloak makes in every realm for itself.
func builtIn(name string) bool {
	return name == "offline_access" || name == "uma_authorization" || strings.HasPrefix(name, "default-roles-")
}

func own(name string) bool {
	return slices.ContainsFunc(realm.OwnRoles, func(r realm.OwnRole) bool { return r.Name == name })
}

// allRoles returns the roles of a realm, those of Keycloak and ours too.
func (d *Directory) allRoles(ctx context.Context, name string) ([]roleRep, error) {
	var reps []roleRep
	_, err := d.client.admin(ctx, http.MethodGet,
		path(name, "roles")+"?briefRepresentation=false&first=0&max="+strconv.Itoa(2*realm.MaxRoles), nil, &reps)
	return reps, rename(err, "realm")
}

// Roles implements realm.Directory.
func (d *Directory) Roles(ctx context.Context, name string) ([]realm.Role, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return nil, err
	}
	reps, err := d.allRoles(ctx, name)
	if err != nil {
		return nil, err
	}
	reps = slices.DeleteFunc(reps, func(r roleRep) bool { return builtIn(r.Name) || own(r.Name) })
	slices.SortFunc(reps, func(a, b roleRep) int { return strings.Compare(a.Name, b.Name) })
	out := make([]realm.Role, len(reps))
	for i, rep := range reps {
		out[i] = realm.Role{RealmID: r.ID, Name: rep.Name, Description: rep.Description}
		out[i].ID, _ = id.ParseUUID(rep.ID)
		if made := rep.Attributes[attrMade]; len(made) > 0 {
			out[i].CreatedAt, _ = time.Parse(time.RFC3339Nano, made[0])
		}
	}
	return out, d.each(ctx, len(out), func(ctx context.Context, i int) error {
		if !reps[i].Composite {
			return nil
		}
		var parts []roleRep
		_, err := d.client.admin(ctx, http.MethodGet, path(name, "roles", reps[i].Name, "composites", "realm"), nil, &parts)
		out[i].Composites = namesOf(parts)
		return rename(err, "role")
	})
}

func namesOf(reps []roleRep) []string {
	names := make([]string, 0, len(reps))
	for _, r := range reps {
		if !builtIn(r.Name) {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return names
}

// atOnce is how many requests of one call are under way at a time.
const atOnce = 8

// each asks for what Keycloak has no list of, some at a time.
func (d *Directory) each(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	return task.Each(ctx, atOnce, n, fn)
}

// CreateRole implements realm.Directory. A role that cannot have its parts is deleted again.
func (d *Directory) CreateRole(ctx context.Context, name string, role realm.Role) (realm.Role, error) {
	r, err := d.Register.Realm(ctx, name)
	if err != nil {
		return realm.Role{}, err
	}
	all, err := d.allRoles(ctx, name)
	if err != nil {
		return realm.Role{}, err
	}
	made := slices.DeleteFunc(slices.Clone(all), func(r roleRep) bool { return builtIn(r.Name) || own(r.Name) })
	if len(made) >= realm.MaxRoles {
		return realm.Role{}, realm.TooManyRoles()
	}
	var parts []roleRep
	for n, part := range role.Composites {
		i := slices.IndexFunc(made, func(r roleRep) bool { return r.Name == part })
		if i < 0 {
			return realm.Role{}, fault.Invalid(fault.Body("/composites/"+strconv.Itoa(n), "unknown_role",
				"must be a role of the realm"))
		}
		parts = append(parts, made[i])
	}
	role.RealmID, role.CreatedAt = r.ID, d.Now()
	_, err = d.client.admin(ctx, http.MethodPost, path(name, "roles"), roleRep{
		Name: role.Name, Description: role.Description,
		Attributes: map[string][]string{attrMade: {role.CreatedAt.UTC().Format(time.RFC3339Nano)}},
	}, nil)
	if err != nil {
		return realm.Role{}, taken(rename(err, "role"), realm.RoleTaken)
	}
	if role.ID, err = d.finishRole(ctx, name, role.Name, parts); err != nil {
		_, _ = d.client.admin(ctx, http.MethodDelete, path(name, "roles", role.Name), nil, nil)
	}
	return role, err
}

func (d *Directory) finishRole(ctx context.Context, name, role string, parts []roleRep) (id.ID, error) {
	var rep roleRep
	if _, err := d.client.admin(ctx, http.MethodGet, path(name, "roles", role), nil, &rep); err != nil {
		return id.ID{}, rename(err, "role")
	}
	if len(parts) > 0 {
		_, err := d.client.admin(ctx, http.MethodPost, path(name, "roles", role, "composites"), parts, nil)
		if err != nil {
			return id.ID{}, rename(err, "role")
		}
	}
	return id.ParseUUID(rep.ID)
}

// DeleteRole implements realm.Directory.
func (d *Directory) DeleteRole(ctx context.Context, name, role string) error {
	if builtIn(role) || own(role) {
		return fault.NewNotFound("role")
	}
	if _, err := d.client.admin(ctx, http.MethodDelete, path(name, "roles", role), nil, nil); err != nil {
		return rename(err, "role")
	}
	return d.drop(ctx, name)
}

// rolesOf returns the roles that a user was given, by name.
func (d *Directory) rolesOf(ctx context.Context, name, user string) ([]string, error) {
	var reps []roleRep
	_, err := d.client.admin(ctx, http.MethodGet, path(name, "users", user, "role-mappings", "realm"), nil, &reps)
	return namesOf(reps), rename(err, "user")
}

// setRoles assigns exactly these roles to a user, besides those of Keycloak's own.
func (d *Directory) setRoles(ctx context.Context, name, user string, roles []string) error {
	has, err := d.rolesOf(ctx, name, user)
	if err != nil {
		return err
	}
	all, err := d.allRoles(ctx, name)
	if err != nil {
		return err
	}
	var add, remove []roleRep
	for n, role := range roles {
		i := slices.IndexFunc(all, func(r roleRep) bool { return r.Name == role })
		if i < 0 {
			return fault.Invalid(fault.Body("/roles/"+strconv.Itoa(n), "unknown_role", "must be a role of the realm"))
		}
		if !slices.Contains(has, role) {
			add = append(add, all[i])
		}
	}
	for _, r := range all {
		if slices.Contains(has, r.Name) && !slices.Contains(roles, r.Name) {
			remove = append(remove, r)
		}
	}
	mappings := path(name, "users", user, "role-mappings", "realm")
	if len(add) > 0 {
		if _, err := d.client.admin(ctx, http.MethodPost, mappings, add, nil); err != nil {
			return rename(err, "user")
		}
	}
	if len(remove) > 0 {
		if _, err := d.client.admin(ctx, http.MethodDelete, mappings, remove, nil); err != nil {
			return rename(err, "user")
		}
	}
	return nil
}
