package keys

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/scope"
	"github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/server/convert"
)

// parse reads an id of a path. The contract's ids are opaque: any other text names nothing.
func parse(prefix, s, what string) (id.ID, error) {
	v, err := id.ParsePrefixed(prefix, s)
	if err != nil {
		return v, fault.NewNotFound(what)
	}
	return v, nil
}

// FromKey shows a key without its secret.
func FromKey(k apikey.Key) keys.APIKey {
	return keys.APIKey{
		ID: k.ID.Prefixed(id.KeyPrefix), Name: k.Name, TenantID: k.OrgID.Prefixed(id.OrgPrefix), TruncatedKey: k.Prefix + "…",
		Permissions: FromPermissions(permission.Covered(scope.Parse(k.Scopes))),
		Created:     k.CreatedAt, CreatedBy: creator(k), Expiration: convert.Nullable(k.ExpiresAt),
		LastUsed: convert.Nullable(k.LastUsedAt),
	}
}

// FromKeys shows keys.
func FromKeys(list []apikey.Key) []keys.APIKey {
	out := make([]keys.APIKey, len(list))
	for i, k := range list {
		out[i] = FromKey(k)
	}
	return out
}

// FromNewKey shows a key with its secret, the once that it is shown.
func FromNewKey(k apikey.Key, full string) keys.APIKeyCreated {
	v := FromKey(k)
	return keys.APIKeyCreated{
		Key: full, Name: v.Name, TenantID: v.TenantID, TruncatedKey: v.TruncatedKey, Permissions: v.Permissions,
		Created: v.Created, CreatedBy: v.CreatedBy, Expiration: v.Expiration,
	}
}

// creator returns who made a key: the person, or else the credentials, or else the system.
func creator(k apikey.Key) string {
	if !k.UserID.IsZero() {
		return identity.Show(identity.User, k.UserID)
	}
	return identity.Show(k.CreatorKind, k.CreatorID)
}

// ToPermitted reads a new key.
func ToPermitted(in keys.APIKeyCreate) (apikey.Permitted, error) {
	out := apikey.Permitted{Lifetime: time.Duration(in.DaysTillExpiration) * 24 * time.Hour}
	if in.Name != nil {
		out.Name = *in.Name
	}
	var err error
	out.Permissions, err = ToPermissions(in.Permissions)
	return out, err
}

// ToPermissions reads chosen permissions.
func ToPermissions(in keys.PermissionsInput) ([]permission.Permission, error) {
	var out []permission.Permission
	for _, chosen := range [][]string{
		texts(in.AppPermissions), texts(in.AssetManagementPermissions), texts(in.CalendarPermissions),
		texts(in.CommunicationsPermissions),
		texts(in.ConfiguratorPermissions), texts(in.CrmPermissions), texts(in.FinancePermissions), texts(in.HrPermissions),
		texts(in.InventoryPermissions),
		texts(in.ProductionPermissions), texts(in.ProductsPermissions), texts(in.ProjectsPermissions),
		texts(in.ReportingPermissions),
	} {
		for _, name := range chosen {
			p, ok := permission.Find(name)
			if !ok { // the validator has seen it: the contract has one that the catalogue has not
				return nil, fmt.Errorf("keys: the catalogue has no permission %s", name)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// FromPermissions shows permissions by group, every group.
func FromPermissions(list []permission.Permission) keys.Permissions {
	by := permission.ByGroup(list)
	return keys.Permissions{
		AppPermissions:             names[keys.AppPermission](by[permission.App]),
		AssetManagementPermissions: names[keys.AssetManagementPermission](by[permission.AssetManagement]),
		CalendarPermissions:        names[keys.CalendarPermission](by[permission.Calendar]),
		CommunicationsPermissions:  names[keys.CommunicationsPermission](by[permission.Communications]),
		ConfiguratorPermissions:    names[keys.ConfiguratorPermission](by[permission.Configurator]),
		CrmPermissions:             names[keys.CrmPermission](by[permission.CRM]),
		FinancePermissions:         names[keys.FinancePermission](by[permission.Finance]),
		HrPermissions:              names[keys.HrPermission](by[permission.HR]),
		InventoryPermissions:       names[keys.InventoryPermission](by[permission.Inventory]),
		ProductionPermissions:      names[keys.ProductionPermission](by[permission.Production]),
		ProductsPermissions:        names[keys.ProductsPermission](by[permission.Products]),
		ProjectsPermissions:        names[keys.ProjectsPermission](by[permission.Projects]),
		ReportingPermissions:       names[keys.ReportingPermission](by[permission.Reporting]),
	}
}

func names[T ~string](list []permission.Permission) []T {
	out := make([]T, len(list))
	for i, p := range list {
		out[i] = T(p.Name)
	}
	return out
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// ToName reads the new name of a key: the member name, or else the first one.
func ToName(in keys.APIKeyRename) string {
	if name, ok := in["name"]; ok {
		return name
	}
	for _, member := range slices.Sorted(maps.Keys(in)) {
		return in[member]
	}
	return ""
}
