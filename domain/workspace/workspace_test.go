package workspace

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

func TestSlug(t *testing.T) {
	long := strings.Repeat("a", 49)
	for name, want := range map[string]string{
		"Alpha": "alpha", "  Alpha  Beta ": "alpha-beta", "alpha_beta.gamma": "alpha-beta-gamma", "Alpha--Beta": "alpha-beta",
		"Ärger": "rger", "Größe 10": "gr-e-10", "é": "workspace", "名前": "workspace", "": "workspace", "-": "workspace",
		"!?": "workspace",
		"10": "10", "a": "a", "A1-": "a1", "\u212aelvin": "kelvin", // the Kelvin sign's lower case is a k
		long + "bcd":  long + "b",
		long + " bcd": long, // no hyphen at the cut
		long + "b":    long + "b",
	} {
		if got := Slug(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("Größe 10")
	f.Add(strings.Repeat("a-", 60))
	f.Fuzz(func(t *testing.T, name string) {
		s := Slug(name)
		if s == "" || len(s) > maxSlug || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") ||
			notSlug.ReplaceAllString(s, "-") != s {
			t.Fatalf("%q becomes %q", name, s)
		}
		if Slug(s) != s {
			t.Fatalf("the slug %q becomes %q", s, Slug(s))
		}
	})
}

func TestFreeSlug(t *testing.T) {
	wid := id.New()
	var hundred []string
	for n := range 100 {
		hundred = append(hundred, "a-"+strconv.Itoa(n+1))
	}
	last := "a-" + strings.ToLower(wid.ULID()[18:])
	for _, c := range []struct {
		taken []string
		want  string
	}{
		{nil, "a"}, {[]string{"ab", "a-2"}, "a"}, {[]string{"a"}, "a-2"}, {[]string{"a", "a-2", "a-4"}, "a-3"},
		{[]string{"a-2", "a"}, "a-3"},
		{append([]string{"a"}, hundred[:99]...), "a-100"}, {append([]string{"a"}, hundred...), last},
	} {
		if got := freeSlug("a", c.taken, wid); got != c.want {
			t.Errorf("beside %v: %q, want %q", c.taken, got, c.want)
		}
	}
}

func set[T any](v T) Change[T]      { return Change[T]{Set: true, Value: &v} }
func reset[T any]() Change[T]       { return Change[T]{Set: true} }
func flags(n int) map[string]bool   { return flagged(n, "f") }
func on(v bool) *bool               { return &v }
func all(on *bool) map[string]*bool { return map[string]*bool{"f0": on, "new": on} }

func flagged(n int, prefix string) map[string]bool {
	out := map[string]bool{}
	for i := range n {
		out[prefix+strconv.Itoa(i)] = i%2 == 0
	}
	return out
}

func TestPatchApply(t *testing.T) {
	before := Settings{
		RetentionDays: 90, Regions: []string{"us-east"}, FeatureFlags: map[string]bool{"f0": true, "f1": false},
	}
	for _, c := range []struct {
		name  string
		patch Patch
		want  Settings
	}{
		{"nothing", Patch{}, before},
		{
			"a value", Patch{RetentionDays: set(7)},
			Settings{RetentionDays: 7, Regions: []string{"us-east"}, FeatureFlags: flags(2)},
		},
		{
			"zero is a value", Patch{RetentionDays: set(0)},
			Settings{RetentionDays: 0, Regions: []string{"us-east"}, FeatureFlags: flags(2)},
		},
		{
			"null is the default", Patch{RetentionDays: reset[int]()},
			Settings{RetentionDays: 30, Regions: []string{"us-east"}, FeatureFlags: flags(2)},
		},
		{
			"a list is replaced", Patch{Regions: set([]string{"b", "a"})},
			Settings{RetentionDays: 90, Regions: []string{"b", "a"}, FeatureFlags: flags(2)},
		},
		{
			"by an empty one", Patch{Regions: set([]string{})},
			Settings{RetentionDays: 90, Regions: []string{}, FeatureFlags: flags(2)},
		},
		{
			"by the default", Patch{Regions: reset[[]string]()},
			Settings{RetentionDays: 90, Regions: []string{"eu-central"}, FeatureFlags: flags(2)},
		},
		{
			"flags are merged", Patch{FeatureFlags: set(all(on(false)))}, Settings{
				RetentionDays: 90, Regions: []string{"us-east"},
				FeatureFlags: map[string]bool{"f0": false, "f1": false, "new": false},
			},
		},
		{
			"a null flag goes", Patch{FeatureFlags: set(all(nil))},
			Settings{RetentionDays: 90, Regions: []string{"us-east"}, FeatureFlags: map[string]bool{"f1": false}},
		},
		{
			"null flags go", Patch{FeatureFlags: reset[map[string]*bool]()},
			Settings{RetentionDays: 90, Regions: []string{"us-east"}, FeatureFlags: map[string]bool{}},
		},
		{"an empty patch of flags", Patch{FeatureFlags: set(map[string]*bool{})}, before},
		{"everything", Patch{
			RetentionDays: reset[int](), Regions: reset[[]string](), FeatureFlags: reset[map[string]*bool](),
			Timezone: reset[string](), Locale: reset[string](),
		}, Defaults()},
		{"a time zone", Patch{Timezone: set("Europe/London"), Locale: set("de_AT")}, Settings{
			RetentionDays: 90, Regions: []string{"us-east"}, FeatureFlags: flags(2), Timezone: "Europe/London", Locale: "de_AT",
		}},
	} {
		kept := Settings{RetentionDays: before.RetentionDays, Regions: []string{"us-east"}, FeatureFlags: flags(2)}
		got, err := c.patch.Apply(before)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		// The result is the caller's to change, the former settings stay.
		got.FeatureFlags["other"] = true
		if len(got.Regions) > 0 {
			got.Regions[0] = "other"
		}
		if !reflect.DeepEqual(before, kept) {
			t.Fatalf("%s: the settings before became %+v", c.name, before)
		}
	}
	// Settings that never had flags can be given some.
	if got, err := (Patch{FeatureFlags: set(all(on(true)))}).Apply(Settings{}); err != nil || len(got.FeatureFlags) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestPatchBoundsTheSumOfFlags(t *testing.T) {
	more := func(n int) Patch {
		m := map[string]*bool{}
		for name := range flagged(n, "g") {
			m[name] = on(true)
		}
		return Patch{FeatureFlags: set(m)}
	}
	for _, c := range []struct {
		has, adds int
		ok        bool
	}{{0, 100, true}, {0, 101, false}, {60, 40, true}, {60, 41, false}, {100, 0, true}} {
		s := Defaults()
		s.FeatureFlags = flags(c.has)
		got, err := more(c.adds).Apply(s)
		switch {
		case c.ok && (err != nil || len(got.FeatureFlags) != c.has+c.adds):
			t.Errorf("%d and %d: %v", c.has, c.adds, err)
		case !c.ok &&
			(!fault.IsCode(err, fault.ValidationFailed) || len(got.FeatureFlags) != c.has ||
				fault.Wrap(err).Violations[0].Pointer != "/feature_flags"):
			t.Errorf("%d and %d: %d, %v", c.has, c.adds, len(got.FeatureFlags), err)
		}
	}
	// What one patch removes makes room for what it adds.
	s := Defaults()
	s.FeatureFlags = flags(100)
	p := more(1)
	(*p.FeatureFlags.Value)["f0"] = nil
	if got, err := p.Apply(s); err != nil || len(got.FeatureFlags) != 100 {
		t.Errorf("%d, %v", len(got.FeatureFlags), err)
	}
}
