package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/alania-go/alania/domain/signing"
)

const keysUsage = `usage: alania keys rotate-signing [-realms] [-now]`

// keys lets the operator replace a key that signs tokens before its time.
func (c command) keys(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "rotate-signing" {
		return errors.New(keysUsage)
	}
	fs := flag.NewFlagSet("alania keys rotate-signing", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	realms := fs.Bool("realms", false, "the key of the realms' tokens, instead of that of OAuth clients' tokens")
	now := fs.Bool("now", false, "refuse the tokens of every other key, because somebody else may have one")
	if err := fs.Parse(args[1:]); err != nil || fs.NArg() > 0 {
		return errors.New(keysUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	rotate, replace := s.OAuth.RotateSigningKey, s.OAuth.ReplaceSigningKeys
	if *realms {
		if s.Directory != s.Issuer {
			return errors.New("the keys of realms are Keycloak's (ALANIA_KEYCLOAK_URL): rotate them there")
		}
		rotate, replace = s.Issuer.Keys().Rotate, s.Issuer.Keys().Replace
	}
	if *now {
		k, err := replace(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "The key %s signs, and every other has ended: so have the tokens that they signed.\n"+
			"Running servers refuse them within a minute, and at once after SIGHUP.\n", k.ID.ULID())
		return nil
	}
	k, err := rotate(ctx)
	if err != nil {
		return err
	}
	from := k.CreatedAt.Add(signing.KeyNotice)
	fmt.Fprintf(c.out, "The key %s is published and signs from %s.\nThe former one verifies tokens until %s.\n",
		k.ID.ULID(), from.Format(time.RFC3339), from.Add(signing.KeyRest).Format(time.RFC3339))
	return nil
}
