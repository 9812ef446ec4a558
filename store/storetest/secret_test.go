package storetest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/store"
)

// TestSealedColumns: what is sealed is known to the store, or a key could never be retired. Whoever adds a
// column of bytes says here that it is not sealed, or lists it in the store.
func TestSealedColumns(t *testing.T) {
	plain := []string{ // hashes, public keys, payloads, and what customers store
		"oauth_clients.secret_hash", "api_keys.hash", "signing_keys.public_key", "idempotency_keys.scope",
		"idempotency_keys.request", "jobs.payload",
		"webhook_events.payload", "records.hash", "seo_reports.url_hash", "seo_pages.url_hash", "release_files.sha256",
		"release_files.sha512", "release_files.sha1", "realm_clients.secret_hash", "realm_invitations.token_hash",
		"realm_signing_keys.public_key", "object_blobs.sum", "documents.id_key", "document_entries.key",
	}
	var sealed []string
	uses := map[secret.Use]bool{}
	for _, c := range open(t, store.SQLite).SealedColumns() {
		sealed = append(sealed, c.Name)
		uses[c.Use] = true
	}
	for _, u := range secret.Uses() {
		if !uses[u] {
			t.Errorf("the store does not say where the values of the use %q are", u)
		}
		delete(uses, u)
	}
	if len(uses) > 0 {
		t.Errorf("the store has columns of uses that no package has: %v", uses)
	}
	table := regexp.MustCompile(`(?i)^(?:CREATE TABLE|ALTER TABLE) (?:IF NOT EXISTS )?(\w+)`)
	column := regexp.MustCompile(`(?i)(\w+)\s+BYTEA`)
	files := os.DirFS("../migrations")
	names, err := fs.Glob(files, "*.sql")
	must(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		must(t, err)
		in := ""
		for line := range strings.Lines(string(text)) {
			if m := table.FindStringSubmatch(line); m != nil {
				in = m[1]
			}
			if m := column.FindStringSubmatch(line); m != nil {
				if c := in + "." + m[1]; !slices.Contains(plain, c) && !slices.Contains(sealed, c) {
					t.Errorf("%s: is %s sealed?", name, c)
				}
			}
		}
	}
}

// keys returns a box with the first key alone, one with the second before the first, and one with the second alone.
func keys(t *testing.T) (old, both, next *secret.Box) {
	t.Helper()
	a, b := base64.StdEncoding.EncodeToString(secret.Random(32)), base64.StdEncoding.EncodeToString(secret.Random(32))
	boxes := make([]*secret.Box, 3)
	for i, setting := range []string{a, b + "," + a, b} {
		var err error
		boxes[i], err = secret.NewBox(setting)
		must(t, err)
	}
	return boxes[0], boxes[1], boxes[2]
}

const headers = secret.Use("mcp headers")

// servers makes MCP servers with sealed headers.
func servers(t *testing.T, s *Store, n int, box *secret.Box) id.ID {
	t.Helper()
	orgID := newOrg(t, s, plan.Free)
	workspace := newWorkspace(t, s, orgID, noon)
	for i := range n {
		must(t, s.InsertMCPServer(t.Context(), mcp.Server{
			ID: fmt.Sprintf("s%d", i), Key: id.New(), OrgID: orgID, WorkspaceID: workspace, Name: fmt.Sprint(i),
			Transport: mcp.HTTP, URL: "https://example.com",
			SealedHeaders: box.Seal(fmt.Append(nil, i), headers), CreatedAt: noon, UpdatedAt: noon,
		}))
	}
	return workspace
}

// opens fails unless every server's headers open with the box.
func opens(t *testing.T, s *Store, workspace id.ID, n int, box *secret.Box) {
	t.Helper()
	list, err := s.MCPServers(t.Context(), workspace)
	if err != nil || len(list) != n {
		t.Fatalf("%d servers, %v", len(list), err)
	}
	for _, v := range list {
		if plain, err := box.Open(v.SealedHeaders, headers); err != nil || "s"+string(plain) != v.ID {
			t.Fatalf("%s: %s, %v", v.ID, plain, err)
		}
	}
}

// disturbed does something before the reads and writes of a Reseal.
type disturbed struct {
	*Store
	read    func() error
	replace func(row any)
}

func (d disturbed) SealedOtherwise(
	ctx context.Context, column string, head []byte, after any, limit int,
) ([]secret.Kept, error) {
	if d.read != nil {
		if err := d.read(); err != nil {
			return nil, err
		}
	}
	return d.Store.SealedOtherwise(ctx, column, head, after, limit)
}

func (d disturbed) ReplaceSealed(ctx context.Context, column string, row any, old, sealed []byte) (bool, error) {
	if d.replace != nil {
		d.replace(row)
	}
	return d.Store.ReplaceSealed(ctx, column, row, old, sealed)
}

func values(r secret.Resealed, column string) int {
	for _, c := range r.Columns {
		if c.Name == column {
			return c.Values
		}
	}
	return -1
}

const headersColumn = "mcp_servers.sealed_headers"

func TestReseal(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		old, both, next := keys(t)
		const n = 250
		workspace := servers(t, s, n, old)
		// It is cut off after two slices.
		reads, cut := 0, errors.New("cut off")
		_, err := secret.Reseal(t.Context(), s, disturbed{Store: s, read: func() error {
			if reads++; reads > 6 { // four reads find nothing in other columns, two have a slice
				return cut
			}
			return nil
		}}, both)
		if !errors.Is(err, cut) {
			t.Fatal(err)
		}
		opens(t, s, workspace, n, both)
		counts, err := s.CountSealed(t.Context(), headersColumn, 5)
		if must(t, err); len(counts) != 2 {
			t.Fatalf("%d keys after the cut", len(counts))
		}
		// It goes on where it was.
		done, err := secret.Reseal(t.Context(), s, s, both)
		if v := values(done, headersColumn); err != nil || v <= 0 || v >= n || !done.Retired() || done.Keys[0].Values != n ||
			done.Keys[1].Values != 0 || done.Unknown != 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		opens(t, s, workspace, n, next)
		// There is nothing left to do.
		if done, err = secret.Reseal(t.Context(), s, s, both); err != nil || values(done, headersColumn) != 0 ||
			!done.Retired() {
			t.Fatalf("%+v, %v", done, err)
		}
	})
}

// What a server writes meanwhile is not overwritten, and is sealed anew with the next look.
func TestResealBesideWrites(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		a := newAuthority(t, e)
		old, both, _ := keys(t)
		servers(t, a.Store, 3, old)
		written, change := false, raw(t, a.url)
		fresh := old.Seal([]byte("fresh"), headers)
		first := read[int64](t, change, "SELECT min(seq) FROM mcp_servers")
		// Between the read of the values and their replacement.
		d := disturbed{Store: a.Store, read: nil}
		list, err := a.SealedOtherwise(t.Context(), headersColumn, both.Seal(nil, headers)[:5], nil, 100)
		if must(t, err); len(list) != 3 {
			t.Fatalf("%d values", len(list))
		}
		d.read = func() error { return nil }
		stale := list[0]
		if _, err := change.Exec("UPDATE mcp_servers SET sealed_headers = $1 WHERE seq = $2", fresh, first); err != nil {
			t.Fatal(err)
		}
		was, err := d.ReplaceSealed(t.Context(), headersColumn, stale.Row, stale.Sealed, both.Seal([]byte("stale"), headers))
		if err != nil || was {
			t.Fatalf("a value that changed was replaced: %v", err)
		}
		// In a whole run: the first value changes under its hands once.
		if e == store.Postgres { // SQLite's one writer is the run itself
			d.replace = func(row any) {
				if !written && row == any(first) {
					written = true
					if _, err := change.Exec("UPDATE mcp_servers SET sealed_headers = $1 WHERE seq = $2",
						old.Seal([]byte("newer"), headers), first); err != nil {
						t.Error(err)
					}
				}
			}
		}
		// The signing key of the fixture is sealed with a key that this box does not have.
		done, err := secret.Reseal(t.Context(), a.Store, d, both)
		if err != nil || !done.Retired() || values(done, headersColumn) != 3 || done.Unknown != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		plain, err := both.Open(read[[]byte](t, change, "SELECT sealed_headers FROM mcp_servers WHERE seq = $1", first),
			headers)
		if want := map[bool]string{true: "newer", false: "fresh"}[written]; err != nil || string(plain) != want {
			t.Fatalf("%s, %v; want %s", plain, err, want)
		}
	})
}
