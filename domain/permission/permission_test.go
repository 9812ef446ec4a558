package permission

import (
	"slices"
	"testing"

	"github.com/alania-go/alania/domain/scope"
)

func names(list []Permission) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Name)
	}
	return out
}

func TestCatalogue(t *testing.T) {
	list := Catalogue()
	seen, groups := map[string]bool{}, map[Group]bool{}
	var last Group
	for _, p := range list {
		if seen[p.Name] || seen[p.Scope] {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name], seen[p.Scope] = true, true
		if p.Group != last && groups[p.Group] {
			t.Errorf("the group %s is in parts", p.Group)
		}
		last, groups[p.Group] = p.Group, true
		if !scope.Valid(p.Scope) || ScopeOf(p.Name) != p.Scope || NameOf(p.Scope) != p.Name {
			t.Errorf("%s and %s are not one", p.Name, p.Scope)
		}
		if found, ok := Find(p.Name); !ok || found != p {
			t.Errorf("%s is not found: %+v", p.Name, found)
		}
	}
	if len(list) != 227 || len(groups) != 13 {
		t.Errorf("%d permissions in %d groups", len(list), len(groups))
	}
	list[0].Name = "changed"
	if Catalogue()[0].Name != "CREATE_APIKEYS" {
		t.Error("the catalogue can be changed from outside")
	}
	for _, name := range []string{
		"", "CREATE", "create_apikeys", "CREATE_ASSET", "CREATE_SALES_REPORTS", "apikeys:create",
	} {
		if _, ok := Find(name); ok {
			t.Errorf("there is a permission %q", name)
		}
	}
}

func TestWording(t *testing.T) {
	for name, want := range map[string]string{
		"CREATE_APIKEYS": "apikeys:create", "CREATE_CALENDAR_EVENTS": "calendar-events:create",
		"DELETE_BILLS_OF_MATERIALS": "bills-of-materials:delete",
		"READ_SALES_REPORTS":        "sales-reports:read", "UPDATE_TAX_RATES": "tax-rates:update",
	} {
		if got := ScopeOf(name); got != want {
			t.Errorf("%s is the scope %s", name, got)
		}
		if got := NameOf(want); got != name {
			t.Errorf("%s is the permission %s", want, got)
		}
	}
}

func TestCovered(t *testing.T) {
	everyRead := 0
	for _, p := range Catalogue() {
		if NameOf(p.Scope)[:4] == "READ" {
			everyRead++
		}
	}
	for _, c := range []struct {
		grant string
		want  []string
	}{
		{"", nil},
		{"orgs:read posts:*", nil}, // not of the catalogue
		{"leads:read apikeys:create", []string{"CREATE_APIKEYS", "READ_LEADS"}}, // in the catalogue's order
		{"keys:write", []string{"CREATE_APIKEYS", "UPDATE_APIKEYS"}},
		{"api-keys:*", []string{"CREATE_APIKEYS", "READ_APIKEYS", "UPDATE_APIKEYS", "DELETE_APIKEYS"}},
		{"keys:read", []string{"READ_APIKEYS"}},
		{"calendar-events:create", []string{"CREATE_CALENDAR_EVENTS"}},
		{"sales-reports:*", []string{"READ_SALES_REPORTS"}},
		{"workspaces:write", []string{"CREATE_WORKSPACES", "UPDATE_WORKSPACES"}},
	} {
		if got := names(Covered(scope.Fields(c.grant))); !slices.Equal(got, c.want) {
			t.Errorf("%q covers %q", c.grant, got)
		}
	}
	if got := Covered(scope.Fields("*")); !slices.Equal(got, Catalogue()) {
		t.Errorf("* covers %d permissions", len(got))
	}
	if got := Covered(scope.Fields("*:read")); len(got) != everyRead {
		t.Errorf("*:read covers %d permissions, not %d", len(got), everyRead)
	}
	// There and back: what a grant covers, made a grant, covers the same.
	for _, grant := range []string{"*", "*:write", "keys:* leads:read", "*:delete roles:update"} {
		first := Covered(scope.Fields(grant))
		if again := Covered(scope.Parse(Scopes(first))); !slices.Equal(first, again) {
			t.Errorf("%q covers %q, then %q", grant, names(first), names(again))
		}
	}
}

func TestByGroup(t *testing.T) {
	by := ByGroup(Covered(scope.Fields("leads:* reads:read apikeys:read")))
	if len(by) != 2 || !slices.Equal(names(by[App]), []string{"READ_APIKEYS"}) ||
		!slices.Equal(names(by[CRM]), []string{"CREATE_LEADS", "READ_LEADS", "UPDATE_LEADS", "DELETE_LEADS"}) {
		t.Errorf("%v", by)
	}
}

func TestForKeys(t *testing.T) {
	var never []string
	for _, p := range Catalogue() {
		if !p.ForKeys() {
			never = append(never, p.Name)
		}
	}
	if !slices.Equal(never,
		[]string{"CREATE_USERS", "UPDATE_USERS", "DELETE_USERS", "CREATE_ROLES", "UPDATE_ROLES", "DELETE_ROLES"}) {
		t.Errorf("keys are never given %q", never)
	}
}
