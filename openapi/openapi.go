// Package openapi holds the bundles of the published contracts, which the server,
// the docs and the tests read from the binary.
package openapi

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed dist/*.json dist/*.yaml
var dist embed.FS

//go:embed CHANGELOG.md
var changelog []byte

// Changelog is what changed in the contracts, in Markdown. It must not be changed.
func Changelog() []byte { return changelog }

// Joined is the name of the bundle that joins all contracts.
const Joined = "openapi"

// Contracts are the names of the published contracts, sorted, without the joined
// bundle.
func Contracts() []string {
	files, err := fs.Glob(dist, "dist/*.json")
	if err != nil {
		panic(err) // the pattern is ours
	}
	var names []string
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "dist/"), ".json")
		if name != Joined {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// JSON is the bundle of a contract, or of all with Joined. The bytes are the caller's.
func JSON(name string) ([]byte, bool) { return read(name, ".json") }

// YAML is the bundle of a contract, or of all with Joined. The bytes are the caller's.
func YAML(name string) ([]byte, bool) { return read(name, ".yaml") }

func read(name, suffix string) ([]byte, bool) {
	b, err := dist.ReadFile("dist/" + name + suffix)
	return b, err == nil
}
