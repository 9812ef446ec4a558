package db

import "context"

// MetaOnce keeps a value under a name the first time, and returns the one that is kept.
func (d *DB) MetaOnce(ctx context.Context, name, value string) (string, error) {
	if _, err := d.Exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name,
		value); err != nil {
		return "", err
	}
	return One[string](ctx, d, "SELECT value FROM meta WHERE name = $1", name)
}

// SetMeta keeps a value under a name.
func (d *DB) SetMeta(ctx context.Context, name, value string) error {
	_, err := d.Exec(ctx,
		"INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}
