package control_test

import (
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/server/servertest"
)

func init() {
	valid["getPlatformHealth"] = func(testing.TB, *servertest.Instance, *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "getPlatformHealth"}
	}
	valid["getPlatformInfo"] = func(t testing.TB, i *servertest.Instance, _ *servertest.Tenant) servertest.Request {
		_, key := administrator(t, i)
		return servertest.Request{Operation: "getPlatformInfo", Bearer: key}
	}
	ofPlatform["getPlatformInfo"] = true
}

func TestPlatformHealth(t *testing.T) {
	suite.Alone(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		health := servertest.Request{Operation: "getPlatformHealth"}
		up := i.Want(t, 200, health).Object(t)
		if up["status"] != "ok" || len(up["dependencies"].([]any)) < 3 || up["version"] != "test" {
			t.Errorf("%v", up)
		}
		_ = i.Store.Close()
		time.Sleep(300 * time.Millisecond) // reports are reused for a quarter of a second
		down := i.Want(t, 503, health)
		states := map[string]any{}
		for _, d := range down.Object(t)["dependencies"].([]any) {
			states[d.(object)["name"].(string)] = d.(object)["state"]
		}
		if states["database"] != "down" || states["object_storage"] != "up" || strings.Contains(string(down.Body), "sql") {
			t.Errorf("%s", down.Body)
		}
	})
}

func TestPlatformInfo(t *testing.T) {
	suite.Each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		refused := i.Want(t, 403, servertest.Request{Operation: "getPlatformInfo", Bearer: tn.Key}) // it has every scope
		if got := code(t, refused); got != "ACCESS_DENIED" {
			t.Errorf("for a tenant: %s", got)
		}
		info := i.Want(t, 200, valid["getPlatformInfo"](t, i, tn)).Object(t)
		versions, build := info["apiVersions"].([]any), info["build"].(object)
		if len(versions) != 1 || versions[0] != "2024-01-01" || !strings.HasPrefix(build["goVersion"].(string), "go") {
			t.Errorf("%v", info)
		}
		engines := map[string]any{}
		for _, c := range info["capabilities"].([]any) {
			engines[c.(object)["name"].(string)] = c.(object)["engine"]
		}
		if engines["storage"] != "folder" {
			t.Errorf("%v", engines)
		}
	})
}
