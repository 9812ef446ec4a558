package idempotency

import "testing"

func TestKeyTellsRequestsApart(t *testing.T) {
	base := NewKey([]byte("body"), nil, "who", "POST", "/v2/things", "key")
	if again := NewKey([]byte("body"), nil, "who", "POST", "/v2/things", "key"); again != base {
		t.Error("the same request has another key")
	}
	if other := NewKey([]byte("Body"), nil, "who", "POST", "/v2/things", "key"); other.Scope != base.Scope ||
		other.Request == base.Request {
		t.Error("a payload is not told from another under the same key")
	}
	for _, payload := range [][]string{{"json"}, {""}, {"json", ""}, {"j", "son"}} {
		if other := NewKey([]byte("body"), payload, "who", "POST", "/v2/things", "key"); other.Scope != base.Scope ||
			other.Request == base.Request {
			t.Errorf("the payload %q is not told from another under the same key", payload)
		}
	}
	seen := map[[32]byte][]string{base.Scope: {"base"}}
	for _, where := range [][]string{
		{"other", "POST", "/v2/things", "key"}, {"who", "PUT", "/v2/things", "key"}, {"who", "POST", "/v2/thing", "skey"},
		{"who", "POST", "/v2/things", "Key"},
		{"whoPOST", "/v2/things", "key"}, {"who", "POST", "/v2/thingskey"}, {"who", "POST", "/v2/things", "key", ""},
		{"", "who", "POST", "/v2/things", "key"},
		{"whoPOST/v2/thingskey"}, {}, {""}, {"", ""}, {"a\x00\x00\x00\x01b"}, {"a", "b"},
	} {
		k := NewKey([]byte("body"), nil, where...)
		if former, ok := seen[k.Scope]; ok {
			t.Errorf("%q and %q are one", where, former)
		}
		seen[k.Scope] = where
		if k.Request != base.Request {
			t.Errorf("%q changes the payload", where)
		}
	}
}
