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
		// One resource under three names.
		{"keys:read", "api-keys:read", true},
		{"apikeys:*", "keys:write", true},
		{"api-keys:read", "apikeys:delete", false},
		{"api-keys:*", "keys:*", true},
		// To write is to create and to update.
		{"posts:write", "posts:create", true},
		{"posts:write", "posts:update", true},
		{"posts:write", "posts:delete", false},
		{"posts:create", "posts:write", false},
		{"posts:create posts:update", "posts:write", true},
		{"posts:update users:create", "posts:write", false},
		{"*:write", "posts:create", true},
		{"*:create *:update", "posts:write", true},
		{"*:create posts:update", "posts:write", true},
		{"apikeys:create keys:update", "api-keys:write", true},
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
