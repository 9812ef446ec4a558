package apikey

import (
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/secret"
)

func TestSplit(t *testing.T) {
	s32, s128 := strings.Repeat("a", 32), strings.Repeat("-", 128)
	for full, want := range map[string]string{
		"sk_live_abc_" + s32:                                 "sk_live_abc",
		"sk_test_ABC0_" + s128:                               "sk_test_ABC0",
		"ak_abcdef_" + s32:                                   "ak_abcdef",
		"sk_live_" + strings.Repeat("Z", 32) + "_" + s32:     "sk_live_" + strings.Repeat("Z", 32),
		"sk_live_abc_" + strings.Repeat("_", 40):             "sk_live_abc", // only the first underscore parts them
		"sk_live_abc_def_" + s32:                             "sk_live_abc",
		"sk_live_ab_" + s32:                                  "",
		"sk_live_" + strings.Repeat("Z", 33) + "_" + s32:     "",
		"sk_live_abc_" + s32[1:]:                             "",
		"sk_live_abc_" + s128 + "a":                          "",
		"sk_prod_abc_" + s32:                                 "",
		"sk_abc_" + s32:                                      "",
		"SK_LIVE_abc_" + s32:                                 "",
		"sk_live_a-c_" + s32:                                 "",
		"sk_live_äöü_" + s32:                                 "",
		"sk_live__" + s32:                                    "",
		"sk_live_abc":                                        "",
		" sk_live_abc_" + s32:                                "",
		"sk_live_abc_" + s32 + "\n":                          "",
		"sk_live_abc_" + s32 + "=":                           "",
		"":                                                   "",
		"xsk_live_abc_" + s32:                                "",
		"sk_live_abc_" + strings.Repeat("é", 32):             "",
		"sk_live_" + secret.Text(3) + " _" + secret.Text(43): "",
	} {
		prefix, ok := Split(full)
		if prefix != want || ok != (want != "") {
			t.Errorf("%q has the prefix %q, %v", full, prefix, ok)
		}
		// What has the form of a key is also told from a token.
		if ok && !Looks(full) {
			t.Errorf("%q does not look like a key", full)
		}
	}
	for credential, want := range map[string]bool{
		"sk_": true, "ak_x": true, "eyJhbGciOi": false, "": false, "SK_live": false, "cs_x": false,
	} {
		if Looks(credential) != want {
			t.Errorf("%q looks like a key: %v", credential, !want)
		}
	}
}

func TestParseNet(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1/32", "10.1.2.3/8": "10.0.0.0/8", "0.0.0.0/0": "0.0.0.0/0", "10.0.0.1/32": "10.0.0.1/32",
		"2001:db8::1": "2001:db8::1/128", "2001:DB8::1/32": "2001:db8::/32", "::/0": "::/0", "::1": "::1/128",
		"::ffff:10.0.0.1": "10.0.0.1/32", "::ffff:10.1.2.3/104": "10.0.0.0/8", "::ffff:10.0.0.1/128": "10.0.0.1/32",
		"::ffff:0:0/96": "0.0.0.0/0",
		"::ffff:0:0/95": "::fffe:0:0/95", // more than the IPv4 addresses: as it is
		"":              "", "10.0.0": "", "10.0.0.1/33": "", "10.0.0.1/-1": "", "10.0.0.1/": "", "/8": "",
		"10.0.0.1/8/8": "", "2001:db8::/129": "", "10.0.0.01": "",
		"fe80::1%eth0": "", "fe80::1%eth0/64": "", "localhost": "", " 10.0.0.1": "", "10.0.0.1 ": "", "10.0.0.1:80": "",
		"[::1]": "", "10.0.0.0/08": "",
	} {
		got, err := ParseNet(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q is read as %v, %v", text, got, err)
		}
	}
}

func TestStatus(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before, after := now.Add(-time.Microsecond), now.Add(time.Microsecond)
	for _, c := range []struct {
		expires, revoked *time.Time
		want             Status
	}{
		{nil, nil, Active}, {&after, nil, Active}, {&now, nil, Expired}, {&before, nil, Expired}, {nil, &before, Revoked},
		{&before, &before, Revoked}, {&after, &after, Revoked},
	} {
		if got := (Key{ExpiresAt: c.expires, RevokedAt: c.revoked}).Status(now); got != c.want {
			t.Errorf("expires %v, revoked %v: %s", c.expires, c.revoked, got)
		}
	}
}
