// Package permission is the catalogue of what a person can let an API key do, in groups.
// A permission is an action on a resource: CREATE_CALENDAR_EVENTS is the scope
// calendar-events:create. Scopes are what is kept and asked; permissions are a way to
// show and to choose them.
package permission

import (
	"slices"
	"strings"

	"github.com/alania-go/alania/domain/scope"
)

// Group is a part of the catalogue.
type Group string

// The groups, in the order of the catalogue.
const (
	App             Group = "app"
	AssetManagement Group = "asset management"
	Calendar        Group = "calendar"
	Communications  Group = "communications"
	Configurator    Group = "configurator"
	CRM             Group = "CRM"
	Finance         Group = "finance"
	HR              Group = "HR"
	Inventory       Group = "inventory"
	Production      Group = "production"
	Products        Group = "products"
	Projects        Group = "projects"
	Reporting       Group = "reporting"
)

// Permission is one action on one resource.
type Permission struct {
	Group Group
	Name  string // such as CREATE_CALENDAR_EVENTS
	Scope string // such as calendar-events:create
}

var (
	all      = []string{"CREATE", "READ", "UPDATE", "DELETE"}
	readOnly = []string{"READ"}
)

// resources are the catalogue. What is added here is added to the contracts' lists too.
var resources = []struct {
	group   Group
	actions []string
	names   []string
}{
	{App, all, []string{"APIKEYS", "USERS", "ROLES", "WORKSPACES", "WEBHOOKS", "INTEGRATIONS", "SETTINGS", "AUDIT_LOGS"}},
	{AssetManagement, all, []string{"ASSETS", "ASSET_CATEGORIES", "MAINTENANCE_PLANS", "MAINTENANCE_ORDERS"}},
	{Calendar, all, []string{"CALENDAR_EVENTS", "CALENDARS", "APPOINTMENTS"}},
	{Communications, all, []string{"TEMPLATES", "MESSAGES", "CAMPAIGNS", "NOTIFICATIONS"}},
	{Configurator, all, []string{"CONCEPTS", "CONFIGURATIONS", "RULES", "OPTIONS"}},
	{CRM, all, []string{"LEADS", "CONTACTS", "OPPORTUNITIES", "ACCOUNTS", "ACTIVITIES"}},
	{Finance, all, []string{"CLIENTS", "INVOICES", "PAYMENTS", "EXPENSES", "SUPPLIERS", "TAX_RATES"}},
	{HR, all, []string{"EMPLOYEES", "DEPARTMENTS", "LEAVE_REQUESTS", "TIMESHEETS", "PAYROLLS"}},
	{Inventory, all, []string{"INVENTORY", "WAREHOUSES", "STOCK_MOVEMENTS", "STOCKTAKES"}},
	{Production, all, []string{"PRODUCTION", "WORK_ORDERS", "BILLS_OF_MATERIALS", "WORK_CENTERS"}},
	{Products, all, []string{"PRODUCTS", "PRODUCT_CATEGORIES", "PRICE_LISTS", "VARIANTS"}},
	{Projects, all, []string{"PROJECTS", "TASKS", "MILESTONES", "TIME_ENTRIES"}},
	{
		Reporting, readOnly, []string{
			"SALES_REPORTS", "FINANCE_REPORTS", "INVENTORY_REPORTS", "PRODUCTION_REPORTS", "HR_REPORTS", "PROJECT_REPORTS",
			"CRM_REPORTS",
		},
	},
}

var (
	catalogue []Permission
	byName    = map[string]Permission{}
)

func init() {
	for _, r := range resources {
		for _, name := range r.names {
			for _, action := range r.actions {
				p := Permission{Group: r.group, Name: action + "_" + name, Scope: ScopeOf(action + "_" + name)}
				catalogue = append(catalogue, p)
				byName[p.Name] = p
			}
		}
	}
}

// Catalogue returns every permission, group by group.
func Catalogue() []Permission { return slices.Clone(catalogue) }

// Find returns the permission of a name; false when the catalogue has none.
func Find(name string) (Permission, bool) {
	p, ok := byName[name]
	return p, ok
}

// ScopeOf words a name as a scope: ACTION_RESOURCE is resource:action.
func ScopeOf(name string) string {
	action, resource, _ := strings.Cut(name, "_")
	return strings.ToLower(strings.ReplaceAll(resource, "_", "-") + ":" + action)
}

// NameOf words a scope as a name: resource:action is ACTION_RESOURCE. The catalogue need
// not have it.
func NameOf(scope string) string {
	resource, action, _ := strings.Cut(scope, ":")
	return strings.ToUpper(action + "_" + strings.ReplaceAll(resource, "-", "_"))
}

// Scopes returns the scopes of permissions, in their order.
func Scopes(permissions []Permission) []string {
	out := make([]string, len(permissions))
	for i, p := range permissions {
		out[i] = p.Scope
	}
	return out
}

// Covered returns the permissions that a grant covers, in the order of the catalogue. A
// grant may cover more than the catalogue has.
func Covered(granted scope.Set) []Permission {
	var out []Permission
	for _, p := range catalogue {
		if granted.Allows(p.Scope) {
			out = append(out, p)
		}
	}
	return out
}

// ByGroup parts permissions into their groups, keeping their order.
func ByGroup(permissions []Permission) map[Group][]Permission {
	out := map[Group][]Permission{}
	for _, p := range permissions {
		out[p.Group] = append(out[p.Group], p)
	}
	return out
}

// ForKeys reports whether a key can be given the permission. A key is no person: it does not
// administer people and what they may do.
func (p Permission) ForKeys() bool {
	resource, action, _ := strings.Cut(p.Scope, ":")
	return action == "read" || resource != "users" && resource != "roles"
}
