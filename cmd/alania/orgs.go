package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/alania-go/alania/domain/identity"
)

const orgsUsage = `usage: alania orgs verify -org SLUG
       alania orgs unverify -org SLUG`

// orgs lets the operator say which organizations are verified partners, who may install
// SDKs from the registry.
func (c command) orgs(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "verify" && args[0] != "unverify" {
		return errors.New(orgsUsage)
	}
	verb := args[0]
	fs := flag.NewFlagSet("alania orgs "+verb, flag.ContinueOnError)
	slug := fs.String("org", "", "slug of the organization")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	if *slug == "" || fs.NArg() != 0 {
		return errors.New(orgsUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	o, err := findOrg(ctx, s, *slug)
	if err != nil {
		return err
	}
	changed, err := s.Orgs.SetVerified(identity.With(ctx, identity.Operator(o.ID)), o.ID, verb == "verify")
	switch {
	case err != nil:
		return err
	case !changed:
		fmt.Fprintln(c.out, "Nothing changed.")
	case verb == "verify":
		fmt.Fprintf(c.out,
			"%s is a verified partner: its credentials with the scope sdk:read may install from the registry.\n", o.Slug)
	default:
		fmt.Fprintf(c.out, "%s is no longer a verified partner.\n", o.Slug)
	}
	return nil
}
