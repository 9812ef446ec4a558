package assembly

import (
	"context"
	"fmt"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/server/config"
)

// FirstRun are the credentials of the first org, known only when it is made.
type FirstRun struct {
	OrgID                  id.ID
	Email, Password        string
	ClientID, ClientSecret string
	APIKey                 string
}

const defaultEmail = "admin@alania.local"

// Bootstrap makes the first org on an empty database: on the enterprise tier, with a
// default workspace, an admin who is a super admin, an OAuth client and an API key that hold every scope. It
// returns nil when there is an org already.
func (s *Services) Bootstrap(ctx context.Context, b config.Bootstrap) (*FirstRun, error) {
	if n, err := s.Store.Orgs.CountOrgs(ctx); err != nil || n > 0 {
		return nil, err
	}
	run := &FirstRun{
		OrgID: id.New(), Email: b.Email, Password: b.Password, ClientID: b.ClientID, ClientSecret: b.ClientSecret,
		APIKey: b.APIKey,
	}
	if run.Email == "" {
		run.Email = defaultEmail
	}
	if run.Password == "" {
		run.Password = secret.Text(24)
	}
	if s.outside != nil { // before anything is written
		if err := s.outside.Check(ctx); err != nil {
			return nil, fmt.Errorf("ALANIA_KEYCLOAK_URL: %w", err)
		}
	}
	password, err := s.Directory.Prepare(ctx, run.Password)
	if err != nil {
		return nil, err
	}
	now := s.Store.Now()
	o := org.Org{ID: run.OrgID, Name: "Alania", Slug: "default", Tier: plan.Enterprise, CreatedAt: now, UpdatedAt: now}
	u := org.User{
		ID: id.New(), Email: org.NormalEmail(run.Email), Name: "Admin", SuperAdmin: true, CreatedAt: now,
	}
	owner := identity.Operator(o.ID)
	owner.UserID = u.ID
	ctx = identity.With(ctx, owner)
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Orgs.InsertOrg(ctx, o); err != nil {
			return err
		}
		if err := s.Store.Orgs.InsertUser(ctx, u); err != nil {
			return err
		}
		err := s.Store.Orgs.InsertMember(ctx, org.Member{
			ID: id.New(), OrgID: o.ID, UserID: u.ID, Email: u.Email, Name: u.Name, Role: identity.Owner, Status: org.Active,
			CreatedAt: now, UpdatedAt: now,
		})
		if err != nil {
			return err
		}
		if err := s.firstRealms(ctx, o, u, password); err != nil {
			return err
		}
		if _, err := s.Workspaces.Create(ctx, o.ID,
			workspace.Create{Name: "Default", Settings: workspace.Defaults()}); err != nil {
			return err
		}
		c, clientSecret, err := s.OAuth.CreateClient(ctx, oauth.NewClient{
			OrgID: o.ID, Name: "First client", ClientID: run.ClientID, Secret: run.ClientSecret, Scopes: []string{"*"},
			UserID: u.ID,
		})
		if err != nil {
			return err
		}
		run.ClientID, run.ClientSecret = c.ClientID, clientSecret
		_, run.APIKey, err = s.Keys.Create(ctx, o.ID,
			apikey.Create{Name: "First key", Scopes: []string{"*"}, Full: run.APIKey})
		return err
	})
	if fault.IsCode(err, fault.Conflict) {
		if n, again := s.Store.Orgs.CountOrgs(ctx); again == nil && n > 0 { // another replica was first
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return run, nil
}

// firstRealms makes the realm of the first organization, and that of the platform with the admin.
func (s *Services) firstRealms(ctx context.Context, o org.Org, u org.User, password realm.Password) error {
	if err := s.ensureRealm(ctx, o); err != nil {
		return err
	}
	if err := s.makeRealm(ctx, o.ID, realm.Platform, "Platform"); err != nil || s.outside != nil {
		return err // outside, FirstAdmin makes the user
	}
	_, err := s.Directory.CreateUser(ctx, realm.Platform, realm.NewUser{
		ID: u.ID, Username: u.Email, Email: u.Email, Name: u.Name, Password: password,
		Roles: []string{realm.SuperAdmin, realm.PlatformAdmin},
	})
	return err
}

// FirstAdmin makes the first admin in a directory outside, unless that was done. It is asked at each start, because the
// directory may not have been there at the first; the password is the one of the settings, or a new one. It returns nil
// when there is nothing to tell.
func (s *Services) FirstAdmin(ctx context.Context, run *FirstRun, b config.Bootstrap) (*FirstRun, error) {
	if s.outside == nil {
		return run, nil
	}
	r, err := s.Directory.Realm(ctx, realm.Platform)
	if err != nil {
		return run, err
	}
	admin, err := s.Store.Orgs.FirstOwner(ctx, r.OrgID)
	if err != nil {
		return run, err
	}
	told := FirstRun{OrgID: r.OrgID, Email: admin.Email, Password: b.Password}
	if run != nil {
		told = *run
	}
	if told.Password == "" {
		told.Password = secret.Text(24)
	}
	made, err := s.outside.First(identity.With(ctx, identity.Operator(r.OrgID)), realm.NewUser{
		ID: admin.ID, Username: admin.Email, Email: admin.Email, Name: admin.Name,
		Password: realm.Password{Plain: told.Password},
	})
	if err != nil || !made {
		return run, err
	}
	return &told, nil
}
