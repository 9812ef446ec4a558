package platform_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/task/tasktest"
	"github.com/alania-go/alania/server/servertest"
)

func listConfig(target string) object {
	return object{
		"url": target, "entity": "items", "items_path": "/items", "auth": object{"type": "bearer", "token": "a-secret-token"},
		"pagination": object{"type": "cursor", "cursor_param": "cursor", "next_cursor_path": "/next"},
	}
}

func newBinding(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, target string) object {
	t.Helper()
	res := i.Want(t, 202, servertest.Request{
		Operation: "createBinding", Bearer: tn.Key, Path: map[string]string{"connector_id": "http_json"},
		JSON: object{
			"workspace_id": tn.Workspace.ID.Prefixed("wks"), "name": "b " + id.New().ULID(), "config": listConfig(target),
		},
	})
	body := res.Object(t)
	if res.Header.Get("Location") != "/v2/jobs/"+body["job"].(object)["id"].(string) {
		t.Errorf("Location %s", res.Header.Get("Location"))
	}
	return body["binding"].(object)
}

func getBinding(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, b string) object {
	t.Helper()
	return i.Want(t, 200,
		servertest.Request{Operation: "getBinding", Bearer: tn.Key, Path: map[string]string{"binding_id": b}}).Object(t)
}

// ready makes a binding and waits for its validation.
func ready(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, target string) string {
	t.Helper()
	b := newBinding(t, i, tn, target)["id"].(string)
	settled(t, i, tn, b)
	return b
}

func settled(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, b string) {
	t.Helper()
	tasktest.Until(t, "the binding is validated", func() bool {
		got := getBinding(t, i, tn, b)
		if got["state"] == "invalid" {
			t.Fatalf("%v", got)
		}
		return got["state"] == "ready"
	})
}

func startRun(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, b string) object {
	t.Helper()
	return i.Want(t, 202, servertest.Request{
		Operation: "startSyncRun", Bearer: tn.Key, Path: map[string]string{"binding_id": b}, JSON: object{},
	}).Object(t)
}

func getRun(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, run string) object {
	t.Helper()
	return i.Want(t, 200,
		servertest.Request{Operation: "getSyncRun", Bearer: tn.Key, Path: map[string]string{"run_id": run}}).Object(t)
}

func ended(t testing.TB, i *servertest.Instance, tn *servertest.Tenant, run string) object {
	t.Helper()
	var got object
	tasktest.Until(t, "the run ends", func() bool {
		got = getRun(t, i, tn, run)
		return got["finished_at"] != nil
	})
	return got
}

// active starts a run that does not end by itself.
func active(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
	t.Helper()
	return startRun(t, i, tn, ready(t, i, tn, i.Other+"/endless"))
}

// hanging returns a run that is active, the same one until it was cancelled.
func hanging(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
	t.Helper()
	run := once.get(tn, "hanging run", func() object { return active(t, i, tn) })
	if getRun(t, i, tn, run["id"].(string))["finished_at"] == nil {
		return run
	}
	once.drop(tn, "hanging run")
	return once.get(tn, "hanging run", func() object { return active(t, i, tn) })
}

// failing starts a run that fails, of a binding whose other system worked at first.
func failing(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
	t.Helper()
	var broken atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"items":[],"next":null}`))
	}))
	t.Cleanup(s.Close)
	b := ready(t, i, tn, s.URL)
	broken.Store(true)
	return ended(t, i, tn, startRun(t, i, tn, b)["id"].(string))
}

var integrationRequests = func() map[string]servertest.Valid {
	mine := func(name string) servertest.Valid {
		return func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{Operation: name, Bearer: tn.Key}
		}
	}
	shared := func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
		b := once.get(tn, "binding", func() object { return newBinding(t, i, tn, i.Other+"/items") })["id"].(string)
		settled(t, i, tn, b)
		return b
	}
	finished := func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) object {
		b := shared(t, i, tn)
		return once.get(tn, "run", func() object { return ended(t, i, tn, startRun(t, i, tn, b)["id"].(string)) })
	}
	on := func(name, param string, value func(testing.TB, *servertest.Instance, *servertest.Tenant) string,
		body any) servertest.Valid {
		return func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: name, Bearer: tn.Key, Path: map[string]string{param: value(t, i, tn)}, JSON: body,
			}
		}
	}
	run := func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
		return finished(t, i, tn)["id"].(string)
	}
	return map[string]servertest.Valid{
		"listConnectors": mine("listConnectors"), "listBindings": mine("listBindings"), "listSyncRuns": mine("listSyncRuns"),
		"createBinding": func(_ testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
			return servertest.Request{
				Operation: "createBinding", Bearer: tn.Key, Path: map[string]string{"connector_id": "http_json"},
				JSON: object{
					"workspace_id": tn.Workspace.ID.Prefixed("wks"), "name": "b " + id.New().ULID(),
					"config": listConfig(i.Other + "/items"), "schedule": "0 3 * * *",
				},
			}
		},
		"getBinding":      on("getBinding", "binding_id", shared, nil),
		"validateBinding": on("validateBinding", "binding_id", shared, nil),
		"updateBinding":   on("updateBinding", "binding_id", shared, object{"paused": false}),
		"deleteBinding": on("deleteBinding", "binding_id",
			func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
				return newBinding(t, i, tn, i.Other+"/items")["id"].(string)
			}, nil),
		"startSyncRun": on("startSyncRun", "binding_id",
			func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
				return ready(t, i, tn, i.Other+"/items")
			}, object{"full": true}),
		"getSyncRun": on("getSyncRun", "run_id", run, nil), "getSyncRunV1": on("getSyncRunV1", "run_id", run, nil),
		"cancelSyncRun": on("cancelSyncRun", "run_id",
			func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
				return hanging(t, i, tn)["id"].(string)
			}, nil),
		"getJob": on("getJob", "job_id", func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			return finished(t, i, tn)["job_id"].(string)
		}, nil),
		"cancelJob": on("cancelJob", "job_id", func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
			return hanging(t, i, tn)["job_id"].(string)
		}, nil),
		"listRecords": on("listRecords", "workspace_id",
			func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) string {
				return tn.Workspace.ID.Prefixed("wks")
			}, nil),
	}
}()

func TestSyncIntoRecords(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		b := ready(t, i, tn, i.Other+"/items")
		if got := getBinding(t, i, tn, b); strings.Contains(mustJSON(got), "a-secret-token") {
			t.Errorf("the secret is shown: %v", got)
		}
		run := ended(t, i, tn, startRun(t, i, tn, b)["id"].(string))
		totals := run["totals"].(object)
		if run["state"] != "succeeded" || totals["read"] != 3.0 || totals["created"] != 3.0 || totals["failed"] != 0.0 {
			t.Errorf("%v", run)
		}
		records := walk(t, i, servertest.Request{Operation: "listRecords", Bearer: tn.Key,
			Path:  map[string]string{"workspace_id": tn.Workspace.ID.Prefixed("wks")},
			Query: map[string][]string{"filter[entity]": {"items"}, "limit": {"2"}, "sort": {"created_at"}}}, nil)
		if len(records) != 3 || records[0]["data"] == nil {
			t.Fatalf("%v", records)
		}
		again := ended(t, i, tn,
			i.Want(t, 202, servertest.Request{
				Operation: "startSyncRun", Bearer: tn.Key, Path: map[string]string{"binding_id": b}, JSON: object{"full": true},
			}).Object(t)["id"].(string))
		if c := again["totals"].(object); c["created"] != 0.0 || c["updated"] != 0.0 || c["skipped"] != 3.0 {
			t.Errorf("the same again: %v", c)
		}
		v1 := i.Want(t, 200,
			servertest.Request{Operation: "getSyncRunV1", Bearer: tn.Key, Path: map[string]string{"run_id": run["id"].(string)}})
		if v1.Header.Get("Link") != `</v2/integrations/sync/runs/`+run["id"].(string)+`>; rel="successor-version"` ||
			!strings.HasPrefix(v1.Header.Get("Deprecation"), "@") || v1.Header.Get("Sunset") == "" {
			t.Errorf("%v", v1.Header)
		}
		path := map[string]string{"binding_id": b}
		i.Want(t, 204, servertest.Request{Operation: "deleteBinding", Bearer: tn.Key, Path: path})
		tasktest.Until(t, "the records go with their binding", func() bool {
			return len(walk(t, i,
				servertest.Request{
					Operation: "listRecords", Bearer: tn.Key, Path: map[string]string{"workspace_id": tn.Workspace.ID.Prefixed("wks")},
				}, nil)) == 0
		})
	})
}

func TestBindingsThatDoNotWork(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		create := func(status int, change func(r *servertest.Request, body, config object)) *servertest.Response {
			r := valid["createBinding"](t, i, tn)
			body := r.JSON.(object)
			change(&r, body, body["config"].(object))
			return i.Want(t, status, r)
		}
		res := create(422, func(_ *servertest.Request, body, config object) {
			delete(config, "entity")
			config["nope"] = 1
			config["pagination"] = object{"type": "cursor"}
			body["schedule"] = "61 * * * *"
		})
		pointers := map[string]bool{}
		for _, e := range res.Object(t)["errors"].([]any) {
			pointers[e.(object)["pointer"].(string)] = true
		}
		for _, want := range []string{"/config/entity", "/config/nope", "/schedule"} {
			if !pointers[want] {
				t.Errorf("no violation at %s: %s", want, res.Body)
			}
		}
		create(404, func(r *servertest.Request, _, _ object) { r.Path["connector_id"] = "fax" })
		create(404, func(_ *servertest.Request, body, _ object) { body["workspace_id"] = servertest.UnknownID("wks") })
		create(202, func(_ *servertest.Request, body, _ object) { body["name"] = "taken" })
		if got := create(409, func(_ *servertest.Request, body, _ object) {
			body["name"] = "taken"
		}).Object(t)["code"]; got != "binding_name_taken" {
			t.Errorf("code %v", got)
		}

		bad := newBinding(t, i, tn, i.Other+"/missing")
		path := map[string]string{"binding_id": bad["id"].(string)}
		var got object
		tasktest.Until(t, "it is found invalid", func() bool {
			got = getBinding(t, i, tn, bad["id"].(string))
			return got["state"] == "invalid"
		})
		if got["problem_code"] != "not_found" || got["problem_message"] == "" {
			t.Errorf("%v", got)
		}
		// The job ends a moment after what it does.
		tasktest.Until(t, "its job has failed", func() bool {
			j := i.Want(t, 200, servertest.Request{
				Operation: "getJob", Bearer: tn.Key, Path: map[string]string{"job_id": got["validation_job_id"].(string)},
			}).Object(t)
			return j["state"] == "failed" && j["problem_code"] == "not_found"
		})
		start := servertest.Request{Operation: "startSyncRun", Bearer: tn.Key, Path: path, JSON: object{}}
		if got := i.Want(t, 409, start).Object(t)["code"]; got != "binding_not_ready" {
			t.Errorf("code %v", got)
		}
		if got := i.Want(t, 409, servertest.Request{
			Operation: "updateBinding", Bearer: tn.Key, Path: path, JSON: object{"name": "taken"},
		}).Object(t)["code"]; got != "binding_name_taken" {
			t.Errorf("code %v", got)
		}
		// Mended, and without its secret: where that is sent has changed, so it is not kept.
		i.Want(t, 422, servertest.Request{Operation: "updateBinding", Bearer: tn.Key, Path: path,
			JSON: object{"config": object{
				"url": i.Other + "/items", "entity": "items", "items_path": "/items", "auth": object{"type": "bearer"},
			}}})
		i.Want(t, 200, servertest.Request{
			Operation: "updateBinding", Bearer: tn.Key, Path: path, JSON: object{"config": listConfig(i.Other + "/items")},
		})
		settled(t, i, tn, bad["id"].(string))
		// Changed otherwise, the secret stays.
		i.Want(t, 200, servertest.Request{Operation: "updateBinding", Bearer: tn.Key, Path: path,
			JSON: object{"config": object{
				"url": i.Other + "/items", "entity": "things", "items_path": "/items", "auth": object{"type": "bearer"},
			}}})
		settled(t, i, tn, bad["id"].(string))

		run := failing(t, i, tn)
		if run["state"] != "failed" || run["problem_code"] != "unauthorized" {
			t.Errorf("%v", run)
		}
	})
}

func TestRunsThatAreUnderWay(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		run := active(t, i, tn)
		path := map[string]string{"binding_id": run["binding_id"].(string)}
		tasktest.Until(t, "the first page is there", func() bool {
			return getRun(t, i, tn, run["id"].(string))["totals"].(object)["created"] == 1.0
		})
		for _, r := range []servertest.Request{
			{Operation: "startSyncRun", Bearer: tn.Key, Path: path, JSON: object{}},
			{Operation: "deleteBinding", Bearer: tn.Key, Path: path},
		} {
			if got := i.Want(t, 409, r).Object(t)["code"]; got != "sync_running" {
				t.Errorf("%s: code %v", r.Operation, got)
			}
		}
		cancel := servertest.Request{
			Operation: "cancelSyncRun", Bearer: tn.Key, Path: map[string]string{"run_id": run["id"].(string)},
		}
		if got := i.Want(t, 202, cancel).Object(t); got["state"] != "cancelled" {
			t.Errorf("%v", got)
		}
		if got := i.Want(t, 409, cancel).Object(t)["code"]; got != "run_finished" {
			t.Errorf("code %v", got)
		}
		job := servertest.Request{
			Operation: "cancelJob", Bearer: tn.Key, Path: map[string]string{"job_id": run["job_id"].(string)},
		}
		tasktest.Until(t, "its job ends", func() bool {
			return i.Want(t, 200,
				servertest.Request{Operation: "getJob", Bearer: tn.Key, Path: job.Path}).Object(t)["state"] == "cancelled"
		})
		if got := i.Want(t, 409, job).Object(t)["code"]; got != "job_finished" {
			t.Errorf("code %v", got)
		}
		// What is committed stays, and the next run goes on.
		i.Want(t, 202, servertest.Request{Operation: "startSyncRun", Bearer: tn.Key, Path: path})
	})
}

func TestSchedule(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		b := ready(t, i, tn, i.Other+"/items")
		path := map[string]string{"binding_id": b}
		got := i.Want(t, 200, servertest.Request{
			Operation: "updateBinding", Bearer: tn.Key, Path: path, JSON: object{"schedule": "* * * * *"},
		}).Object(t)
		next, err := time.Parse(time.RFC3339, got["next_run_at"].(string))
		if err != nil || time.Until(next) > time.Minute {
			t.Errorf("%v", got)
		}
		if got := i.Want(t, 200, servertest.Request{
			Operation: "updateBinding", Bearer: tn.Key, Path: path, JSON: object{"paused": true},
		}).Object(t); got["next_run_at"] != nil {
			t.Errorf("%v", got)
		}
		if got := i.Want(t, 200, servertest.Request{
			Operation: "updateBinding", Bearer: tn.Key, Path: path, JSON: object{"paused": false, "schedule": nil},
		}).Object(t); got["schedule"] != nil {
			t.Errorf("%v", got)
		}
	})
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
