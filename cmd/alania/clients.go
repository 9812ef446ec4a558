package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/oauth"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/server/assembly"
)

const clientsUsage = `usage: alania clients create -name NAME [-scopes "a b"] [-org SLUG] [-client-id ID]
       alania clients list [-org SLUG]
       alania clients revoke CLIENT_ID`

func (c command) clients(ctx context.Context, args []string) error {
	if len(args) == 0 || !slices.Contains([]string{"create", "list", "revoke"}, args[0]) {
		return errors.New(clientsUsage)
	}
	verb := args[0]
	fs := flag.NewFlagSet("alania clients "+verb, flag.ContinueOnError)
	slug := fs.String("org", "default", "slug of the organization")
	var name, scopes, clientID *string
	if verb == "create" {
		name = fs.String("name", "", "what the client is for")
		scopes = fs.String("scopes", "*", "scopes it may be granted, with spaces between them")
		clientID = fs.String("client-id", "", "its id; generated when empty")
	}
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	// Before a database is opened, which makes the embedded one where there is none.
	switch {
	case verb == "create" && *name == "":
		return errors.New("clients create needs -name")
	case verb == "revoke" && fs.NArg() != 1, verb != "revoke" && fs.NArg() != 0:
		return errors.New(clientsUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	switch verb {
	case "create":
		o, err := findOrg(ctx, s, *slug)
		if err != nil {
			return err
		}
		ctx = identity.With(ctx, identity.Operator(o.ID))
		cl, secret, err := s.OAuth.CreateClient(ctx,
			oauth.NewClient{OrgID: o.ID, Name: *name, ClientID: *clientID, Scopes: strings.Fields(*scopes)})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out,
			"client_id      %s\nclient_secret  %s\nscopes         %s\n\nThe secret is shown once. Keep it safe.\n", cl.ClientID,
			secret, strings.Join(cl.Scopes, " "))
		return nil
	case "list":
		o, err := findOrg(ctx, s, *slug)
		if err != nil {
			return err
		}
		list, err := s.OAuth.Clients(ctx, o.ID)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "CLIENT ID\tNAME\tSCOPES\tSTATE\tLAST USED")
		for _, cl := range list {
			state, used := "active", "never"
			if cl.RevokedAt != nil {
				state = "revoked"
			}
			if cl.LastUsedAt != nil {
				used = cl.LastUsedAt.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", cl.ClientID, cl.Name, strings.Join(cl.Scopes, " "), state, used)
		}
		return w.Flush()
	default: // revoke
		if err := s.OAuth.RevokeClient(ctx, fs.Arg(0)); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "Revoked. Running servers refuse its tokens within %s.\n", identity.CacheTTL)
		return nil
	}
}

func findOrg(ctx context.Context, s *assembly.Services, slug string) (org.Org, error) {
	o, err := s.Store.Orgs.OrgBySlug(ctx, slug)
	if fault.IsCode(err, fault.NotFound) {
		return o, fmt.Errorf("there is no organization %q; a server makes the first one, default, when it starts", slug)
	}
	return o, err
}
