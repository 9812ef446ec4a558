package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/server/assembly"
)

const orgsUsage = `usage: alania orgs list [-suspended]
       alania orgs suspend -org SLUG [-reason TEXT]
       alania orgs resume -org SLUG
       alania orgs verify -org SLUG
       alania orgs unverify -org SLUG`

// orgs lets the operator say which organizations may use the platform, and which are verified partners, who may
// install SDKs from the registry.
func (c command) orgs(ctx context.Context, args []string) error {
	if len(args) == 0 || !slices.Contains([]string{"list", "suspend", "resume", "verify", "unverify"}, args[0]) {
		return errors.New(orgsUsage)
	}
	verb := args[0]
	fs := flag.NewFlagSet("alania orgs "+verb, flag.ContinueOnError)
	var slug, reason string
	var suspended bool
	if verb == "list" {
		fs.BoolVar(&suspended, "suspended", false, "only those that are suspended")
	} else {
		fs.StringVar(&slug, "org", "", "slug of the organization")
	}
	if verb == "suspend" {
		fs.StringVar(&reason, "reason", "", "why; it is in the list and in the audit trail of the organization")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	if slug == "" && verb != "list" || fs.NArg() != 0 {
		return errors.New(orgsUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if verb == "list" {
		return c.listOrgs(ctx, s, suspended)
	}
	o, err := findOrg(ctx, s, slug)
	if err != nil {
		return err
	}
	ctx = identity.With(ctx, identity.Operator(o.ID))
	var changed bool
	switch verb {
	case "suspend":
		changed, err = s.Orgs.Suspend(ctx, o.ID, reason)
	case "resume":
		changed, err = s.Orgs.Resume(ctx, o.ID)
	default:
		changed, err = s.Orgs.SetVerified(ctx, o.ID, verb == "verify")
	}
	if err != nil {
		return err
	}
	if !changed {
		_, err = fmt.Fprintln(c.out, "Nothing changed.")
		return err
	}
	_, err = fmt.Fprintln(c.out, orgChanged(verb, o))
	return err
}

// orgChanged tells what follows from a change of an organization.
func orgChanged(verb string, o org.Org) string {
	switch verb {
	case "suspend":
		return fmt.Sprintf("%s is suspended. Running servers refuse its credentials within %s. Its schedules, sync runs and "+
			"deliveries wait; nothing is deleted.", o.Slug, identity.CacheTTL)
	case "resume":
		return o.Slug + " is active again: its credentials work at once, and what waited goes on."
	case "verify":
		return o.Slug + " is a verified partner: its credentials with the scope sdk:read may install from the registry."
	}
	return o.Slug + " is no longer a verified partner."
}

func (c command) listOrgs(ctx context.Context, s *assembly.Services, suspended bool) error {
	var status identity.OrgStatus
	if suspended {
		status = identity.OrgSuspended
	}
	list, err := s.Orgs.All(identity.With(ctx, identity.Operator(id.ID{})), status)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SLUG\tNAME\tTIER\tVERIFIED\tSTATUS\tSINCE\tREASON")
	for _, o := range list {
		verified, since := "no", ""
		if o.VerifiedAt != nil {
			verified = "yes"
		}
		if o.SuspendedAt != nil {
			since = o.SuspendedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.Slug, o.Name, o.Tier, verified, o.Status, since, o.SuspendedReason)
	}
	return w.Flush()
}
