package server

import (
	"context"
	"encoding/base64"

	"github.com/alania-go/alania/domain/secret"
)

// Reseal seals everything in the database with the key in use. When no former key is needed any more, the
// value that a start is checked with is sealed anew too: until then a start without a former key is
// refused.
func (s *Services) Reseal(ctx context.Context) (secret.Resealed, error) {
	done, err := secret.Reseal(ctx, s.Store, s.Store.Secrets, s.Box)
	if err != nil || !done.Retired() {
		return done, err
	}
	return done, s.Store.SetMeta(ctx, checkName,
		base64.StdEncoding.EncodeToString(s.Box.Seal([]byte(checkPlain), checkUse)))
}
