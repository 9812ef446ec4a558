package realm

import (
	"context"
	"slices"
	"strconv"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/secret"
)

// serviceAccount begins the name of the user that a client acts with, as Keycloak names it.
const serviceAccount = "service-account-"

// CreateClient implements Directory. A secret is made unless one is given.
func (i *Issuer) CreateClient(ctx context.Context, realm string, c Client, given string) (Client, string, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Client{}, "", err
	}
	now := i.Now()
	c.ID, c.RealmID, c.CreatedAt, c.UpdatedAt = id.New(), r.ID, now, now
	var hash []byte
	if c.Access != Confidential {
		given = ""
	} else {
		if given == "" {
			given = "cs_" + secret.Text(43)
		}
		hash = secret.Hash(given)
	}
	err = i.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := i.Repository.LockRealm(ctx, r.ID); err != nil {
			return err
		}
		n, err := i.Repository.CountClients(ctx, r.ID)
		if err != nil {
			return err
		}
		if n >= MaxClients {
			return TooManyClients()
		}
		err = i.Repository.InsertClient(ctx, r, c, hash)
		if fault.IsCode(err, fault.Conflict) {
			return ClientIDTaken(err)
		}
		if err != nil || !c.Service {
			return err
		}
		return i.createServiceAccount(ctx, r, c)
	})
	return c, given, err
}

func (i *Issuer) createServiceAccount(ctx context.Context, r Realm, c Client) error {
	u := User{
		ID: id.New(), RealmID: r.ID, Username: normal(serviceAccount + c.ClientID), Status: Active, ClientID: c.ID,
		CreatedAt: c.CreatedAt, UpdatedAt: c.CreatedAt,
	}
	if err := i.Repository.InsertUser(ctx, r, u, ""); err != nil {
		return err
	}
	return i.Repository.SetRoles(ctx, r, u.ID, c.Roles)
}

// Clients implements Directory.
func (i *Issuer) Clients(ctx context.Context, realm string, q page.Query) (page.Page[Client], error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return page.Page[Client]{}, err
	}
	return i.Repository.ListClients(ctx, r.ID, q)
}

// Client implements Directory.
func (i *Issuer) Client(ctx context.Context, realm string, client id.ID) (Client, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Client{}, err
	}
	return i.Repository.Client(ctx, r.ID, client)
}

// NewSecret implements Directory. Tokens of the client that were issued before work until they end.
func (i *Issuer) NewSecret(ctx context.Context, realm string, client id.ID) (string, error) {
	c, err := i.Client(ctx, realm, client)
	if err != nil {
		return "", err
	}
	if c.Access != Confidential {
		return "", WithoutSecret()
	}
	made := "cs_" + secret.Text(43)
	return made, i.Repository.SetSecret(ctx, c.ID, secret.Hash(made), i.Now())
}

// DeleteClient implements Directory.
func (i *Issuer) DeleteClient(ctx context.Context, realm string, client id.ID) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	return i.Tx.InTx(ctx, func(ctx context.Context) error {
		c, err := i.Repository.Client(ctx, r.ID, client)
		if err != nil {
			return err
		}
		if c.ClientID == Console {
			return OwnClient()
		}
		// The users of the client's sessions may be anybody of the organization.
		i.Tx.AfterCommit(ctx, func() { i.Cache.DropOrg(r.OrgID) })
		return i.Repository.DeleteClient(ctx, c.ID)
	})
}

// CreateRole implements Directory.
func (i *Issuer) CreateRole(ctx context.Context, realm string, role Role) (Role, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return Role{}, err
	}
	role.ID, role.RealmID, role.CreatedAt = id.New(), r.ID, i.Now()
	err = i.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := i.Repository.LockRealm(ctx, r.ID); err != nil {
			return err
		}
		roles, err := i.Repository.Roles(ctx, r.ID)
		if err != nil {
			return err
		}
		if len(roles) >= MaxRoles {
			return TooManyRoles()
		}
		for n, name := range role.Composites {
			if !slices.ContainsFunc(roles, func(r Role) bool { return r.Name == name }) {
				return fault.Invalid(unknownRole("/composites", n))
			}
		}
		err = i.Repository.InsertRole(ctx, r, role)
		if fault.IsCode(err, fault.Conflict) {
			return RoleTaken(err)
		}
		return err
	})
	return role, err
}

// Roles implements Directory.
func (i *Issuer) Roles(ctx context.Context, realm string) ([]Role, error) {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return nil, err
	}
	return i.Repository.Roles(ctx, r.ID)
}

// DeleteRole implements Directory.
func (i *Issuer) DeleteRole(ctx context.Context, realm, name string) error {
	r, err := i.Repository.Realm(ctx, realm)
	if err != nil {
		return err
	}
	return i.Tx.InTx(ctx, func(ctx context.Context) error {
		found, err := i.Repository.DeleteRole(ctx, r.ID, name)
		if err == nil && !found {
			return fault.NewNotFound("role")
		}
		i.Tx.AfterCommit(ctx, func() { i.Cache.DropOrg(r.OrgID) })
		return err
	})
}

func unknownRole(pointer string, n int) fault.Violation {
	return fault.Body(pointer+"/"+strconv.Itoa(n), "unknown_role", "must be a role that was made in the realm")
}
