package siem

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

// numbered makes an id with a number in its last byte.
func numbered(n byte) id.ID { return id.ID{0: 1, 15: n} }

func sample(n byte) audit.Entry {
	return audit.Entry{
		ID: numbered(n), OrgID: numbered(100), Action: "key.revoked",
		ActorKind: identity.Client, ActorID: numbered(101), ActorName: "Partner <sync> & co",
		TargetKind: audit.Key, TargetID: numbered(102),
		Before: audit.Fields{"name": "two\nlines", "scopes": []string{"a:read"}}, RequestID: "req-1",
		CreatedAt: time.Date(2026, 3, 4, 7, 6, 7, 891234567, time.FixedZone("", 2*3600)),
	}
}

const sampleJSON = `{"id":"aud_01000000000000000000000001","org_id":"org_01000000000000000000000034",` +
	`"action":"key.revoked",` +
	`"actor":{"type":"client","id":"cli_01000000000000000000000035","name":"Partner <sync> & co"},` +
	`"target":{"type":"key","id":"key_01000000000000000000000036"},` +
	`"before":{"name":"two\nlines","scopes":["a:read"]},"after":null,"request_id":"req-1",` +
	`"created_at":"2026-03-04T05:06:07.891234Z"}`

func TestEntry(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*audit.Entry)
		want   map[string]string // by dotted path, as JSON
	}{
		{
			"by a key", func(e *audit.Entry) { e.ActorKind = identity.Key },
			map[string]string{"actor.type": `"key"`, "actor.id": `"key_01000000000000000000000035"`},
		},
		{
			"by a user", func(e *audit.Entry) { e.ActorKind = identity.User },
			map[string]string{"actor.type": `"user"`, "actor.id": `"usr_01000000000000000000000035"`},
		},
		{"by the system", func(e *audit.Entry) { e.ActorKind, e.ActorID, e.ActorName = identity.System, id.ID{}, "operator" },
			map[string]string{"actor.type": `"system"`, "actor.id": `"system"`, "actor.name": `"operator"`}},
		{"without a request", func(e *audit.Entry) { e.RequestID = "" }, map[string]string{"request_id": `null`}},
		{
			"of something made", func(e *audit.Entry) { e.Before, e.After = nil, audit.Fields{"name": "x"} },
			map[string]string{"before": `null`, "after": `{"name":"x"}`},
		},
		{
			"of a workspace", func(e *audit.Entry) { e.TargetKind = audit.Workspace },
			map[string]string{"target.id": `"wks_01000000000000000000000036"`},
		},
		{
			"of a member", func(e *audit.Entry) { e.TargetKind = audit.Member },
			map[string]string{"target.id": `"mem_01000000000000000000000036"`},
		},
		{
			"of a client", func(e *audit.Entry) { e.TargetKind = audit.Client },
			map[string]string{"target.id": `"cli_01000000000000000000000036"`},
		},
		{
			"of a token", func(e *audit.Entry) { e.TargetKind = audit.Token },
			map[string]string{"target.id": `"tok_01000000000000000000000036"`},
		},
		{
			"of an org", func(e *audit.Entry) { e.TargetKind = audit.Org },
			map[string]string{"target.id": `"org_01000000000000000000000036"`},
		},
		{
			"of a new kind", func(e *audit.Entry) { e.TargetKind = "patch" },
			map[string]string{"target.type": `"patch"`, "target.id": `"patch_01000000000000000000000036"`},
		},
		{
			"on the second", func(e *audit.Entry) { e.CreatedAt = time.Unix(0, 0) },
			map[string]string{"created_at": `"1970-01-01T00:00:00.000000Z"`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := sample(1)
			tc.change(&e)
			b, err := json.Marshal(fromEntry(e))
			if err != nil {
				t.Fatal(err)
			}
			for path, want := range tc.want {
				at := json.RawMessage(b)
				for name := range strings.SplitSeq(path, ".") {
					var members map[string]json.RawMessage
					if err := json.Unmarshal(at, &members); err != nil {
						t.Fatal(err)
					}
					at = members[name]
				}
				if string(at) != want {
					t.Errorf("%s is %s, want %s", path, at, want)
				}
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noCert := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(noCert, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, url, says string }{
		{"nothing", "", "https://"},
		{"not a URL", "https://user:hunter2/@host:x%zz", "https://"},
		{"a host", "siem.example", "https://"},
		{"another scheme", "ftp://user:hunter2@siem.example/?token=hunter2", "scheme"},
		{"plain syslog", "syslog://siem.example", "syslog+tls://"},
		{"http", "http://user:hunter2@siem.example/hunter2?token=hunter2", "in the clear"},
		{"http to a name like loopback", "http://localhost.example/", "in the clear"},
		{"http to a private address", "http://10.0.0.1/", "in the clear"},
		{"http to every address", "http://0.0.0.0/", "in the clear"},
		{"no host", "https:///path", "https://"},
		{"only a port", "https://:443/path", "https://"},
		{"opaque", "https:hunter2", "https://"},
		{"a fragment", "https://siem.example/#hunter2", "https://"},
		{"syslog without a host", "syslog+tls://:6514", "https://"},
		{"syslog with a user", "syslog+tls://user:hunter2@siem.example", "syslog+tls://"},
		{"syslog with a path", "syslog+tls://siem.example/hunter2", "syslog+tls://"},
		{"syslog with another option", "syslog+tls://siem.example?token=hunter2", "ca and server_name"},
		{"syslog with an option twice", "syslog+tls://siem.example?server_name=a&server_name=b", "ca and server_name"},
		{"syslog with an empty option", "syslog+tls://siem.example?ca=", "ca and server_name"},
		{"syslog with broken options", "syslog+tls://siem.example?%zz=hunter2", "syslog+tls://"},
		{"a file that is not there", "syslog+tls://siem.example?ca=" + filepath.Join(dir, "missing.pem"), "option ca"},
		{"a file without a certificate", "syslog+tls://siem.example?ca=" + noCert, "no certificate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(tc.url)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tc.says) {
				t.Errorf("says %q, want it to name %q", err, tc.says)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("gives a secret away: %q", err)
			}
		})
	}
}

func TestOpenAccepts(t *testing.T) {
	t.Parallel()
	for _, u := range []string{
		"https://siem.example", "https://user:p%40ss@siem.example:8088/services/collector?token=x", "https://[2001:db8::1]/",
		"http://127.0.0.1:8088/x", "http://127.9.9.9/", "http://[::1]:1/", "http://localhost/", "http://LOCALHOST:80/",
		"http://[::ffff:127.0.0.1]/",
		"syslog+tls://siem.example", "syslog+tls://siem.example:6514/",
		"syslog+tls://[2001:db8::1]:6514?server_name=siem.example",
	} {
		if _, err := Open(u); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestNothingToSend(t *testing.T) {
	t.Parallel()
	// Nobody is asked: these hosts do not exist.
	for _, u := range []string{"https://siem.invalid/", "syslog+tls://siem.invalid"} {
		s, err := Open(u)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(context.Background(), nil); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}
