package core_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// site makes a domain of its own for the tenant's pixel.
func site(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) string {
	t.Helper()
	domain := strings.ToLower(id.New().ULID()) + ".example.com"
	i.Want(t, 200, servertest.Request{
		Operation: "putPixelDomain", Bearer: tn.Key, Path: map[string]string{"domain": domain}, JSON: object{},
	})
	return domain
}

var report = object{
	"url":    "https://example.com/page",
	"scores": object{"performance": 85, "accessibility": 92, "best_practices": 88, "seo": 95},
	"issues": []object{{"type": "missing_alt", "severity": "warning", "element": "img.hero-image"}},
}

var usageRequests = map[string]servertest.Valid{
	"checkEntitlement": func(_ testing.TB, _ *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "checkEntitlement", Bearer: tn.Key, Query: url.Values{"feature": {"posts"}}}
	},
	"recordUsage": with(plain("recordUsage"), func(*servertest.Instance) object {
		return object{"feature": "api_calls", "quantity": 1, "metadata": object{"endpoint": "/api/v1/posts"}}
	}),
	"getUsageSummary": plain("getUsageSummary"),
	"submitSeoReport": with(plain("submitSeoReport"), func(*servertest.Instance) object { return report }),
	"listSeoIssues":   on("listSeoIssues", "workspace_id", newWorkspace),
	"getPixelConfig": func(testing.TB, *servertest.Instance, *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "getPixelConfig", Header: map[string]string{"Origin": "https://example.com"}}
	},
	"trackPixelEvent": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		return servertest.Request{Operation: "trackPixelEvent", JSON: object{
			"event": "pageview", "url": "https://" + site(t, i, tn) + "/page", "referrer": "https://google.com",
			"user_agent": "Mozilla/5.0...",
			"properties": object{"title": "Page Title"},
		}}
	},
	"listPixelDomains": plain("listPixelDomains"), "listPixelEvents": plain("listPixelEvents"),
	"putPixelDomain": with(on("putPixelDomain", "domain", site), func(*servertest.Instance) object {
		return object{"enabled": true, "sample_rate": 1}
	}),
	"deletePixelDomain": on("deletePixelDomain", "domain", site),
	"verifyPixelDomain": func(t testing.TB, i *servertest.Instance, tn *servertest.Tenant) servertest.Request {
		domain := site(t, i, tn)
		proof := pixel.ProofOf(tn.Workspace.ID, domain)
		i.Sites.Record(proof.Record, proof.Value)
		return servertest.Request{Operation: "verifyPixelDomain", Bearer: tn.Key, Path: map[string]string{"domain": domain}}
	},
}

func check(t testing.TB, i *servertest.Instance, bearer string, query url.Values) object {
	t.Helper()
	return i.Want(t, 200, servertest.Request{Operation: "checkEntitlement", Bearer: bearer, Query: query}).Object(t)
}

func TestEntitlementsAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "pro")
		record := func(status int, body object) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{Operation: "recordUsage", Bearer: tn.Key, JSON: body})
		}
		got := record(200, object{"feature": "posts", "quantity": 45}).Object(t)
		if got["recorded"] != true || got["feature"] != "posts" || got["current_usage"] != 45.0 || got["limit"] != 1000.0 {
			t.Errorf("%v", got)
		}
		if got := check(t, i, tn.Key, url.Values{"feature": {"posts"}}); got["allowed"] != true ||
			got["current_usage"] != 45.0 || got["available"] != 955.0 {
			t.Errorf("%v", got)
		}
		record(200, object{"feature": "storage", "quantity": 1073741824})
		summary := data(i.Want(t, 200, servertest.Request{Operation: "getUsageSummary", Bearer: tn.Key}), t)
		of := func(feature string) object { return summary["entitlements"].(object)[feature].(object) }
		if p := of("posts"); summary["tier"] != "pro" || p["used"] != 45.0 || p["limit"] != 1000.0 ||
			p["available"] != 955.0 || p["percentage"] != 4.5 {
			t.Errorf("%v", p)
		}
		if s := of("storage"); s["used"] != 1073741824.0 || s["limit"] != 5368709120.0 || s["available"] != 4294967296.0 ||
			s["percentage"] != 20.0 || s["unit"] != "bytes" {
			t.Errorf("%v", s)
		}
		if c := of("api_calls"); c["limit"] != 10000.0 || c["reset_at"] == nil || c["sunset"] != "2027-03-31" {
			t.Errorf("%v", c)
		}
		if c := of("sso"); c["type"] != "boolean" || c["enabled"] != false || c["sunset"] != "2027-03-31" {
			t.Errorf("%v", c)
		}
		if c := of("mcp_calls"); c["sunset"] != nil {
			t.Errorf("%v", c)
		}
		// What the platform itself does is counted too.
		before := of("webhooks")["used"].(float64)
		newWebhook(t, i, tn)
		summary = data(i.Want(t, 200, servertest.Request{Operation: "getUsageSummary", Bearer: tn.Key}), t)
		if got := of("webhooks")["used"]; got != before+1 {
			t.Errorf("webhooks: %v behind %v", got, before)
		}
		record(200, object{"feature": "posts", "quantity": 955})
		got = check(t, i, tn.Key, url.Values{"feature": {"posts"}})
		if got["allowed"] != false || got["reason"] != "LIMIT_EXCEEDED" || got["current_usage"] != 1000.0 ||
			got["available"] != 0.0 || got["upgrade_url"] == nil || got["message"] == nil {
			t.Errorf("%v", got)
		}
		res := record(403, object{"feature": "posts"})
		if got := res.Object(t); got["error"] != "feature_limit_reached" || got["message"] == "" ||
			got["feature"] != "posts" || got["upgrade_url"] == nil {
			t.Errorf("%s", res.Body)
		}
		record(422, object{"feature": "no_such_feature"})
		record(422, object{"feature": "posts", "quantity": 0})
		if got := check(t, i, tn.Key, url.Values{"feature": {"no_such_feature"}}); got["allowed"] != false ||
			got["reason"] != "UNKNOWN_FEATURE" {
			t.Errorf("%v", got)
		}
		// A workspace of another tier has other limits, and usage of its own.
		second := newWorkspace(t, i, tn) // free
		got = i.Want(t, 200, servertest.Request{
			Operation: "checkEntitlement", Bearer: tn.Key, Query: url.Values{"feature": {"posts"}},
			Header: map[string]string{"X-Workspace-ID": second},
		}).Object(t)
		if got["current_usage"] != 0.0 || got["limit"] == 1000.0 {
			t.Errorf("%v", got)
		}
	})
}

// 200 parallel records at 50 under the limit admit exactly 50.
// Of calls of a tool at the same time as many are made as the plan has left.
func TestCallsOfToolsAreAdmittedExactly(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "free")
		key := tn.KeyWith(t, "", "*")
		const limit, left, n = 100, 3, 10
		i.Want(t, 200, servertest.Request{
			Operation: "recordUsage", Bearer: tn.Key, JSON: object{"feature": "mcp_calls", "quantity": limit - left},
		})
		call := servertest.Request{Operation: "callMcpTool", Bearer: key, JSON: object{
			"server": "filesystem", "tool": "list_directory", "arguments": object{"path": "/"},
		}}
		statuses := make([]int, n)
		var wg sync.WaitGroup
		for k := range n {
			wg.Go(func() { statuses[k] = i.Do(t, call).Status })
		}
		wg.Wait()
		made := 0
		for _, s := range statuses {
			switch s {
			case 200:
				made++
			case 403:
			default:
				t.Errorf("status %d", s)
			}
		}
		if made != left {
			t.Errorf("%d calls were made, of %d that the plan had left", made, left)
		}
		if got := i.Want(t, 403, call).Object(t); got["error"] != "feature_limit_reached" || got["feature"] != "mcp_calls" {
			t.Errorf("%v", got)
		}
	})
}

func TestUsageIsAdmittedExactly(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "pro")
		i.Want(t, 200,
			servertest.Request{Operation: "recordUsage", Bearer: tn.Key, JSON: object{"feature": "posts", "quantity": 950}})
		var admitted, refused atomic.Int64
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				switch res := i.Do(t,
					servertest.Request{Operation: "recordUsage", Bearer: tn.Key, JSON: object{"feature": "posts"}}); res.Status {
				case 200:
					admitted.Add(1)
				case 403:
					refused.Add(1)
				default:
					t.Errorf("%d %s", res.Status, res.Body)
				}
			})
		}
		wg.Wait()
		if admitted.Load() != 50 || refused.Load() != 150 {
			t.Errorf("%d are admitted, %d refused", admitted.Load(), refused.Load())
		}
		if got := check(t, i, tn.Key, url.Values{"feature": {"posts"}}); got["current_usage"] != 1000.0 {
			t.Errorf("%v", got)
		}
	})
}

func TestSeoAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, other *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		w := newWorkspace(t, i, tn)
		in := map[string]string{"X-Workspace-ID": w}
		res := i.Want(t, 201, servertest.Request{Operation: "submitSeoReport", Bearer: tn.Key, Header: in, JSON: report})
		if got := data(res, t); got["url"] != "https://example.com/page" || got["issues_count"] != 1.0 ||
			got["scores"].(object)["accessibility"] != 92.0 {
			t.Errorf("%s", res.Body)
		}
		list := func(bearer string, status int, query url.Values) *servertest.Response {
			t.Helper()
			return i.Want(t, status, servertest.Request{
				Operation: "listSeoIssues", Bearer: bearer, Path: map[string]string{"workspace_id": w}, Query: query,
			})
		}
		issues := list(tn.Key, 200,
			url.Values{"severity": {"warning"}, "issue_type": {"missing_alt"}}).Object(t)["data"].([]any)
		if len(issues) != 1 {
			t.Fatalf("%v", issues)
		}
		if got := issues[0].(object); got["url"] != "https://example.com/page" || got["issue_type"] != "missing_alt" ||
			got["severity"] != "warning" || got["details"] == nil {
			t.Errorf("%v", got)
		}
		if n := len(list(tn.Key, 200, url.Values{"severity": {"error"}}).Object(t)["data"].([]any)); n != 0 {
			t.Errorf("%d issues are errors", n)
		}
		// The scope is not enough: the workspace must be one's own.
		list(other.Key, 404, nil)
		i.Want(t, 404, servertest.Request{Operation: "submitSeoReport", Bearer: other.Key, Header: in, JSON: report})
		i.Want(t, 403,
			servertest.Request{Operation: "submitSeoReport", Bearer: tn.KeyWith(t, "", "seo:read"), Header: in, JSON: report})
		for _, bad := range []object{
			{"url": "page"}, {"url": "https://example.com", "scores": object{"seo": 101}},
			{"url": "https://example.com", "issues": []object{{"type": "x", "severity": "bad"}}},
		} {
			i.Want(t, 422, servertest.Request{Operation: "submitSeoReport", Bearer: tn.Key, JSON: bad})
		}
	})
}

func TestPixelAsPublished(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, other *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		domain := site(t, i, tn)
		config := func(header map[string]string, query url.Values) object {
			t.Helper()
			return i.Want(t, 200, servertest.Request{Operation: "getPixelConfig", Header: header, Query: query}).Object(t)
		}
		for name, got := range map[string]object{
			"origin":  config(map[string]string{"Origin": "https://" + domain}, nil),
			"referer": config(map[string]string{"Referer": "https://" + domain + "/page?x=1"}, nil),
			"query":   config(nil, url.Values{"domain": {domain}}),
		} {
			f := got["features"].(object)
			if got["enabled"] != true || f["pageviews"] != true || f["events"] != true || f["sessions"] != true ||
				got["sample_rate"] != 1.0 {
				t.Errorf("%s: %v", name, got)
			}
		}
		if got := config(map[string]string{"Origin": "https://nobody.example"}, nil); got["enabled"] != false {
			t.Errorf("%v", got)
		}
		track := func(body object) object {
			t.Helper()
			return i.Want(t, 200, servertest.Request{Operation: "trackPixelEvent", JSON: body}).Object(t)
		}
		hit := object{
			"event": "pageview", "url": "https://" + domain + "/page", "referrer": "https://google.com",
			"user_agent": "Mozilla/5.0...",
			"properties": object{"title": "Page Title", "n": json.Number("12345678901234567890")},
		}
		if got := track(hit); got["tracked"] != true {
			t.Errorf("%v", got)
		}
		if got := track(object{"event": "pageview", "url": "https://nobody.example/"}); got["tracked"] != false {
			t.Errorf("%v", got)
		}
		events := func(bearer string, query url.Values) []any {
			t.Helper()
			return i.Want(t, 200,
				servertest.Request{Operation: "listPixelEvents", Bearer: bearer, Query: query}).Object(t)["data"].([]any)
		}
		kept := events(tn.Key, url.Values{"domain": {domain}, "event": {"pageview"}})
		if len(kept) != 1 {
			t.Fatalf("%v", kept)
		}
		if got := kept[0].(object); got["url"] != hit["url"] || got["referrer"] != "https://google.com" ||
			got["properties"].(object)["title"] != "Page Title" {
			t.Errorf("%v", got)
		}
		if len(events(other.Key, url.Values{"domain": {domain}})) != 0 {
			t.Error("another tenant sees the events")
		}
		res := i.Do(t, servertest.Request{
			Operation: "putPixelDomain", Bearer: other.Key, Path: map[string]string{"domain": domain}, JSON: object{},
		})
		if res.Status != 409 || res.Object(t)["error"] != "domain_taken" {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		i.Want(t, 200, servertest.Request{
			Operation: "putPixelDomain", Bearer: tn.Key, Path: map[string]string{"domain": domain},
			JSON: object{"features": object{"pageviews": false}},
		})
		if got := track(hit); got["tracked"] != false { // at once
			t.Errorf("%v", got)
		}
		i.Want(t, 200, servertest.Request{
			Operation: "putPixelDomain", Bearer: tn.Key, Path: map[string]string{"domain": domain},
			JSON: object{"sample_rate": 0},
		})
		if got := track(hit); got["tracked"] != false {
			t.Errorf("%v", got)
		}
		for _, bad := range []object{
			{"event": "", "url": "https://x.example"}, {"event": "a", "url": "no"}, {"url": "https://x.example"},
			{"event": "a", "url": "https://x.example", "more": 1},
		} {
			i.Want(t, 422, servertest.Request{Operation: "trackPixelEvent", JSON: bad})
		}
		// Pages of other sites may ask.
		req, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, i.URL+"/api/v1/pixel/track", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://"+domain)
		req.Header.Set("Access-Control-Request-Method", "POST")
		req.Header.Set("Access-Control-Request-Headers", "content-type")
		pre, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = pre.Body.Close()
		if pre.StatusCode != 204 || pre.Header.Get("Access-Control-Allow-Origin") != "https://"+domain ||
			pre.Header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("preflight: %d %v", pre.StatusCode, pre.Header)
		}
		// 300 a minute for each address.
		n := 0
		for ; n < 400; n++ {
			if i.Do(t, servertest.Request{Operation: "trackPixelEvent", JSON: hit}).Status == 429 {
				break
			}
		}
		if n > 300 {
			t.Errorf("%d more were admitted", n)
		}
	}, servertest.StillTime())
}

// A workspace that proves a domain takes it from one that has not, and keeps it.
func TestTheOwnerOfADomainGetsIt(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, squatter *servertest.Tenant) {
		owner := i.Tenant(t, "enterprise")
		domain := site(t, i, squatter)
		ask := func(operation string, tn *servertest.Tenant) *servertest.Response {
			t.Helper()
			r := servertest.Request{Operation: operation, Bearer: tn.Key, Path: map[string]string{"domain": domain}}
			if operation == "putPixelDomain" {
				r.JSON = object{}
			}
			return i.Do(t, r)
		}
		domains := func(tn *servertest.Tenant) []any {
			t.Helper()
			return i.Want(t, 200, servertest.Request{
				Operation: "listPixelDomains", Bearer: tn.Key, Query: url.Values{"fields": {"domain,verification"}},
			}).Object(t)["data"].([]any)
		}
		track := func() bool {
			t.Helper()
			return i.Want(t, 200, servertest.Request{
				Operation: "trackPixelEvent", JSON: object{"event": "pageview", "url": "https://" + domain + "/"},
			}).Object(t)["tracked"] == true
		}
		if !track() {
			t.Error("a domain that nobody has proven is not tracked")
		}
		// What the owner has to publish stands in the refusals, and is no one else's.
		res := ask("putPixelDomain", owner)
		value := regexp.MustCompile(`alania-domain-verification=[0-9a-f]{32}`).FindString(string(res.Body))
		if res.Status != 409 || res.Object(t)["error"] != "domain_taken" || value == "" {
			t.Fatalf("%d %s", res.Status, res.Body)
		}
		res = ask("verifyPixelDomain", owner)
		if reasons := res.Object(t)["errors"].(object)["domain"].([]any); res.Status != 422 ||
			res.Object(t)["error"] != "domain_not_proven" || len(reasons) != 2 ||
			strings.Count(string(res.Body), value) != 2 {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		theirs := domains(squatter)[0].(object)["verification"].(object)
		if theirs["status"] != "unverified" || theirs["verified_at"] != nil || theirs["dns_value"] == value {
			t.Errorf("%v", theirs)
		}
		// The proof of one is none for the other.
		i.Sites.Publish("https://"+domain+"/.well-known/alania-domain-verification.txt", value+"\n")
		if res = ask("verifyPixelDomain", squatter); res.Status != 422 {
			t.Errorf("%d %s", res.Status, res.Body)
		}
		if res = ask("verifyPixelDomain", owner); res.Status != 200 {
			t.Fatalf("%d %s", res.Status, res.Body)
		}
		if v := data(res, t)["verification"].(object); v["status"] != "verified" || v["verified_at"] == nil ||
			v["dns_value"] != value || v["file_content"] != value {
			t.Errorf("%v", v)
		}
		if len(domains(squatter)) != 0 || len(domains(owner)) != 1 {
			t.Errorf("%v %v", domains(squatter), domains(owner))
		}
		if !track() {
			t.Error("not tracked")
		}
		for tn, n := range map[*servertest.Tenant]int{squatter: 1, owner: 1} {
			if got := i.Want(t, 200, servertest.Request{
				Operation: "listPixelEvents", Bearer: tn.Key, Query: url.Values{"domain": {domain}},
			}).Object(t)["data"].([]any); len(got) != n {
				t.Errorf("%v", got)
			}
		}
		// What is proven stays, whatever another proves.
		i.Sites.Record(theirs["dns_name"].(string), theirs["dns_value"].(string))
		for _, operation := range []string{"verifyPixelDomain", "putPixelDomain"} {
			if res = ask(operation, squatter); res.Status != 409 || res.Object(t)["error"] != "domain_taken" ||
				strings.Contains(string(res.Body), "verification=") {
				t.Errorf("%s: %d %s", operation, res.Status, res.Body)
			}
		}
		i.Sites.Publish("https://"+domain+"/.well-known/alania-domain-verification.txt", "")
		for _, operation := range []string{"putPixelDomain", "verifyPixelDomain"} {
			if res = ask(operation, owner); res.Status != 200 || data(res, t)["verification"].(object)["status"] != "verified" {
				t.Errorf("%s: %d %s", operation, res.Status, res.Body)
			}
		}
	})
}

// With ALANIA_PIXEL_REQUIRE_PROOF a domain does nothing before it is proven.
func TestProofCanBeRequired(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		cfg := servertest.Config(t, e)
		cfg.PixelRequireProof = true
		i := servertest.Run(t, e, cfg)
		tn := i.Tenant(t, "enterprise")
		verify := usageRequests["verifyPixelDomain"](t, i, tn)
		page := "https://" + verify.Path["domain"] + "/"
		for _, proven := range []bool{false, true} {
			if proven {
				i.Want(t, 200, verify)
			}
			tracked := i.Want(t, 200,
				servertest.Request{Operation: "trackPixelEvent", JSON: object{"event": "pageview", "url": page}})
			config := i.Want(t, 200, servertest.Request{Operation: "getPixelConfig", Header: map[string]string{"Referer": page}})
			if tracked.Object(t)["tracked"] != proven || config.Object(t)["enabled"] != proven {
				t.Errorf("proven %v: %s %s", proven, tracked.Body, config.Body)
			}
		}
	})
}

// A page that is left sends its last event with navigator.sendBeacon: as text, or as a Blob of
// JSON, and always with credentials, so that the answer has to name the page's origin.
func TestBeacon(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		domain := site(t, i, tn)
		for _, ct := range []string{"text/plain;charset=UTF-8", "text/plain", "application/json"} {
			body := `{"event": "` + ct[:4] + `", "url": "https://` + domain + `/", "properties": {"n": 12345678901234567890}}`
			res := i.Want(t, 200, servertest.Request{
				Operation: "trackPixelEvent", Raw: []byte(body), Type: ct,
				Header: map[string]string{"Origin": "https://" + domain, "Cookie": "session=1"},
			})
			if res.Object(t)["tracked"] != true || res.Header.Get("Access-Control-Allow-Origin") != "https://"+domain ||
				res.Header.Get("Access-Control-Allow-Credentials") != "true" {
				t.Errorf("%s: %s %v", ct, res.Body, res.Header)
			}
		}
		list := i.Want(t, 200, servertest.Request{
			Operation: "listPixelEvents", Bearer: tn.Key, Query: url.Values{"domain": {domain}, "event": {"text"}},
		})
		if kept := list.Object(t)["data"].([]any); len(kept) != 2 || kept[0].(object)["properties"].(object)["n"] == nil {
			t.Errorf("%v", kept)
		}
		// Text is held to the same schema.
		for body, want := range map[string]int{
			`{"event": "a"}`: 422, `{"event": "a", "url": "no"}`: 422,
			`{"event": "a", "url": "https://x.example/", "more": 1}`: 422, `"a"`: 422, `event=a`: 400, ``: 422,
		} {
			i.Want(t, want,
				servertest.Request{Operation: "trackPixelEvent", Raw: []byte(body), Type: "text/plain;charset=UTF-8"})
		}
		i.Want(t, 415, servertest.Request{Operation: "trackPixelEvent", Raw: []byte(`{}`), Type: "text/plain;charset=latin1"})
		i.Want(t, 415, servertest.Request{Operation: "trackPixelEvent", Raw: []byte(`{}`), Type: "text/html"})
	})
}

// A page's address is taken as browsers write it, which RFC 3986 does not always allow, and
// returned as a URI.
func TestBrowserURLs(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		tn := i.Tenant(t, "enterprise")
		domain := site(t, i, tn)
		for written, want := range map[string]string{
			"/list?filter[status]=open": "/list?filter%5Bstatus%5D=open", "/?family=A|B": "/?family=A%7CB",
			"/a[1].html?q={x}^`": "/a%5B1%5D.html?q=%7Bx%7D%5E%60",
			"/?discount=100%":    "/?discount=100%25", "/#a#b": "/#a%23b", "/p?a=%41#/route?x=[1]": "/p?a=%41#/route?x=%5B1%5D",
		} {
			page := "https://" + domain + written
			res := i.Want(t, 200,
				servertest.Request{Operation: "trackPixelEvent", JSON: object{"event": "pageview", "url": page, "referrer": page}})
			if res.Object(t)["tracked"] != true {
				t.Errorf("%s: %s", written, res.Body)
			}
			config := i.Want(t, 200, servertest.Request{Operation: "getPixelConfig", Header: map[string]string{"Referer": page}})
			if config.Object(t)["enabled"] != true {
				t.Errorf("%s: %s", written, config.Body)
			}
			list := i.Want(t, 200,
				servertest.Request{Operation: "listPixelEvents", Bearer: tn.Key, Query: url.Values{"per_page": {"1"}}})
			if got := list.Object(t)["data"].([]any)[0].(object); got["url"] != "https://"+domain+want ||
				got["referrer"] != page {
				t.Errorf("%s: %v", written, got)
			}
			report := i.Want(t, 201, servertest.Request{
				Operation: "submitSeoReport", Bearer: tn.Key,
				JSON: object{"url": page, "issues": []object{{"type": "x", "severity": "info"}}},
			})
			if got := data(report, t)["url"]; got != "https://"+domain+want {
				t.Errorf("%s: %v", written, got)
			}
		}
		// Hosts that no domain can be are nobody's.
		for _, page := range []string{"https://my_shop.example/", "http://[::1]:8080/"} {
			if got := i.Want(t, 200, servertest.Request{
				Operation: "trackPixelEvent", JSON: object{"event": "pageview", "url": page},
			}).Object(t); got["tracked"] != false {
				t.Errorf("%s: %v", page, got)
			}
		}
		for _, page := range []string{
			"/page", "ftp://x.example/", "https://x.example/a b", "https://x.example/\u00e4", "https:x.example",
			"javascript:alert(1)",
		} {
			i.Want(t, 422, servertest.Request{Operation: "trackPixelEvent", JSON: object{"event": "pageview", "url": page}})
			i.Want(t, 422, servertest.Request{Operation: "submitSeoReport", Bearer: tn.Key, JSON: object{"url": page}})
		}
	})
}

// A usage that is recorded for one workspace is no answer for another's under the same key.
func TestAKeyIsBoundToTheWorkspace(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		second, third := newWorkspace(t, i, tn), newWorkspace(t, i, tn)
		record := func(status int, key, workspace string) *servertest.Response {
			t.Helper()
			header := map[string]string{"Idempotency-Key": key}
			if workspace != "" {
				header["X-Workspace-ID"] = workspace
			}
			return i.Want(t, status, servertest.Request{
				Operation: "recordUsage", Bearer: tn.Key, JSON: object{"feature": "posts", "quantity": 1}, Header: header,
			})
		}
		for key, pair := range map[string][2]string{"two": {second, third}, "named": {"", second}, "bare": {second, ""}} {
			record(200, key, pair[0])
			record(422, key, pair[1])
			if record(200, key, pair[0]).Header.Get("X-Idempotency-Replayed") != "true" {
				t.Errorf("%s: the first request's answer is lost", key)
			}
			record(200, key+"-of-its-own", pair[1])
		}
	})
}

// Whatever header an operation has in a bundle, a key is bound to it.
func TestEveryDeclaredHeaderHasAMeaning(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, _ *servertest.Tenant) {
		for _, c := range i.Contracts {
			for path, item := range c.Document().Paths.Map() {
				for _, spec := range item.Operations() {
					for _, p := range append(slices.Clone(spec.Parameters), item.Parameters...) {
						name := http.CanonicalHeaderKey(p.Value.Name)
						if p.Value.In != "header" || name == "Idempotency-Key" || name == c.RequestID { // of one try
							continue
						}
						if !slices.Contains(c.Operations[spec.OperationID].Meaning, name) {
							t.Errorf("%s: a key is not bound to %s", path, p.Value.Name)
						}
					}
				}
			}
		}
	})
}
