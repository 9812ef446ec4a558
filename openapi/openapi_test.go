package openapi

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestContracts(t *testing.T) {
	contracts := Contracts()
	if !slices.Contains(contracts, "platform") || slices.Contains(contracts, Joined) || !slices.IsSorted(contracts) {
		t.Fatalf("contracts = %q", contracts)
	}
}

// The two formats of a bundle are made by one command but served apart: whoever reads
// one must read what the other says.
func TestFormatsAgree(t *testing.T) {
	for _, name := range append(Contracts(), Joined) {
		t.Run(name, func(t *testing.T) {
			j, okJSON := JSON(name)
			y, okYAML := YAML(name)
			if !okJSON || !okYAML {
				t.Fatalf("json %v, yaml %v", okJSON, okYAML)
			}
			var fromJSON, fromYAML any
			if err := json.Unmarshal(j, &fromJSON); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal(y, &fromYAML); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(fromYAML) // numbers and keys as encoding/json has them
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(again, &fromYAML); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(fromJSON, fromYAML) {
				t.Error("the JSON and the YAML bundle differ")
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	for _, name := range []string{"", "nope", "../openapi", "../dist/openapi", "dist/openapi", "openapi.json"} {
		if _, ok := JSON(name); ok {
			t.Errorf("JSON(%q) was found", name)
		}
		if _, ok := YAML(name); ok {
			t.Errorf("YAML(%q) was found", name)
		}
	}
}

// The SDKs have all contracts, so they have the version of the document that joins them.
func TestVersionOfSDKs(t *testing.T) {
	version, err := os.ReadFile("../sdk/VERSION")
	if err != nil {
		t.Fatal(err)
	}
	joined, _ := JSON(Joined)
	var doc struct{ Info struct{ Version string } }
	if err := json.Unmarshal(joined, &doc); err != nil || doc.Info.Version != strings.TrimSpace(string(version)) {
		t.Errorf("the joined bundle is version %s, sdk/VERSION says %s (%v)", doc.Info.Version, version, err)
	}
}
