package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

const entitlementsUsage = `usage: alania entitlements list -workspace wks_…
       alania entitlements boost -workspace wks_… -feature FEATURE -add N [-days N]`

// entitlements shows an operator what a workspace may use, and lets it use more.
func (c command) entitlements(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "list" && args[0] != "boost" {
		return errors.New(entitlementsUsage)
	}
	verb := args[0]
	fs := flag.NewFlagSet("alania entitlements "+verb, flag.ContinueOnError)
	workspace := fs.String("workspace", "", "id of the workspace")
	var feature *string
	var add *int64
	var days *int
	if verb == "boost" {
		feature = fs.String("feature", "", "what to allow more of")
		add = fs.Int64("add", 0, "how many more")
		days = fs.Int("days", 0, "for how many days; 0 for ever")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	workspaceID, err := id.ParsePrefixed(id.WorkspacePrefix, *workspace)
	switch {
	case fs.NArg() > 0:
		return errors.New(entitlementsUsage)
	case err != nil:
		return errors.New("-workspace must have the form wks_01…")
	case verb == "boost" && (*feature == "" || *add < 1):
		return errors.New("entitlements boost needs -feature and -add, 1 or more")
	case verb == "boost" && (*days < 0 || *days > 36_500):
		return errors.New("-days must be from 0 to 36500")
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	w, err := s.Store.Workspaces.Workspace(ctx, workspaceID)
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.Operator(w.OrgID))
	if verb == "boost" {
		b, err := s.Entitlements.Boost(ctx, entitlement.Grant{
			WorkspaceID: w.ID, Feature: entitlement.Feature(*feature), Add: *add, For: time.Duration(*days) * 24 * time.Hour,
		})
		if err != nil {
			return err
		}
		until := "without an end"
		if b.ExpiresAt != nil {
			until = "until " + b.ExpiresAt.Format(time.RFC3339)
		}
		fmt.Fprintf(c.out, "%d more %s for %s, %s.\n", b.Amount, b.Feature, *workspace, until)
		return nil
	}
	sum, err := s.Entitlements.Summary(ctx, w.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s (%s) is on the tier %s.\n\n", *workspace, w.Name, sum.Tier)
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FEATURE\tUSED\tLIMIT\tRESET AT\tSUNSET")
	for _, e := range sum.Entitlements {
		used, limit, reset, sunset := strconv.FormatInt(e.Used, 10), "unlimited", "never", "-"
		switch {
		case e.Kind == entitlement.Switch && e.Enabled:
			used, limit = "-", "included"
		case e.Kind == entitlement.Switch:
			used, limit = "-", "not included"
		case e.Limit != nil:
			limit = strconv.FormatInt(*e.Limit, 10)
		}
		if e.ResetAt != nil {
			reset = e.ResetAt.Format(time.RFC3339)
		}
		if e.Sunset != nil {
			sunset = e.Sunset.Format(time.DateOnly)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", e.Feature, used, limit, reset, sunset)
	}
	return t.Flush()
}
