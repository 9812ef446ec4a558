package assembly

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/server/config"
	"github.com/alania-go/alania/store/db"
)

const keyFile = "secret.key"

// openBox takes the configured key, or the one in the data folder of the embedded
// database, which it makes the first time.
func openBox(cfg config.Config) (*secret.Box, error) {
	setting := cfg.SecretKey
	if setting == "" && cfg.Embedded() {
		var err error
		if setting, err = embeddedKey(filepath.Join(cfg.DataDir(), keyFile)); err != nil {
			return nil, err
		}
	}
	box, err := secret.NewBox(setting)
	if err != nil {
		return nil, fmt.Errorf("ALANIA_SECRET_KEY %w", err)
	}
	return box, nil
}

func embeddedKey(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(b), err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// Complete before it has its name: a crash cannot leave half a key with which
	// secrets would be sealed.
	f, err := os.CreateTemp(filepath.Dir(path), keyFile+".*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret.Random(32)))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	// A link fails when another process was first; its key is the one.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	b, err = os.ReadFile(path)
	return string(b), err
}

const checkName, checkUse, checkPlain = "secret_key_check", "secret key check", "alania"

// checkKey refuses to start with a key that does not open what is in the database: better
// now than when the first secret is needed.
func checkKey(ctx context.Context, d *db.DB, box *secret.Box) error {
	kept, err := d.MetaOnce(ctx, checkName, base64.StdEncoding.EncodeToString(box.Seal([]byte(checkPlain), checkUse)))
	if err != nil {
		return err
	}
	sealed, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return err
	}
	if _, err := box.Open(sealed, checkUse); err != nil {
		return errors.New("ALANIA_SECRET_KEY is not the key that this database was made with: restore it, or the file " +
			keyFile + " beside the embedded database")
	}
	return nil
}

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
