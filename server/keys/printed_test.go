package keys_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/server/servertest"
)

// The permissions that the contract's own example has, one of each group.
const printedPermissions = `{    "appPermissions": [      "CREATE_APIKEYS"    ],    "assetManagementPermissions": [      "CREATE_ASSETS"    ],
    "calendarPermissions": [      "CREATE_CALENDAR_EVENTS"    ],    "communicationsPermissions": [      "CREATE_TEMPLATES"    ],
    "configuratorPermissions": [      "CREATE_CONCEPTS"    ],    "crmPermissions": [      "CREATE_LEADS"    ],
    "financePermissions": [      "CREATE_CLIENTS"    ],    "hrPermissions": [      "CREATE_EMPLOYEES"    ],
    "inventoryPermissions": [      "CREATE_INVENTORY"    ],    "productionPermissions": [      "CREATE_PRODUCTION"    ],
    "productsPermissions": [      "CREATE_PRODUCTS"    ],    "projectsPermissions": [      "CREATE_PROJECTS"    ],
    "reportingPermissions": [      "READ_SALES_REPORTS"    ]  }`

const (
	printedCreate = `{    "daysTillExpiration": 0,    "permissions": ` + printedPermissions + `  }`
	printedRename = `{    "property1": "string",    "property2": "string"  }`
)

// printed are the requests that the published page of this contract shows, as they stand there.
var printed = []string{
	"curl -X POST \"http://localhost:18080/api/v1/api-key\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '" +
		printedCreate + "'",
	`curl -X GET "http://localhost:18080/api/v1/api-key/all"`,
	`curl -X GET "http://localhost:18080/api/v1/api-key/all/string"`,
	`curl -X DELETE "http://localhost:18080/api/v1/api-key/all/string"`,
	`curl -X GET "http://localhost:18080/api/v1/api-key/valid-permissions"`,
	`curl -X DELETE "http://localhost:18080/api/v1/api-key/string"`,
	"curl -X PATCH \"http://localhost:18080/api/v1/api-key/string/name\" \\\n  -H \"Content-Type: application/json\" " +
		"\\\n  -d '" + printedRename + "'",
}

// The bodies that the page shows are taken as they stand there, and answered in its form.
func TestPrintedBodies(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		got := i.Want(t, 201, servertest.Request{
			Operation: "createUserApiKey", Bearer: tn.Key, Raw: []byte(printedCreate), Type: "application/json",
		}).Object(t)
		var want object
		if err := json.Unmarshal([]byte(printedPermissions), &want); err != nil {
			t.Fatal(err)
		}
		if g, w := fmt.Sprint(got["permissions"]), fmt.Sprint(any(want)); g != w {
			t.Errorf("asked for %s\ngiven %s", w, g)
		}
		hasMembers(t, got, "created", "createdBy", "expiration", "key", "name", "permissions", "tenantId", "truncatedKey")
		if got["expiration"] != nil {
			t.Errorf("0 days end %v", got["expiration"])
		}
		for keyID, item := range list(t, i, tn.Key, tn.Owner.UserID.Prefixed("usr")) {
			hasMembers(t, item, "created", "createdBy", "expiration", "id", "lastUsed", "name", "permissions", "tenantId",
				"truncatedKey")
			if item["truncatedKey"] != got["truncatedKey"] {
				continue
			}
			i.Want(t, 204, servertest.Request{
				Operation: "renameApiKey", Path: map[string]string{"id": keyID}, Bearer: tn.Key, Raw: []byte(printedRename),
				Type: "application/json",
			})
			if name := list(t, i, tn.Key, "")[keyID]["name"]; name != "string" {
				t.Errorf("renamed to %v", name)
			}
		}
	})
}

func hasMembers(t testing.TB, o object, names ...string) {
	t.Helper()
	var have []string
	for name := range o {
		have = append(have, name)
	}
	slices.Sort(have)
	if !slices.Equal(have, names) {
		t.Errorf("the members are %q", have)
	}
}

// The commands that the page shows reach a server on its default port. They carry no
// credentials, and are told so.
func TestPrintedCommands(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	cfg, _, err := config.Load("test", nil, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		run := func(command string) (status string, body object) {
			t.Helper()
			at := "http://localhost:" + port
			if strings.Count(command, at+"/") != 1 {
				t.Fatalf("not for the default port %s: %s", port, command)
			}
			shell := exec.Command("sh")
			shell.Stdin = strings.NewReader(strings.Replace(command, at, i.URL, 1) + ` -sS -w '\n%{http_code} %{content_type}'`)
			var out, errs bytes.Buffer
			shell.Stdout, shell.Stderr = &out, &errs
			if err := shell.Run(); err != nil {
				t.Fatalf("%s: %v\n%s", command, err, errs.String())
			}
			end := strings.LastIndex(out.String(), "\n")
			if text := strings.TrimSpace(out.String()[:end]); text != "" && text[0] == '{' {
				if err := json.Unmarshal([]byte(text), &body); err != nil {
					t.Fatalf("%v in %s", err, out.String())
				}
			}
			return out.String()[end+1:], body
		}
		for _, command := range printed {
			status, body := run(command)
			if status != "401 application/json" || body["title"] != "Authentication required" || body["detail"] == "" {
				t.Errorf("%s\n%s %v", command, status, body)
			}
			hasMembers(t, body, "detail", "time", "title")
			if at, err := time.Parse(time.RFC3339, body["time"].(string)); err != nil || time.Since(at) < 0 {
				t.Errorf("time %v", body["time"])
			}
		}
		// With credentials they do what the page says; string is the id of nothing.
		ids := regexp.MustCompile(`/string\b`)
		for n, want := range []string{
			"201 application/json", "200 application/json", "404 application/json", "404 application/json",
			"200 application/json", "404 application/json", "404 application/json",
		} {
			status, body := run(printed[n] + " -H 'Authorization: Bearer " + tn.Key + "'")
			if status != want || ids.MatchString(printed[n]) != (status[:3] == "404") {
				t.Errorf("%s\n%s %v", printed[n], status, body)
			}
		}
	})
}
