package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/semver"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/release"
	"github.com/alania-go/alania/engine/artifact"
	"github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/registry"
)

const sdkUsage = `usage: alania sdk publish [-dir FOLDER]
       alania sdk list`

// sdk publishes to the registry what `make sdk` built and the bundles of this program, and
// lists what is published.
func (c command) sdk(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "publish" && args[0] != "list" {
		return errors.New(sdkUsage)
	}
	verb := args[0]
	fs := flag.NewFlagSet("alania sdk "+verb, flag.ContinueOnError)
	var drafts []release.Draft
	dir := "dist/sdk"
	if verb == "publish" {
		fs.StringVar(&dir, "dir", dir, "folder that `make sdk` built to")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return errors.New(sdkUsage)
	}
	if verb == "publish" { // before a database is opened, which makes the embedded one
		var err error
		if drafts, err = releases(dir); err != nil {
			return err
		}
	}
	s, done, err := c.openWithObjects(ctx)
	if err != nil {
		return err
	}
	defer done()
	operator := identity.Operator(id.ID{})
	if u, err := user.Current(); err == nil {
		operator.Name += " " + u.Username
	}
	ctx = identity.With(ctx, operator)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	if verb == "list" {
		list, err := s.Releases.Published(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, "KIND\tNAME\tVERSION\tPUBLISHED AT\tBY")
		for _, r := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Kind, r.Name, r.Version, r.PublishedAt.Format(time.RFC3339), r.PublishedBy)
		}
		return w.Flush()
	}
	out, err := s.Releases.Publish(ctx, drafts)
	if err != nil {
		return err
	}
	for _, o := range out {
		state := "published"
		if !o.New {
			state = "unchanged"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", state, o.Kind, o.Name, o.Version)
	}
	return w.Flush()
}

// releases returns what is to be published: the SDKs in the folder, and the bundles. The
// joined one must have the version of the newest SDKs, which are made from it: otherwise the
// folder and this program are not of the same source.
func releases(dir string) ([]release.Draft, error) {
	drafts, err := artifact.Folder(dir)
	if err != nil {
		return nil, err
	}
	newest := map[release.Kind]string{}
	var version string
	for _, d := range drafts {
		v := strings.TrimPrefix(d.Version, "v")
		if old, ok := newest[d.Kind]; !ok || semver.Compare("v"+v, "v"+old) > 0 {
			newest[d.Kind] = v
		}
		if version == "" || semver.Compare("v"+v, "v"+version) > 0 {
			version = v
		}
	}
	switch {
	case len(drafts) == 0:
		return nil, fmt.Errorf("there is no SDK in %s: run make sdk, or name the folder with -dir", dir)
	case len(newest) == 2 && newest[release.Go] != newest[release.NPM]:
		return nil, fmt.Errorf("the SDKs in %s have different versions, %s for Go and %s for npm: run make sdk again", dir,
			newest[release.Go], newest[release.NPM])
	}
	for _, name := range append(openapi.Contracts(), openapi.Joined) {
		j, okJSON := openapi.JSON(name)
		y, okYAML := openapi.YAML(name)
		if !okJSON || !okYAML {
			return nil, fmt.Errorf("the bundle of %s is not there in both formats", name)
		}
		var doc struct{ Info struct{ Version string } }
		if err := json.Unmarshal(j, &doc); err != nil {
			return nil, err
		}
		d := release.Draft{Kind: release.OpenAPI, Name: name, Version: doc.Info.Version}
		if name == openapi.Joined && d.Version != version {
			return nil, fmt.Errorf("the SDKs in %s have the version %s, and this program the contracts of %s: build both from "+
				"the same source", dir, version, d.Version)
		}
		d.Files = []release.Content{
			{Name: registry.BundleFile(name, d.Version, ".json"), ContentType: "application/json", Body: j},
			{Name: registry.BundleFile(name, d.Version, ".yaml"), ContentType: "application/yaml", Body: y},
		}
		drafts = append(drafts, d)
	}
	return drafts, nil
}

// openWithObjects is open for a command that needs the object storage, too.
func (c command) openWithObjects(ctx context.Context) (*assembly.Services, func(), error) {
	cfg, _, err := c.load(nil)
	if err != nil {
		return nil, nil, err
	}
	files, err := objects.Open(ctx, cfg.ObjectsURL)
	if err != nil {
		return nil, nil, fmt.Errorf("ALANIA_OBJECTS_URL: %w", err)
	}
	s, err := server.OpenServices(ctx, cfg, files, c.logger(cfg))
	if err != nil {
		return nil, nil, errors.Join(err, files.Close())
	}
	return s, func() { _ = errors.Join(s.Close(), files.Close()) }, nil
}
