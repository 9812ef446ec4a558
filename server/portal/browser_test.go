package portal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alania-go/alania/server/browsertest"
)

// TestBrowser looks at the pages on a phone and on a desk, light and dark.
// ALANIA_TEST_SCREENSHOT is a folder to leave pictures in.
func TestBrowser(t *testing.T) {
	s := serve(t)
	b := browsertest.Open(t, s.URL)
	pages := map[string]string{
		"start": "/", "errors": "/errors", "error": "/errors/validation_failed", "webhooks": "/webhooks",
		"changelog": "/changelog", "deprecations": "/deprecations", "status": "/status",
	}
	for _, size := range []struct {
		name          string
		width, height int64
		options       []chromedp.EmulateViewportOption
	}{
		{"phone", 390, 844, []chromedp.EmulateViewportOption{chromedp.EmulateMobile}},
		{"desk", 1280, 800, nil},
	} {
		grounds := map[string]string{}
		for _, scheme := range []string{"light", "dark"} {
			b.Do(chromedp.EmulateViewport(size.width, size.height, size.options...))
			feature := emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			}
			if _, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, feature); err != nil {
				t.Fatal(err)
			}
			for name, path := range pages {
				b.Step(size.name+"/"+scheme+"/"+name, func() {
					b.Do(chromedp.Navigate(s.URL + path))
					b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(d => { d.open = ` +
						`d.matches(":first-of-type") })`))
					if wide := b.Text(overflowing); wide != "" {
						b.T.Errorf("it scrolls sideways: %s", wide)
					}
					if pale := b.Texts(illegible); len(pale) > 0 {
						b.T.Errorf("the contrast is below 4.5: %q", pale)
					}
					grounds[scheme] = b.Text(`getComputedStyle(document.body).backgroundColor`)
					if name == "webhooks" {
						b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("details[open]").scrollIntoView()`))
					}
					b.Screenshot(fmt.Sprintf("portal-%s-%s-%s", size.name, scheme, name))
				})
			}
		}
		if grounds["light"] == grounds["dark"] {
			t.Errorf("light and dark are both %s", grounds["light"])
		}
	}
	for _, path := range []string{"/webhooks", "/errors/validation_failed"} {
		b.Step("one contract at a time on "+path, func() {
			b.Do(chromedp.Navigate(s.URL + path))
			open := func() []string {
				return b.Texts(`[...document.querySelectorAll("details.contract[open] > summary")].map(s => s.textContent.trim())`)
			}
			first := open()
			b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details.contract > summary")[1].click()`))
			if second := open(); len(first) != 1 || len(second) != 1 || first[0] == second[0] {
				b.T.Errorf("open are %q and then %q", first, second)
			}
		})
	}
	b.Step("keyboard", func() {
		b.Do(chromedp.Navigate(s.URL + "/"))
		for _, want := range []string{"Skip to the content", "Alania API", "Start", "API reference"} {
			b.Do(chromedp.KeyEvent("\t"))
			if got := strings.TrimSpace(b.Text(`document.activeElement.textContent`)); got != want {
				b.T.Errorf("the focus is on %q, not %q", got, want)
			}
			if style := b.Text(`getComputedStyle(document.activeElement).outlineStyle`); style != "solid" {
				b.T.Errorf("the focus on %s is not visible: %s", want, style)
			}
		}
	})
	for _, complaint := range b.Complaints() {
		t.Error(complaint)
	}
}

// overflowing names what makes the page wider than the window.
const overflowing = `(() => {
	const root = document.documentElement;
	const table = [...document.querySelectorAll(".table")].find((e) =>
		e.checkVisibility() && e.scrollWidth > e.clientWidth);
	if (table) return "the table " + table.getAttribute("aria-label");
	if (root.scrollWidth <= root.clientWidth) return "";
	const wide = [...document.querySelectorAll("body *")].filter((e) =>
		e.getBoundingClientRect().right > root.clientWidth + 1 &&
		!e.closest("pre, .table, .skip"));
	return root.scrollWidth + " > " + root.clientWidth + ": " +
		wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(" | ");
})()`

// illegible lists texts whose contrast with their background is too low for AA (WCAG 2.2,
// 1.4.3).
const illegible = `(() => {
	const channels = (c) => c.match(/[\d.]+/g).map(Number);
	const light = (c) => {
		const [r, g, b] = channels(c).slice(0, 3).map((v) => {
			v /= 255;
			return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor;
			if (channels(c)[3] !== 0) return c;
		}
		return "rgb(255, 255, 255)";
	};
	const found = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !e.checkVisibility()) continue;
		const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) found.add(n.textContent.trim().slice(0, 40) + " " + ratio.toFixed(2));
	}
	return [...found];
})()`
