package keys_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/permission"
	"github.com/alania-go/alania/domain/scope"
	generated "github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/keys"
)

// members are the groups as the contract names them.
var members = map[string]permission.Group{
	"appPermissions": permission.App, "assetManagementPermissions": permission.AssetManagement,
	"calendarPermissions":       permission.Calendar,
	"communicationsPermissions": permission.Communications, "configuratorPermissions": permission.Configurator,
	"crmPermissions":     permission.CRM,
	"financePermissions": permission.Finance, "hrPermissions": permission.HR, "inventoryPermissions": permission.Inventory,
	"productionPermissions": permission.Production, "productsPermissions": permission.Products,
	"projectsPermissions":  permission.Projects,
	"reportingPermissions": permission.Reporting,
}

// TestCatalogueIsTheBundles holds the program's list of permissions to the contract's,
// group by group and in its order, in what is sent and in what is taken.
func TestCatalogueIsTheBundles(t *testing.T) {
	bundle, _ := openapi.JSON("keys")
	type schema struct {
		Enum       []string
		Properties map[string]struct {
			Description string
			Items       struct {
				Ref string `json:"$ref"`
			}
		}
	}
	var doc struct {
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(bundle, &doc); err != nil {
		t.Fatal(err)
	}
	by := permission.ByGroup(permission.Catalogue())
	if len(by) != len(members) {
		t.Errorf("%d groups", len(by))
	}
	for _, name := range []string{"Permissions", "PermissionsInput"} {
		properties := doc.Components.Schemas[name].Properties
		if len(properties) != len(members) {
			t.Errorf("%s has %d groups", name, len(properties))
		}
		for member, p := range properties {
			var have []string
			for _, v := range by[members[member]] {
				have = append(have, v.Name)
			}
			want := doc.Components.Schemas[strings.TrimPrefix(p.Items.Ref, "#/components/schemas/")].Enum
			if len(want) == 0 || !slices.Equal(have, want) {
				t.Errorf("%s.%s\nthe program has %q\nthe contract   %q", name, member, have, want)
			}
			if want := "Permissions of the group " + string(members[member]) + "."; p.Description != want {
				t.Errorf("%s.%s: %s", name, member, p.Description)
			}
		}
	}
}

// Every permission comes back from the contract's words in its own group, with its scope.
func TestEveryPermissionConverts(t *testing.T) {
	all := permission.Catalogue()
	shown := keys.FromPermissions(all)
	b, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var in generated.PermissionsInput
	if err := json.Unmarshal(b, &in); err != nil {
		t.Fatal(err)
	}
	if got, err := keys.ToPermissions(in); err != nil || !slices.Equal(got, all) {
		t.Errorf("%d of %d come back, %v", len(got), len(all), err)
	}
	var asShown map[string][]string
	if err := json.Unmarshal(b, &asShown); err != nil {
		t.Fatal(err)
	}
	for member, names := range asShown {
		for _, name := range names {
			if p, _ := permission.Find(name); p.Group != members[member] {
				t.Errorf("%s is shown in %s", name, member)
			}
		}
	}
	in = generated.PermissionsInput{CrmPermissions: []generated.CrmPermission{"CREATE_NOTHING"}}
	if got, err := keys.ToPermissions(in); err == nil {
		t.Errorf("what is no permission becomes %v", got)
	}
}

// TestMapping is the table of docs/permissions.md: what grants show as.
func TestMapping(t *testing.T) {
	for grant, want := range map[string]string{
		"":               `{}`,
		"orgs:read":      `{}`,
		"apikeys:create": `{"appPermissions":["CREATE_APIKEYS"]}`,
		"keys:write":     `{"appPermissions":["CREATE_APIKEYS","UPDATE_APIKEYS"]}`,
		"api-keys:*":     `{"appPermissions":["CREATE_APIKEYS","READ_APIKEYS","UPDATE_APIKEYS","DELETE_APIKEYS"]}`,
		"workspaces:read " +
			"tasks:*": `{"appPermissions":["READ_WORKSPACES"],"projectsPermissions":["CREATE_TASKS","READ_TASKS",` +
			`"UPDATE_TASKS","DELETE_TASKS"]}`,
		"calendar-events:create":    `{"calendarPermissions":["CREATE_CALENDAR_EVENTS"]}`,
		"sales-reports:read":        `{"reportingPermissions":["READ_SALES_REPORTS"]}`,
		"leads:create leads:update": `{"crmPermissions":["CREATE_LEADS","UPDATE_LEADS"]}`,
	} {
		var some map[string][]string
		if err := json.Unmarshal([]byte(want), &some); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(keys.FromPermissions(permission.Covered(scope.Fields(grant))))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string][]string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(members) {
			t.Errorf("%q: %d groups", grant, len(got))
		}
		for member, names := range got {
			if names == nil {
				t.Errorf("%q: %s is null", grant, member)
			}
			if len(names) == 0 {
				delete(got, member)
			}
		}
		if !reflect.DeepEqual(got, some) {
			t.Errorf("%q shows as %v", grant, got)
		}
	}
}

func TestNewNames(t *testing.T) {
	for _, c := range []struct {
		body generated.APIKeyRename
		want string
	}{
		{generated.APIKeyRename{"property1": "a", "property2": "b"}, "a"},
		{generated.APIKeyRename{"zeta": "a", "name": "b", "alpha": "c"}, "b"},
		{generated.APIKeyRename{"name": "", "alpha": "c"}, ""},
		{generated.APIKeyRename{"b": "1", "B": "2"}, "2"},
		{generated.APIKeyRename{}, ""},
	} {
		if got := keys.ToName(c.body); got != c.want {
			t.Errorf("%v names it %q", c.body, got)
		}
	}
}
