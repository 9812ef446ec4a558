package scope

import "testing"

func TestAllows(t *testing.T) {
	cases := []struct {
		grant, want string
		ok          bool
	}{
		{"posts:read", "posts:read", true},
		{"posts:read", "posts:write", false}, // the scope decides, never the HTTP method
		{"write", "posts:write", false},      // a bare verb is no scope
		{"posts:*", "posts:write", true},
		{"posts:*", "post:write", false},
		{"*:read", "posts:read", true},
		{"*:read", "posts:write", false},
		{"*", "anything:at-all", true},
		{"posts:read posts:write", "posts:*", false}, // two actions are not all of them
		{"posts:*", "posts:*", true},
		{"posts:*", "*:read", false},
		{"*:read", "*:read", true},
		{"posts:*", "*", false},
		{"", "posts:read", false},
		{"workspace:admin", "workspaces:admin", false},
	}
	for _, c := range cases {
		if got := Fields(c.grant).Allows(c.want); got != c.ok {
			t.Errorf("grant %q, asked for %q: %v", c.grant, c.want, got)
		}
	}
}

func TestValid(t *testing.T) {
	for _, s := range []string{"*", "a:b", "a:*", "*:b", "api-keys:read"} {
		if !Valid(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "read", "*:*", "A:b", "a:", ":b", "a:b:c", "a b:c", "**"} {
		if Valid(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

func TestExcess(t *testing.T) {
	got := Fields("keys:* orgs:read").Excess([]string{"keys:read", "orgs:write", "*"})
	if len(got) != 2 || got[0] != "orgs:write" || got[1] != "*" {
		t.Errorf("excess is %v", got)
	}
}
