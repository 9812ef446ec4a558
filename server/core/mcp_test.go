package core_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/servertest"
)

func newServer(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	slug := "s" + strings.ToLower(id.New().ULID())
	i.Want(t, 201, servertest.Request{
		Operation: "createMcpServer", Bearer: tn.Key,
		JSON: object{"id": slug, "name": "Other", "transport": "streamable_http", "url": i.Other + "/mcp"},
	})
	return slug
}

func call(tn *servertest.Tenant, tool string, arguments object) servertest.Request {
	return servertest.Request{
		Operation: "callMcpTool", Bearer: tn.Key, JSON: object{"server": "filesystem", "tool": tool, "arguments": arguments},
	}
}

var mcpRequests = map[string]servertest.Valid{
	"listMcpServers": plain("listMcpServers"), "listMcpCalls": plain("listMcpCalls"),
	"createMcpServer": with(plain("createMcpServer"), func(i *servertest.Instance) object {
		return object{
			"id": "s" + strings.ToLower(id.New().ULID()), "name": "Other", "transport": "streamable_http",
			"url": i.Other + "/mcp",
		}
	}),
	"getMcpServer": on("getMcpServer", "id", newServer), "deleteMcpServer": on("deleteMcpServer", "id", newServer),
	"listMcpServerTools": on("listMcpServerTools", "id", newServer),
	"callMcpTool": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return call(tn, "list_directory", object{"path": "/"})
	},
	"getMcpResource": on("getMcpResource", "uri",
		func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			name := strings.ToLower(id.New().ULID()) + ".txt"
			i.Want(t, 200, call(tn, "write_file", object{"path": name, "content": "made"}))
			return "file:///" + name
		}),
}

func TestMCPAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, other *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		servers := i.Want(t, 200, servertest.Request{Operation: "listMcpServers", Bearer: tn.Key}).Object(t)["data"].([]any)
		if len(servers) != 1 {
			t.Fatalf("%v", servers)
		}
		if s := servers[0].(object); s["id"] != "filesystem" || s["name"] != "Filesystem Server" ||
			s["description"] != "File and directory operations" || len(s["tools"].([]any)) != 4 || s["reachable"] != true {
			t.Errorf("%v", s)
		}
		tools := i.Want(t, 200, servertest.Request{
			Operation: "listMcpServerTools", Bearer: tn.Key, Path: map[string]string{"id": "filesystem"},
		}).Object(t)["data"].([]any)
		found := false
		for _, tool := range tools {
			if tool := tool.(object); tool["name"] == "read_file" {
				p := tool["parameters"].(object)["path"].(object)
				found = tool["description"] == "Read contents of a file" && p["type"] == "string" &&
					p["description"] == "File path to read" && p["required"] == true
			}
		}
		if !found {
			t.Errorf("%v", tools)
		}
		i.Want(t, 200, call(tn, "write_file", object{"path": "/path/to/file.txt", "content": "File contents here..."}))
		result := i.Want(t, 200, call(tn, "read_file", object{"path": "/path/to/file.txt"})).Object(t)["result"].(object)
		if result["content"] != "File contents here..." || result["size"] != 21.0 {
			t.Errorf("%v", result)
		}
		// By its URI, sent as it is and encoded as a whole.
		for _, uri := range []string{"file:///path/to/file.txt", "file%3A%2F%2F%2Fpath%2Fto%2Ffile.txt"} {
			got := servertest.Get(t, i.URL+"/api/v1/mcp/resources/"+uri, tn.Key)
			contents, _ := got.Object(t)["contents"].([]any)
			if got.Status != 200 || len(contents) != 1 || contents[0].(object)["text"] != "File contents here..." ||
				contents[0].(object)["uri"] != "file:///path/to/file.txt" {
				t.Errorf("%s: %d %s", uri, got.Status, got.Body)
			}
		}
		// Nobody leaves their root, and no one sees another's.
		for _, path := range []string{"../../../etc/passwd", "/../secret", "path/../../x"} {
			res := i.Want(t, 200, call(tn, "read_file", object{"path": path})).Object(t)
			if res["is_error"] != true {
				t.Errorf("%s: %v", path, res)
			}
		}
		if res := i.Want(t, 200,
			call(other, "read_file", object{"path": "/path/to/file.txt"})).Object(t); res["is_error"] != true {
			t.Errorf("another tenant reads %v", res)
		}
		i.Want(t, 404, servertest.Request{
			Operation: "getMcpResource", Bearer: other.Key, Path: map[string]string{"uri": "file:///path/to/file.txt"},
		})
		// Arguments are checked before the call.
		res := i.Want(t, 422, call(tn, "read_file", object{"path": 5, "secret-value": true}))
		if wrong := errorsOf(t, res, "validation_failed"); len(wrong) == 0 || strings.Contains(string(res.Body), "driver") {
			t.Errorf("%s", res.Body)
		}
		i.Want(t, 422, call(tn, "read_file", object{}))
		i.Want(t, 404, call(tn, "no_such_tool", object{}))
		i.Want(t, 404, servertest.Request{
			Operation: "callMcpTool", Bearer: tn.Key, JSON: object{"server": "nobody", "tool": "x", "arguments": object{}},
		})
		i.Want(t, 403, servertest.Request{
			Operation: "callMcpTool", Bearer: tn.KeyWith(t, "", "mcp:read"),
			JSON: object{"server": "filesystem", "tool": "read_file", "arguments": object{"path": "x"}},
		})
		// A server that is not there, and one that is never answered.
		path := func(target string) map[string]string {
			slug := "s" + strings.ToLower(id.New().ULID())
			i.Want(t, 201, servertest.Request{
				Operation: "createMcpServer", Bearer: tn.Key, JSON: object{
					"id": slug, "name": "Dead", "transport": "streamable_http", "url": target,
					"headers": object{"Authorization": "Bearer hush"},
				},
			})
			return map[string]string{"id": slug}
		}
		dead := path("http://127.0.0.1:1/hush-path?token=hush-query")
		res = i.Want(t, 502, servertest.Request{Operation: "listMcpServerTools", Bearer: tn.Key, Path: dead})
		if got := res.Object(t); got["error"] != "mcp_unreachable" || strings.Contains(string(res.Body), "refused") {
			t.Errorf("%s", res.Body)
		}
		if log := i.Log.String(); strings.Contains(log, "hush-") || !strings.Contains(log, "http://127.0.0.1:1") {
			t.Error("the log does not tell the origin of the server alone")
		}
		if got := data(i.Want(t, 200, servertest.Request{Operation: "getMcpServer", Bearer: tn.Key, Path: dead}),
			t); got["reachable"] != false || got["headers"] != nil {
			t.Errorf("%v", got)
		}
		i.Want(t, 422, servertest.Request{
			Operation: "createMcpServer", Bearer: tn.Key,
			JSON: object{"id": "shell", "name": "Shell", "transport": "stdio", "command": "sh"},
		})
		i.Want(t, 422, servertest.Request{
			Operation: "createMcpServer", Bearer: tn.Key,
			JSON: object{"id": "inside", "name": "Inside", "transport": "streamable_http", "url": "https://10.0.0.1/mcp"},
		})
		i.Want(t, 403,
			servertest.Request{Operation: "deleteMcpServer", Bearer: tn.Key, Path: map[string]string{"id": "filesystem"}})
		log := i.Want(t, 200, servertest.Request{
			Operation: "listMcpCalls", Bearer: tn.Key, Query: url.Values{"sort": {"created_at"}},
		}).Object(t)["data"].([]any)
		if len(log) < 2 || log[0].(object)["tool"] != "write_file" || log[0].(object)["status"] != "success" {
			t.Errorf("%v", log)
		}
	})
}
