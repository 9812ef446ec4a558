package breaking

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// published is the file of a baseline that holds the date of its publication.
const published = "published"

// Pair is a contract as it was published, and as it is now.
type Pair struct {
	Contract  string
	Was       []byte // nil: it was not published before
	Is        []byte // a document without operations when the contract is no more
	Published time.Time
}

// Pairs reads the bundles of two folders, in YAML, without the one that joins the others.
func Pairs(baseline, dist string) ([]Pair, error) {
	text, err := os.ReadFile(filepath.Join(baseline, published))
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.DateOnly, strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s must be a date: %w", filepath.Join(baseline, published), err)
	}
	var names []string
	for _, folder := range []string{baseline, dist} {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if name := strings.TrimSuffix(filepath.Base(f), ".yaml"); name != "openapi" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return nil, fmt.Errorf("no bundle in %s", dist)
	}
	var pairs []Pair
	for _, name := range names {
		p := Pair{Contract: name, Published: at}
		if p.Was, err = bundle(baseline, name); err != nil {
			return nil, err
		}
		if p.Is, err = bundle(dist, name); err != nil {
			return nil, err
		}
		if p.Is == nil {
			p.Is = []byte(`{"openapi": "3.1.0", "info": {"title": "` + name + `", "version": "0"}, "paths": {}}`)
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// Documents reads both. One that was not published before had nothing.
func (p Pair) Documents() (was, is *Document, err error) {
	was = &Document{}
	if p.Was != nil {
		if was, err = Load(p.Was); err != nil {
			return nil, nil, fmt.Errorf("as published: %w", err)
		}
	}
	if is, err = Load(p.Is); err != nil {
		return nil, nil, err
	}
	return was, is, nil
}

// Draft compares both, and words what differs for the changelog.
func (p Pair) Draft(now time.Time) (string, error) {
	was, is, err := p.Documents()
	if err != nil {
		return "", err
	}
	return Draft(is, Compare(was, is, Dates{Published: p.Published, Now: now})), nil
}

// bundle reads a file; nil when it is not there.
func bundle(folder, name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(folder, name+".yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}
