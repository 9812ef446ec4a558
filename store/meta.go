package store

import "context"

// MetaOnce keeps a value under a name the first time, and gives the one that is kept.
func (s *Store) MetaOnce(ctx context.Context, name, value string) (string, error) {
	if _, err := s.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value); err != nil {
		return "", err
	}
	return one[string](ctx, s, "SELECT value FROM meta WHERE name = $1", name)
}

// SetMeta keeps a value under a name.
func (s *Store) SetMeta(ctx context.Context, name, value string) error {
	_, err := s.exec(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}
