package server

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/core"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// The tables of the handlers and of the store know the keys that the bundles document, as
// every start checks. A bundle that says another key is refused.
func TestListsKnowWhatTheBundlesSay(t *testing.T) {
	planted := 0
	served := modules(contract.Services{})
	for _, name := range openapi.Contracts() {
		i := slices.IndexFunc(served, func(m contract.Module) bool { return m.Name == name })
		if i < 0 {
			t.Errorf("the lists of %s are not compared", name)
			continue
		}
		m := served[i]
		bundle, _ := openapi.JSON(name)
		check := func(bundle []byte) error {
			m.Bundle = bundle
			c, err := contract.Load(m)
			if err != nil {
				t.Fatal(err)
			}
			return c.CheckLists(m.Handlers.Lists(), store.Lists())
		}
		if err := check(bundle); err != nil {
			t.Error(err)
		}
		if strings.Contains(string(bundle), `"x-list"`) {
			planted++
			keys := `"sort": [`
			if !strings.Contains(string(bundle), keys) { // its lists have one order
				keys = `"filter": [`
			}
			other := strings.ReplaceAll(string(bundle), keys, keys+`"shoe_size",`)
			if err := check([]byte(other)); err == nil || !strings.Contains(err.Error(), "shoe_size") {
				t.Errorf("%s: a list that nobody can sort is taken: %v", name, err)
			}
		}
	}
	if planted < 2 {
		t.Errorf("only %d contracts have lists", planted)
	}
}

// listTables are the tables of the lists, with what differs between their rows. What is not said differs in
// every row, so that a filter keeps few of them. A list without a row shows the table of another.
var listTables = map[string]struct {
	table string
	row   storetest.Row
}{
	"workspaces": {"workspaces", storetest.Row{
		"org_id": scoped, "status": "CASE WHEN i % 20 = 0 THEN 'suspended' ELSE 'active' END",
	}},
	"workspaces by state": {"workspaces", nil},
	"keys": {"api_keys", storetest.Row{
		"org_id": scoped, "revoked_at": "CASE WHEN i % 2 = 0 THEN {at i} END",
		"expires_at": "CASE WHEN i % 3 = 0 THEN {at i} END",
	}},
	"members":       {"members", storetest.Row{"org_id": scoped}},
	"audit entries": {"audit_entries", storetest.Row{"org_id": scoped, "actor_id": "{id i}"}},
	"bindings":      {"bindings", storetest.Row{"org_id": scoped}},
	"sync runs":     {"sync_runs", storetest.Row{"org_id": scoped}},
	"records":       {"records", storetest.Row{"workspace_id": scoped}},
	"webhook deliveries": {"webhook_deliveries", storetest.Row{
		"org_id": scoped, "endpoint_id": "{id i % 20}", "last_status": "i", "attempts": "i % 2",
		"state": "CASE i % 4 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' WHEN 2 THEN 'succeeded' ELSE 'cancelled' END",
	}},
	"seo issues":    {"seo_issues", storetest.Row{"workspace_id": scoped}},
	"pixel domains": {"pixel_domains", storetest.Row{"workspace_id": scoped}},
	"pixel events":  {"pixel_events", storetest.Row{"workspace_id": scoped}},
	"mcp calls":     {"mcp_calls", storetest.Row{"workspace_id": scoped}},
	"tenants":       {"orgs", storetest.Row{"status": "'x' || i"}},
	"service accounts": {"oauth_clients", storetest.Row{
		"workspace_id": scoped, "kind": "CASE WHEN i % 2 = 0 THEN 'service_account' ELSE 'application' END",
	}},
	"applications":  {"oauth_clients", nil},
	"realm_clients": {"realm_clients", storetest.Row{"realm_id": scoped}},
	"realm_users":   {"realm_users", storetest.Row{"realm_id": scoped, "email": "'x' || i"}},
}

// scoped is the id of the org or of the workspace whose rows are listed.
const scoped = "{id 1}"

var scopeOfLists, _ = id.ParseUUID("00000000-0000-7000-8000-000000000001")

// Every filter and every order that a bundle documents is read by an index, in the plans of both databases: a
// list is not to take longer for everybody because one org has much.
func TestDocumentedKeysHaveIndexes(t *testing.T) {
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) { documentedKeysHaveIndexes(t, engine) })
	}
}

func documentedKeysHaveIndexes(t *testing.T, engine store.Engine) {
	url := storetest.URL(t, engine)
	s := storetest.OpenURL(t, url)
	for _, l := range listTables {
		if l.row != nil {
			storetest.Fill(t, url, l.table, 1, 2001, l.row)
		}
	}
	storetest.Fill(t, url, "users", 1, 2001, nil)
	always := map[string][]page.Filter{
		core.Name + " listWebhookDeliveries": {{Field: "endpoint_id", Op: page.Eq, Value: id.New()}},
	}
	// What a plan bounds to few rows in one scope needs no index of its own.
	few := map[string]string{
		"orgs": "one org", "webhook endpoints": "at most MaxEndpoints in an org", "members sort name": "of two tables",
		"members filter email":   "of two tables; a plan has at most 50,000",
		"seo issues sort url":    "an index has 200 letters of it, and the rest is sorted",
		"workspaces filter slug": "one row",

		"realm_users filter email": "one row in a realm", "realm_users filter username": "one row in a realm",

		"webhook deliveries filter search": "of the types that exist, as store/storetest sees",
	}
	values := map[string][]any{"webhook deliveries status_code": {500}}
	for _, status := range []string{"active", "expired", "revoked"} {
		values["keys status"] = append(values["keys status"], status)
	}
	for _, status := range []string{"pending", "retrying", "success", "failed"} {
		values["webhook deliveries status"] = append(values["webhook deliveries status"], status)
	}
	for _, status := range []string{"active", "suspended", "deactivated"} {
		values["tenants status"] = append(values["tenants status"], status)
	}
	for _, status := range []string{"invited", "active", "disabled"} {
		values["realm_users status"] = append(values["realm_users status"], status)
	}
	for _, state := range []string{"provisioning", "active", "suspended"} {
		values["workspaces by state status"] = append(values["workspaces by state status"], state)
	}
	checked := 0
	for _, m := range modules(contract.Services{}) {
		name, api := m.Name, m.Handlers
		m.Bundle, _ = openapi.JSON(name)
		c, err := contract.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		for operation, table := range api.Lists() {
			if table.Rows == "" || few[table.Rows] != "" {
				continue
			}
			if listTables[table.Rows].table == "" {
				t.Fatalf("listTables lack the table of the list %q", table.Rows)
			}
			plan := func(sort string, filters ...page.Filter) string {
				t.Helper()
				filters = append(slices.Clone(always[name+" "+operation]), filters...)
				p, err := s.ListPlan(t.Context(), table.Rows,
					page.Query{Limit: 20, Sort: page.Sort{Field: sort, Desc: true}, Filters: filters}, scopeOfLists)
				if err != nil {
					t.Fatalf("%s: %v", operation, err)
				}
				checked++
				return p
			}
			said := *c.Operations[operation].List
			if len(said.Sort) == 0 { // the one order of a list that cannot be sorted
				said.Sort = []string{"created_at"}
			}
			for _, sort := range said.Sort {
				if few[table.Rows+" sort "+sort] != "" {
					continue
				}
				p := plan(sort)
				if table.Rows == "tenants" { // of all organizations: an index is read in its order, and nothing left out
					p = strings.Replace(p, "SCAN orgs USING INDEX orgs_by_time", "", 1)
				}
				if scans(p) || sorts(p) {
					t.Errorf("%s %s sorts by %s without an index: %s", name, operation, sort, p)
				}
			}
			for _, filter := range said.Filter {
				if few[table.Rows+" filter "+filter] != "" {
					continue
				}
				if filter == "search" {
					p := plan(said.Sort[0], page.Filter{Field: filter, Op: page.Has, Value: "letters"})
					if engine == store.SQLite && !bySeq.MatchString(p) {
						t.Errorf("%s %s searches without an index: %s", name, operation, p)
					}
					continue // PostgreSQL's are looked at in storetest: what contains a text depends on the rows
				}
				op, with := page.Eq, values[table.Rows+" "+filter]
				switch {
				case with != nil:
				case strings.HasSuffix(filter, "_at"):
					op, with = page.Since, []any{time.Now()}
				case strings.HasSuffix(filter, "_id") && filter != "connector_id" && filter != "external_id":
					with = []any{id.New()}
				default:
					with = []any{"x"}
				}
				for _, v := range with {
					for _, sort := range said.Sort {
						if few[table.Rows+" sort "+sort] != "" {
							continue
						}
						f := page.Filter{Field: filter, Op: op, Value: v}
						p := plan(sort, f)
						if op == page.Since && !strings.HasPrefix(filter, sort) {
							continue // a span of time in another order: the order has an index
						}
						if table.Rows+" "+filter == "keys status" { // the time tells what has expired, which no index knows
							if scans(p) {
								t.Errorf("%s %s filters by %s %v without an index: %s", name, operation, filter, v, p)
							}
							continue
						}
						if p == plan(sort) || scans(p) || sorts(p) || discards(p) {
							t.Errorf("%s %s filters by %s %v, in the order of %s, without an index: %s", name, operation, filter, v, sort, p)
						}
					}
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d plans were looked at", checked)
	}
}

// scans reports whether a plan reads a table from its beginning.
func scans(plan string) bool {
	return strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan")
}

// sorts reports whether a plan sorts what it has read.
func sorts(plan string) bool {
	return strings.Contains(plan, "USE TEMP B-TREE") || strings.Contains(plan, "Sort Key")
}

// discards reports whether a plan of PostgreSQL reads rows that the index does not tell from others. Few are deleted,
// and what belongs to one endpoint or binding belongs to one org.
func discards(plan string) bool {
	return strings.Contains(harmless.ReplaceAllString(plan, ""), "Filter: ")
}

// bySeq is how SQLite reads the rows that its index of a search finds.
var bySeq = regexp.MustCompile(`SEARCH \w+ USING INTEGER PRIMARY KEY.*_grams VIRTUAL TABLE INDEX`)

var harmless = regexp.MustCompile(`Filter: (\(deleted_at IS NULL\)|\(org_id = '[^']*'::uuid\))`)
