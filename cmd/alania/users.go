package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
)

const usersUsage = `usage: alania users super-admin -email EMAIL [-org SLUG] [-revoke]`

// users lets the operator say who may act on all organizations.
func (c command) users(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "super-admin" {
		return errors.New(usersUsage)
	}
	fs := flag.NewFlagSet("alania users super-admin", flag.ContinueOnError)
	email := fs.String("email", "", "e-mail address of the person")
	slug := fs.String("org", "default",
		"slug of an organization that the person is a member of; its audit trail tells of it")
	revoke := fs.Bool("revoke", false, "take it away instead")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	if *email == "" || fs.NArg() != 0 {
		return errors.New(usersUsage)
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
	changed, err := s.Orgs.SetSuperAdmin(identity.With(ctx, identity.Operator(o.ID)), o.ID, *email, !*revoke)
	switch {
	case fault.IsCode(err, fault.NotFound):
		return fmt.Errorf("no member of the organization %q has this e-mail address", *slug)
	case err != nil:
		return err
	case !changed:
		fmt.Fprintln(c.out, "Nothing changed.")
	case *revoke:
		fmt.Fprintf(c.out, "No longer a super admin. Running servers know within %s.\n", identity.CacheTTL)
	default:
		fmt.Fprintf(c.out, "A super admin. Running servers know within %s.\n", identity.CacheTTL)
	}
	return nil
}
