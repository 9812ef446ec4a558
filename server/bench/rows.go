package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/id"
)

// Workspace is the answer of every peer: the members that ours answers with.
type Workspace struct {
	ID        string    `json:"id"`
	OrgID     string    `json:"org_id"`
	Name      string    `json:"name"`
	Slug      string    `json:"slug"`
	Status    string    `json:"status"`
	Settings  Settings  `json:"settings"`
	RoleHints RoleHints `json:"role_hints"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Settings are those of a workspace.
type Settings struct {
	RetentionDays int             `json:"retention_days"`
	Regions       []string        `json:"regions"`
	FeatureFlags  map[string]bool `json:"feature_flags"`
}

// RoleHints are the same for everybody here.
type RoleHints struct {
	Role string   `json:"role"`
	Can  []string `json:"can"`
}

// Page is a page of a list.
type Page struct {
	Data       []Workspace `json:"data"`
	NextCursor *string     `json:"next_cursor"`
}

// Create is the body of a create.
type Create struct {
	Name string `json:"name"`
	Slug string `json:"slug"`
}

// Rows runs the statements that our own store runs for the three operations.
type Rows struct {
	write, read       *sqlx.DB
	get, list         *sqlx.Stmt
	insert, project   *sqlx.Stmt
	audit             *sqlx.Stmt
	principal, tokens id.ID
}

const selectWorkspace = "SELECT seq, id, org_id, name, slug, status, tier, retention_days, regions, feature_flags," +
	" timezone, locale, version, created_at, updated_at FROM workspaces"

// Open opens a database that `alania serve` has made, and prepares the statements.
func Open(databaseURL string) (*Rows, error) {
	write, read, err := open(databaseURL)
	if err != nil {
		return nil, err
	}
	r := &Rows{write: write, read: read, principal: id.New(), tokens: id.New()}
	for _, s := range []struct {
		on    *sqlx.DB
		stmt  **sqlx.Stmt
		query string
	}{
		{read, &r.get, selectWorkspace + " WHERE id = $1 AND deleted_at IS NULL"},
		{
			read, &r.list,
			selectWorkspace + " WHERE org_id = $1 AND deleted_at IS NULL ORDER BY created_at ASC, id ASC LIMIT $2",
		},
		{write, &r.insert,
			"INSERT INTO workspaces (id, org_id, name, slug, status, tier, retention_days, regions, feature_flags," +
				" timezone, locale, version, created_at, updated_at)" +
				" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (org_id, slug) DO NOTHING " +
				"RETURNING seq"},
		{
			write, &r.project,
			"INSERT INTO projects (id, org_id, workspace_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
		},
		{write, &r.audit,
			"INSERT INTO audit_entries (id, org_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, after," +
				" request_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"},
	} {
		if *s.stmt, err = s.on.Preparex(s.query); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", s.query, err), r.Close())
		}
	}
	return r, nil
}

// Close closes the database.
func (r *Rows) Close() error { return errors.Join(r.write.Close(), r.read.Close()) }

type row struct {
	Seq           int64     `db:"seq"`
	ID            id.ID     `db:"id"`
	OrgID         id.ID     `db:"org_id"`
	Name          string    `db:"name"`
	Slug          string    `db:"slug"`
	Status        string    `db:"status"`
	Tier          string    `db:"tier"`
	RetentionDays int       `db:"retention_days"`
	Regions       []byte    `db:"regions"`
	FeatureFlags  []byte    `db:"feature_flags"`
	Timezone      string    `db:"timezone"`
	Locale        string    `db:"locale"`
	Version       int       `db:"version"`
	CreatedAt     time.Time `db:"created_at"`
	UpdatedAt     time.Time `db:"updated_at"`
}

func (w row) workspace() (Workspace, error) {
	out := Workspace{
		ID: w.ID.Prefixed(id.WorkspacePrefix), OrgID: w.OrgID.Prefixed(id.OrgPrefix), Name: w.Name, Slug: w.Slug,
		Status:    w.Status,
		Settings:  Settings{RetentionDays: w.RetentionDays},
		RoleHints: RoleHints{Role: "owner", Can: []string{"read", "write", "manage"}},
		CreatedAt: w.CreatedAt.UTC(), UpdatedAt: w.UpdatedAt.UTC(),
	}
	err := errors.Join(json.Unmarshal(w.Regions, &out.Settings.Regions),
		json.Unmarshal(w.FeatureFlags, &out.Settings.FeatureFlags))
	return out, err
}

// ErrNotFound is what an id without a row returns.
var ErrNotFound = errors.New("not found")

// Get reads one workspace by its public id.
func (r *Rows) Get(ctx context.Context, public string) (Workspace, error) {
	workspaceID, err := id.ParseULID(strings.TrimPrefix(public, id.WorkspacePrefix+"_"))
	if err != nil {
		return Workspace{}, ErrNotFound
	}
	var w row
	if err := r.get.GetContext(ctx, &w, workspaceID); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNotFound
		}
		return Workspace{}, err
	}
	return w.workspace()
}

// List reads the first page.
func (r *Rows) List(ctx context.Context, publicOrg string, limit int) (Page, error) {
	orgID, err := id.ParseULID(strings.TrimPrefix(publicOrg, id.OrgPrefix+"_"))
	if err != nil {
		return Page{}, ErrNotFound
	}
	var rows []row
	if err := r.list.SelectContext(ctx, &rows, orgID, limit+1); err != nil {
		return Page{}, err
	}
	p := Page{Data: make([]Workspace, 0, limit)}
	if len(rows) > limit {
		rows = rows[:limit]
		next := rows[limit-1].ID.ULID()
		p.NextCursor = &next
	}
	for _, w := range rows {
		one, err := w.workspace()
		if err != nil {
			return Page{}, err
		}
		p.Data = append(p.Data, one)
	}
	return p, nil
}

// Create inserts a workspace, its first project and an audit entry, in one transaction.
func (r *Rows) Create(ctx context.Context, publicOrg string, in Create) (Workspace, error) {
	orgID, err := id.ParseULID(strings.TrimPrefix(publicOrg, id.OrgPrefix+"_"))
	if err != nil {
		return Workspace{}, ErrNotFound
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	w := row{
		ID: id.New(), OrgID: orgID, Name: in.Name, Slug: in.Slug, Status: "active", Tier: "enterprise", RetentionDays: 90,
		Regions: []byte(`["eu"]`), FeatureFlags: []byte(`{}`), Timezone: "UTC", Locale: "en_GB", Version: 1, CreatedAt: now,
		UpdatedAt: now,
	}
	after, err := json.Marshal(map[string]string{"name": in.Name, "slug": in.Slug})
	if err != nil {
		return Workspace{}, err
	}
	tx, err := r.write.BeginTxx(ctx, nil)
	if err != nil {
		return Workspace{}, err
	}
	defer func() { _ = tx.Rollback() }()
	err = tx.Stmtx(r.insert).GetContext(ctx, &w.Seq, w.ID, orgID, w.Name, w.Slug, w.Status, w.Tier, w.RetentionDays,
		string(w.Regions),
		string(w.FeatureFlags), w.Timezone, w.Locale, w.Version, now, now)
	if err != nil {
		return Workspace{}, err
	}
	if _, err := tx.Stmtx(r.project).ExecContext(ctx, id.NewV4(), orgID, w.ID, "Default", now, now); err != nil {
		return Workspace{}, err
	}
	if _, err := tx.Stmtx(r.audit).ExecContext(ctx, id.New(), orgID, "workspace.created", "key", r.principal, "Peer",
		"workspace", w.ID,
		string(after), r.tokens.ULID(), now); err != nil {
		return Workspace{}, err
	}
	if err := tx.Commit(); err != nil {
		return Workspace{}, err
	}
	return w.workspace()
}
