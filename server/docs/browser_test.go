package docs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/browsertest"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/chromedp/chromedp"
)

// TestBrowser uses the page as a partner developer does. ALANIA_TEST_CHROMIUM names the
// browser when it is not on PATH; without one the test is skipped, or fails with
// ALANIA_TEST_REQUIRE_BROWSER=1. ALANIA_TEST_SCREENSHOT is a folder to leave a picture in.
func TestBrowser(t *testing.T) {
	cfg := servertest.Config(t, store.SQLite)
	cfg.Bootstrap.ClientID, cfg.Bootstrap.ClientSecret = "cli_browser", "a-client-secret-of-32-characters-or-more"
	cfg.Bootstrap.APIKey = "sk_live_browser1_0123456789abcdef0123456789abcdef"
	s := servertest.Run(t, store.SQLite, cfg)
	drive(t, s.URL, cfg.Bootstrap.ClientID, cfg.Bootstrap.ClientSecret, cfg.Bootstrap.APIKey)
}

// drive needs a server at baseURL with the docs and the Platform contract, whose client
// and key may list organizations.
func drive(t *testing.T, baseURL, clientID, clientSecret, apiKey string) {
	b := &tab{Browser: browsertest.Open(t, baseURL)}
	ok := b.Step("the page loads", func() {
		b.Do(chromedp.Navigate(baseURL + "/docs"))
		b.loaded("platform")
		if title := b.Text(`document.title`); title != "Alania API" {
			t.Errorf("the title is %q", title)
		}
		b.Wait(`document.querySelector(".topbar .brand").textContent === "Alania API"`)
	})
	names := openapi.Contracts()
	ok = ok && b.Step("every operation of every contract is shown", func() {
		listed := b.Texts(`[...document.querySelectorAll(".topbar select option")].map(o => o.value)`)
		for i := range listed {
			listed[i] = contractOf(listed[i])
		}
		if !slices.Equal(listed, names) {
			t.Fatalf("the selector has %q, not %q", listed, names)
		}
		for _, name := range names {
			b.choose(name)
			b.operations(name)
		}
	})
	ok = ok && b.Step("a public operation", func() {
		b.choose("platform")
		b.execute("/v2/health")
		if got := b.lastAuthorization(); got != "" {
			t.Errorf("Authorization: %s", got)
		}
	})
	ok = ok && b.Step("client credentials", func() {
		const dialog = `//div[@class="auth-container"][.//h4[contains(., "clientCredentials")]]`
		b.openDialog()
		b.TypeInto(dialog+`//input[@id="client_id_clientCredentials"]`, clientID)
		b.TypeInto(dialog+`//input[@id="client_secret_clientCredentials"]`, clientSecret)
		b.Click(dialog + `//button[.="Authorize"]`)
		b.Visible(dialog + `//button[.="Logout"]`)
		b.closeDialog()
		b.execute("/v2/orgs")
		if got := b.lastAuthorization(); !strings.HasPrefix(got, "Bearer ") || got == "Bearer "+apiKey {
			t.Errorf("Authorization: %s", got)
		}
		b.openDialog()
		b.Click(dialog + `//button[.="Logout"]`)
		b.Visible(dialog + `//button[.="Authorize"]`)
		b.closeDialog()
	})
	ok = ok && b.Step("API key", func() {
		const dialog = `//div[@class="auth-container"][.//h4[contains(., "apiKey")]]`
		b.openDialog()
		b.TypeInto(dialog+`//input`, apiKey)
		b.Click(dialog + `//button[.="Authorize"]`)
		b.Visible(dialog + `//button[.="Logout"]`)
		b.closeDialog()
		b.execute("/v2/orgs")
		if got := b.lastAuthorization(); got != "Bearer "+apiKey {
			t.Errorf("Authorization: %s", got)
		}
	})
	ok = ok && b.Step("an operation of each contract", func() {
		const dialog = `//div[@class="auth-container"][.//h4[contains(., "apiKey")]]`
		lists := map[string]string{
			"platform": "/v2/orgs", "core": "/api/v1/workspaces", "keys": "/api/v1/api-key/all", "control": "/v1/platform/info",
		}
		for _, name := range openapi.Contracts() {
			if lists[name] == "" {
				t.Errorf("say which operation of %s to execute", name)
				continue
			}
			b.choose(name)
			b.openDialog()
			// Contracts have schemes of the same names, so what was given for one counts for all.
			b.Visible(dialog + `//button[.="Logout"]`)
			b.closeDialog()
			b.execute(lists[name])
			if got := b.lastAuthorization(); got != "Bearer "+apiKey {
				t.Errorf("%s: Authorization: %s", name, got)
			}
			if name == "core" { // no filter is filled in
				b.Wait(`document.querySelector(".opblock.is-open .live-responses-table").textContent.includes('"total": 1')`)
			}
			b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".opblock.is-open ` +
				`.responses-wrapper").scrollIntoView()`))
			b.Screenshot("docs-" + name)
		}
		b.choose("platform")
	})
	_ = ok && b.Step("reload", func() {
		b.Do(chromedp.Reload())
		b.loaded("platform") // the choice is kept too
		b.execute("/v2/orgs")
		if got := b.lastAuthorization(); got != "Bearer "+apiKey {
			t.Errorf("Authorization: %s", got)
		}
	})
	b.Step("on a phone", func() {
		b.Do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Reload())
		b.loaded("platform")
		b.Do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
		b.Screenshot("docs-phone")
		if wide := b.Text(`String(document.documentElement.scrollWidth)`); wide != "390" {
			b.T.Errorf("the page is %s wide: %q", wide, b.Texts(`[...document.querySelectorAll("body *")].filter(e =>
				e.getBoundingClientRect().right > 391).map(e => e.tagName + "." + e.className)`))
		}
	})
	for _, complaint := range b.Complaints() {
		t.Error(complaint)
	}
}

// tab is a browser that shows Swagger UI.
type tab struct {
	*browsertest.Browser
	last string // path that execute called
}

// contractOf is the name of the contract of a document's URL.
func contractOf(document string) string {
	return strings.TrimSuffix(path.Base(document), ".json")
}

// choose selects a contract in the top bar.
func (b *tab) choose(name string) {
	b.T.Helper()
	b.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
		const select = document.querySelector(".topbar select");
		select.value = [...select.options].find(o => o.value.endsWith("/%[1]s.json")).value;
		select.dispatchEvent(new Event("change", { bubbles: true }));
	}`, name)))
	b.loaded(name)
}

// loaded waits until the contract is what the page shows.
func (b *tab) loaded(name string) {
	b.T.Helper()
	bundle, _ := openapi.JSON(name)
	var doc struct{ Info struct{ Title string } }
	if err := json.Unmarshal(bundle, &doc); err != nil {
		b.T.Fatal(err)
	}
	// The document, what Swagger UI made of it, and what it shows follow each other.
	b.Wait(fmt.Sprintf(`document.querySelector(".topbar select").value.split("/").pop() === "%[1]s.json" &&
		ui.specSelectors.url().split("/").pop() === "%[1]s.json" && ui.specSelectors.loadingStatus() === "success" &&
		ui.specSelectors.specJson().getIn(["info", "title"]) === %[2]q &&
		ui.specSelectors.specResolved().getIn(["info", "title"], %[2]q) === %[2]q &&
		document.querySelector(".info .title")?.textContent.startsWith(%[2]q) &&
		document.querySelector(".opblock-tag")`, name, doc.Info.Title))
}

// operations compares what is rendered, with all tags open, with the bundle.
func (b *tab) operations(name string) {
	b.T.Helper()
	bundle, _ := openapi.JSON(name)
	var doc struct {
		Paths, Webhooks map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(bundle, &doc); err != nil {
		b.T.Fatal(err)
	}
	var want []string
	for where, items := range map[string]map[string]map[string]json.RawMessage{"": doc.Paths, "webhook ": doc.Webhooks} {
		for p, item := range items {
			for method := range item {
				if slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}, method) {
					want = append(want, where+method+" "+p)
				}
			}
		}
	}
	slices.Sort(want)
	var got []string
	for end := time.Now().Add(browsertest.Patience); ; { // React renders when it wants
		got = b.rendered()
		if slices.Equal(got, want) {
			b.T.Logf("%s: %d operations", name, len(got))
			break
		}
		if time.Now().After(end) {
			without := func(all, some []string) []string {
				return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
			}
			b.T.Fatalf("%s: the page shows %d operations, the bundle has %d; missing %q, unknown %q",
				name, len(got), len(want), without(want, got), without(got, want))
		}
	}
	if errs := b.Texts(`[...document.querySelectorAll(".errors-wrapper .error-wrapper, .errors-wrapper .errors")].map(e ` +
		`=> e.textContent)`); len(errs) > 0 {
		b.T.Errorf("%s: the page complains: %q", name, errs)
	}
}

// rendered lists the operations of the page, each as method and path. Swagger UI keeps
// only those in sight in a long document, so it scrolls.
func (b *tab) rendered() []string {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, browsertest.Patience)
	defer cancel()
	rendered, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(async () => {
		const seen = new Map();
		for (let y = 0; y <= document.documentElement.scrollHeight; y += innerHeight / 2) {
			scrollTo(0, y);
			await `+painted+`;
			document.querySelectorAll('.opblock-tag[data-is-open="false"]').forEach((tag) => tag.click());
			await `+painted+`;
			for (const block of document.querySelectorAll(".opblock")) {
				seen.set(block.id, (block.closest(".webhooks") ? "webhook " : "") +
					block.querySelector(".opblock-summary-method").textContent.toLowerCase() + " " +
					block.querySelector("[data-path]").dataset.path);
			}
		}
		scrollTo(0, 0);
		return [...seen.values()].sort();
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatal(err)
	}
	return rendered
}

// painted is a promise that the page shows what it was told to. Several frames: one for
// the event of the scroll, one for what React makes of it, one for what it measures then.
const painted = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => ` +
	`requestAnimationFrame(done))))`

// scrollTo brings a GET operation into sight, and so into the document.
func (b *tab) scrollTo(operation string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, browsertest.Patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(async () => {
		for (let y = 0; y <= document.documentElement.scrollHeight; y += innerHeight / 2) {
			const block = document.querySelector('.opblock-get [data-path="%s"]');
			if (block) {
				block.scrollIntoView();
				await %s;
				return true;
			}
			scrollTo(0, y);
			await %[2]s;
		}
		return false;
	})()`, operation, painted), chromedp.EvalAwaitPromise))
	if err != nil || !found {
		b.T.Fatalf("GET %s is not on the page: %v", operation, err)
	}
}

func (b *tab) openDialog() {
	b.T.Helper()
	b.Click(`//div[contains(@class, "auth-wrapper")]/button[contains(@class, "authorize")]`)
	b.Visible(`//div[@class="modal-ux"]`)
}

func (b *tab) closeDialog() {
	b.T.Helper()
	b.Click(`//div[@class="modal-ux-header"]/button`)
	b.Wait(`!document.querySelector(".modal-ux")`)
}

// execute opens a GET operation, sends it, and wants 200.
func (b *tab) execute(operation string) {
	b.T.Helper()
	block := `//div[contains(@class, "opblock-get")][.//*[@data-path="` + operation + `"]]`
	inPage := fmt.Sprintf(`document.querySelector('.opblock-get [data-path="%s"]').closest(".opblock")`, operation)
	b.scrollTo(operation)
	if !strings.Contains(b.Text(inPage+`.className`), "is-open") {
		b.Click(block + `//button[contains(@class, "opblock-summary-control")]`)
	}
	b.Visible(block + `//button[contains(@class, "execute")]`)
	// The button may be there before Swagger UI has read the operation.
	b.Wait(fmt.Sprintf(`ui.specSelectors.specResolvedSubtree(["paths", "%s", "get"]).get("operationId")`, operation))
	if b.Text(`String(`+inPage+`.querySelector(".btn-clear") !== null)`) == "true" { // the answer to an earlier call
		b.Click(block + `//button[contains(@class, "btn-clear")]`)
		b.Wait(`!` + inPage + `.querySelector(".live-responses-table")`)
	}
	b.Click(block + `//button[contains(@class, "execute")]`)
	const status = `.querySelector(".live-responses-table tbody .response-col_status").firstChild.textContent`
	b.Wait(inPage + status)
	if got := b.Text(inPage + status); got != "200" {
		b.T.Fatalf("GET %s: %s: %s; the browser says %q", operation, got,
			b.Text(inPage+`.querySelector(".live-responses-table").textContent`), b.Complaints())
	}
	b.last = operation
}

// lastAuthorization is the header that execute sent.
func (b *tab) lastAuthorization() string { return b.Authorization(b.last) }
