package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alania-go/alania/domain/oauth"
)

const keysUsage = `usage: alania keys rotate-signing`

// keys lets the operator replace the key that signs access tokens before its time.
func (c command) keys(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "rotate-signing" {
		return errors.New(keysUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	k, err := s.OAuth.RotateSigningKey(ctx)
	if err != nil {
		return err
	}
	from := k.CreatedAt.Add(oauth.SigningKeyNotice)
	fmt.Fprintf(c.out, "The key %s is published and signs from %s.\nThe former one verifies tokens until %s.\n",
		k.ID.ULID(), from.Format(time.RFC3339), from.Add(oauth.SigningKeyRest).Format(time.RFC3339))
	return nil
}
