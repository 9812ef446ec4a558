// Package browsertest drives a headless Chromium in tests of pages, and notes what it
// complains of.
package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience guards against a test that hangs; no step is expected to need it.
const Patience = 90 * time.Second

// Browser is one tab. Its methods end the test when the page is not as they want it.
type Browser struct {
	T    *testing.T      // the step that runs
	Ctx  context.Context // of the tab, for chromedp
	host string

	mu            sync.Mutex
	wrong         []string
	authorization map[string]string // that the last request to a path carried
}

// executable is the browser to use.
func executable(t *testing.T) string {
	if file := os.Getenv("ALANIA_TEST_CHROMIUM"); file != "" {
		return file
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if file, err := exec.LookPath(name); err == nil {
			return file
		}
	}
	const reason = "no chromium, chromium-browser or google-chrome on PATH, and ALANIA_TEST_CHROMIUM is not set"
	if os.Getenv("ALANIA_TEST_REQUIRE_BROWSER") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
	return ""
}

// Open starts a browser for the server at baseURL, and ends it with the test.
func Open(t *testing.T, baseURL string) *Browser {
	file := executable(t)
	base, err := url.Parse(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	// The profile is a temporary folder of chromedp's. What the browser and its libraries
	// write elsewhere goes to a home of its own, which is also how we know its processes.
	home := t.TempDir()
	t.Cleanup(func() {
		// The browser's helpers may end a moment after it.
		left := processesWith("HOME=" + home)
		for end := time.Now().Add(10 * time.Second); len(left) > 0 && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond)
			left = processesWith("HOME=" + home)
		}
		if len(left) > 0 {
			t.Errorf("processes left over: %q", left)
		}
	})
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(file),
		chromedp.WindowSize(1280, 1000),
		chromedp.Env("HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"),
			"XDG_CACHE_HOME="+filepath.Join(home, ".cache")),
		chromedp.Flag("lang", "en-US"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // the sandbox refuses to work for root
	}
	allocator, wait := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(wait)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &Browser{T: t, Ctx: ctx, host: base.Host, authorization: map[string]string{}}
	if err := chromedp.Do(ctx); err != nil { // starts the browser, for as long as ctx lives
		t.Fatalf("%s does not start: %v", file, err)
	}
	t.Cleanup(func() {
		within, cancel := context.WithTimeout(ctx, Patience)
		defer cancel()
		if err := chromedp.Cancel(within); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
	})
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	// The log has most of what the policy forbade; the page's own event has all of it.
	const violations = `document.addEventListener("securitypolicyviolation", e =>
		console.error("CSP: " + e.effectiveDirective + " forbids " + e.blockedURI + " " + e.sample))`
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: violations}); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen sees every event of the tab.
func (b *Browser) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	complain := func(format string, args ...any) { b.wrong = append(b.wrong, fmt.Sprintf(format, args...)) }
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" || ev.Type == "assert" {
			var text []string
			for _, arg := range ev.Args {
				text = append(text, string(arg.Value)+arg.Description)
			}
			complain("console.%s: %s", ev.Type, strings.Join(text, " "))
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		complain("exception: %s", text)
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" || ev.Entry.Level == "warning" {
			complain("%s %s: %s %s", ev.Entry.Source, ev.Entry.Level, ev.Entry.Text, ev.Entry.URL)
		}
	case *network.EventLoadingFailed:
		if !ev.Canceled {
			complain("request failed: %s", ev.ErrorText)
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err != nil {
			complain("request: %v", err)
			return
		}
		if u.Scheme == "data" || u.Scheme == "blob" {
			return
		}
		if u.Host != b.host {
			complain("request leaves the host: %s", ev.Request.URL)
		}
		b.authorization[u.Path] = ""
		for name, value := range ev.Request.Headers {
			if strings.EqualFold(name, "Authorization") {
				b.authorization[u.Path] = fmt.Sprint(value)
			}
		}
	}
}

// Complaints are what the page and the browser found wrong: errors and warnings, what the
// policy forbade, requests that failed or went elsewhere.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong
}

// Step is a subtest whose failure ends the test: the next step goes on where it left.
func (b *Browser) Step(name string, f func()) bool {
	outer := b.T
	defer func() { b.T = outer }()
	return outer.Run(name, func(t *testing.T) {
		b.T = t
		f()
	})
}

// Do runs actions.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.T.Fatalf("%v; the browser says %q", err, b.Complaints())
	}
}

// Wait returns when the JavaScript condition holds; one that throws does not hold yet.
func (b *Browser) Wait(condition string) {
	b.T.Helper()
	b.Do(chromedp.PollFunction[chromedp.Void](`() => { try { return Boolean(`+condition+`) } catch { return false } }`,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(Patience)))
}

// Visible waits for an element.
func (b *Browser) Visible(xpath string) {
	b.T.Helper()
	b.Do(chromedp.WaitVisible(xpath))
}

// Click clicks an element once it is visible.
func (b *Browser) Click(xpath string) {
	b.T.Helper()
	b.Do(chromedp.Click(xpath, chromedp.NodeVisible))
}

// TypeInto types into an element once it is visible.
func (b *Browser) TypeInto(xpath, text string) {
	b.T.Helper()
	b.Do(chromedp.SendKeys(xpath, text, chromedp.NodeVisible))
}

// Text evaluates JavaScript that returns a string.
func (b *Browser) Text(js string) string {
	b.T.Helper()
	text, err := chromedp.Run(b.Ctx, chromedp.Evaluate[string](js))
	if err != nil {
		b.T.Fatal(err)
	}
	return text
}

// Texts evaluates JavaScript that returns strings.
func (b *Browser) Texts(js string) []string {
	b.T.Helper()
	texts, err := chromedp.Run(b.Ctx, chromedp.Evaluate[[]string](js))
	if err != nil {
		b.T.Fatal(err)
	}
	return texts
}

// Authorization is the header that the last request to a path carried.
func (b *Browser) Authorization(path string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.authorization[path]
}

// Screenshot leaves a picture of the window as <name>.png in the folder that
// ALANIA_TEST_SCREENSHOT names, when it names one.
func (b *Browser) Screenshot(name string) {
	b.T.Helper()
	folder := os.Getenv("ALANIA_TEST_SCREENSHOT")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.Ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.T.Errorf("screenshot: %v", err)
	}
}

// processesWith lists the processes with this in their environment, on systems with /proc.
func processesWith(variable string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environment, err := os.ReadFile(file)
		if err != nil || !slices.Contains(strings.Split(string(environment), "\x00"), variable) {
			continue
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
	}
	return found
}
