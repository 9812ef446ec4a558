// Package seo is the SQL of domain/seo.
package seo

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ seo.Repository = (*Store)(nil)

// Lists are the area's lists, by name.
var Lists = map[string]db.Listing{"seo issues": issues}

// WorkspaceTables are deleted with a workspace, in this order.
var WorkspaceTables = []db.WorkspaceTable{
	{Name: "seo_issues", Key: "seq"},
	{Name: "seo_pages", Key: "workspace_id, url_hash"},
	{Name: "seo_reports", Key: "seq"},
}

// InsertReport implements seo.Repository. The row of the page is what two of a page at once
// wait for each other at; it names the report whose issues are gone now.
func (s *Store) InsertReport(ctx context.Context, r seo.Report) (seo.Report, plan.Amount, error) {
	var freed plan.Amount
	err := s.InTx(ctx, func(ctx context.Context) error {
		sum := sha256.Sum256([]byte(r.URL))
		newest, err := db.Returning[id.ID](ctx, s.DB,
			"INSERT INTO seo_pages (workspace_id, url_hash, report_id) VALUES ($1, $2, $3)"+
				" ON CONFLICT (workspace_id, url_hash) DO UPDATE SET report_id = seo_pages.report_id RETURNING report_id",
			r.WorkspaceID, sum[:], r.ID)
		if err != nil {
			return err
		}
		if newest[0] != r.ID {
			was, err := db.One[db.Freed](ctx, s.DB,
				"SELECT workspace_id, issues_kept AS items, issues_size AS size FROM seo_reports WHERE id = $1", newest[0])
			if err != nil {
				return err
			}
			freed = plan.Amount{Items: was.Items, Bytes: was.Size}
			if _, err := s.Exec(ctx, "UPDATE seo_reports SET issues_kept = 0, issues_size = 0 WHERE id = $1",
				newest[0]); err != nil {
				return err
			}
			if _, err := s.Exec(ctx, "DELETE FROM seo_issues WHERE report_id = $1", newest[0]); err != nil {
				return err
			}
			if _, err := s.Exec(ctx, "UPDATE seo_pages SET report_id = $2 WHERE report_id = $1", newest[0], r.ID); err != nil {
				return err
			}
		}
		seq, err := db.Returning[int64](ctx, s.DB,
			"INSERT INTO seo_reports (id, workspace_id, url, performance, accessibility, best_practices, seo, issues, "+
				"created_at, size, issues_kept, issues_size)"+
				" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $11) RETURNING seq",
			r.ID, r.WorkspaceID, r.URL, r.Scores.Performance, r.Scores.Accessibility, r.Scores.BestPractices, r.Scores.SEO,
			r.Issues, r.CreatedAt, r.Size(), r.IssuesSize)
		if err != nil {
			return err
		}
		r.Seq = seq[0]
		return nil
	})
	return r, freed, err
}

// DeleteReports implements seo.Repository.
func (s *Store) DeleteReports(
	ctx context.Context, retention int, before time.Time, limit int,
) (map[id.ID]plan.Amount, error) {
	rows, err := db.Returning[db.Freed](ctx, s.DB,
		"DELETE FROM seo_reports WHERE seq IN (SELECT r.seq FROM workspaces w JOIN seo_reports r ON r.workspace_id = w.id"+
			" WHERE w.retention_days = $1 AND r.created_at < $2 AND NOT EXISTS (SELECT 1 FROM seo_pages p WHERE p.report_id = "+
			"r.id) LIMIT $3)"+
			" RETURNING workspace_id, 1 AS items, size", retention, before, limit)
	return db.SumFreed(rows), err
}

// InsertIssues implements seo.Repository.
func (s *Store) InsertIssues(ctx context.Context, issues []seo.Issue) error {
	rows := make([][]any, len(issues))
	for i, v := range issues {
		details := v.Details
		if details == nil {
			details = map[string]any{}
		}
		rows[i] = []any{
			v.ID, v.WorkspaceID, v.ReportID, v.URL, v.Type, v.Severity, db.Text(v.Element), db.AsJSON(details), v.CreatedAt,
		}
	}
	types := []string{
		db.UUIDType, db.UUIDType, db.UUIDType, db.TextType, db.TextType, db.TextType, db.TextType, db.JSONType, db.TimeType,
	}
	return s.ExecRows(ctx, "INSERT INTO seo_issues (id, workspace_id, report_id, url, issue_type, severity, element, "+
		"details, created_at) VALUES ", types, rows, "")
}

type issueRow struct {
	ID          id.ID                   `db:"id"`
	Seq         int64                   `db:"seq"`
	WorkspaceID id.ID                   `db:"workspace_id"`
	ReportID    id.ID                   `db:"report_id"`
	URL         string                  `db:"url"`
	Type        string                  `db:"issue_type"`
	Severity    seo.Severity            `db:"severity"`
	Element     db.Text                 `db:"element"`
	Details     db.JSON[map[string]any] `db:"details"`
	CreatedAt   db.Time                 `db:"created_at"`
}

func (r issueRow) issue() seo.Issue {
	return seo.Issue{
		ID: r.ID, Seq: r.Seq, WorkspaceID: r.WorkspaceID, ReportID: r.ReportID, URL: r.URL, Type: r.Type,
		Severity: r.Severity,
		Element:  string(r.Element), Details: r.Details.V, CreatedAt: r.CreatedAt.Time,
	}
}

// Blocks are by what issues are counted.
var Blocks = db.Blocked{
	Table: "seo_issues", Scope: "workspace_id", Times: []string{"created_at"}, Texts: []string{"url"},
}

var issues = db.List[issueRow, seo.Issue]{
	Scope: "workspace_id = $1",
	Query: "SELECT id, seq, workspace_id, report_id, url, issue_type, severity, element, details, created_at FROM " +
		"seo_issues", ID: "id",
	Sorts: map[string]db.Column{
		"created_at": db.ByTime("created_at"), "severity": db.By("severity"),
		"issue_type": db.ByThen("issue_type", "created_at"),
		"url":        db.ByLong("url"), "id": db.By("seq"),
	},
	Filters: map[string]string{
		"created_at": "created_at", "severity": "severity", "issue_type": "issue_type", "url": "url",
		"search": "url, issue_type",
	},
	Counted: "seo issues", Blocks: Blocks,
	Convert: issueRow.issue,
	Position: func(i seo.Issue, field string) page.Position {
		switch field {
		case "severity":
			return page.Position{Key: string(i.Severity), ID: i.ID}
		case "issue_type":
			return page.Position{Key: db.ThenKey(i.Type, i.CreatedAt), ID: i.ID}
		case "url":
			return page.Position{Key: i.URL, ID: i.ID}
		}
		return db.TimePosition(i.ID, i.CreatedAt)
	},
}

// ListIssues implements seo.Repository.
func (s *Store) ListIssues(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[seo.Issue], error) {
	return issues.Page(ctx, s.DB, q, issues.Scope, workspaceID)
}
