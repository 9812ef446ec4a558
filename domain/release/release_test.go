package release

import (
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
)

func TestDraftsThatNoToolWouldTake(t *testing.T) {
	file := []Content{{Name: "f", ContentType: "text/plain"}}
	for name, d := range map[string]Draft{
		"a module":             {Kind: Go, Name: "github.com/alania-go/alania/sdk/go", Version: "v1.0.0", Files: file},
		"a module of v2":       {Kind: Go, Name: "github.com/alania-go/alania/sdk/go/v2", Version: "v2.1.0", Files: file},
		"a package":            {Kind: NPM, Name: "@alania/sdk", Version: "1.0.0", Files: file},
		"without a scope":      {Kind: NPM, Name: "sdk", Version: "1.0.0-rc.1+build.5", Files: file},
		"a bundle":             {Kind: OpenAPI, Name: "platform", Version: "2.0.0", Files: file},
		"!another kind":        {Kind: "gem", Name: "sdk", Version: "1.0.0", Files: file},
		"!a module without v":  {Kind: Go, Name: "github.com/alania-go/alania/sdk/go", Version: "1.0.0", Files: file},
		"!a module of v1":      {Kind: Go, Name: "github.com/alania-go/alania/sdk/go", Version: "v2.0.0", Files: file},
		"!a short version":     {Kind: Go, Name: "github.com/alania-go/alania/sdk/go", Version: "v1.0", Files: file},
		"!no path":             {Kind: Go, Name: "../sdk", Version: "v1.0.0", Files: file},
		"!a package with v":    {Kind: NPM, Name: "sdk", Version: "v1.0.0", Files: file},
		"!no version":          {Kind: NPM, Name: "sdk", Version: "latest", Files: file},
		"!an incomplete one":   {Kind: NPM, Name: "sdk", Version: "1.0", Files: file},
		"!a name in capitals":  {Kind: NPM, Name: "SDK", Version: "1.0.0", Files: file},
		"!a path in a name":    {Kind: NPM, Name: "@alania/sdk/../x", Version: "1.0.0", Files: file},
		"!nothing in a scope":  {Kind: NPM, Name: "@alania/", Version: "1.0.0", Files: file},
		"!a bundle's path":     {Kind: OpenAPI, Name: "a/b", Version: "1.0.0", Files: file},
		"!no files":            {Kind: NPM, Name: "sdk", Version: "1.0.0"},
		"!a file's path":       {Kind: NPM, Name: "sdk", Version: "1.0.0", Files: []Content{{Name: "a/b", ContentType: "x"}}},
		"!a file with no name": {Kind: NPM, Name: "sdk", Version: "1.0.0", Files: []Content{{ContentType: "x"}}},
		"!a file twice":        {Kind: NPM, Name: "sdk", Version: "1.0.0", Files: []Content{file[0], file[0]}},
	} {
		err := d.check()
		if refused := fault.IsCode(err, fault.ValidationFailed); refused != strings.HasPrefix(name, "!") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLatest(t *testing.T) {
	for want, versions := range map[string]string{
		"1.10.0": "1.9.0 1.10.0", "1.0.0": "1.0.0 2.0.0-rc.1", "2.0.0-rc.2": "2.0.0-rc.2 2.0.0-rc.1",
		"v1.2.0": "v1.2.0 v1.3.0-0 v1.1.9", "1.0.0+b": "1.0.0+b",
	} {
		var list []Release
		for v := range strings.FieldsSeq(versions) {
			list = append(list, Release{Version: v})
		}
		if got := Latest(sorted(list)).Version; got != want {
			t.Errorf("of %s: %s", versions, got)
		}
	}
}

func TestIntegrity(t *testing.T) {
	f := Content{Body: []byte("")}.file()
	if f.Integrity() != "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==" {
		t.Error(f.Integrity())
	}
	if f.object() != "releases/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Error(f.object())
	}
}
