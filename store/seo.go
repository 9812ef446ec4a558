package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/seo"
)

var _ seo.Repository = (*Store)(nil)

// InsertReport implements seo.Repository. The row of the page is what two of a page at once
// wait for each other at; it names the report whose issues are gone now.
func (s *Store) InsertReport(ctx context.Context, r seo.Report) (seo.Report, plan.Amount, error) {
	var freed plan.Amount
	err := s.InTx(ctx, func(ctx context.Context) error {
		sum := sha256.Sum256([]byte(r.URL))
		newest, err := returning[id.ID](ctx, s, "INSERT INTO seo_pages (workspace_id, url_hash, report_id) VALUES ($1, $2, $3)"+
			" ON CONFLICT (workspace_id, url_hash) DO UPDATE SET report_id = seo_pages.report_id RETURNING report_id", r.WorkspaceID, sum[:], r.ID)
		if err != nil {
			return err
		}
		if newest[0] != r.ID {
			was, err := one[sized](ctx, s, "SELECT workspace_id, issues_kept AS items, issues_size AS size FROM seo_reports WHERE id = $1", newest[0])
			if err != nil {
				return err
			}
			freed = plan.Amount{Items: was.Items, Bytes: was.Size}
			if _, err := s.exec(ctx, "UPDATE seo_reports SET issues_kept = 0, issues_size = 0 WHERE id = $1", newest[0]); err != nil {
				return err
			}
			if _, err := s.exec(ctx, "DELETE FROM seo_issues WHERE report_id = $1", newest[0]); err != nil {
				return err
			}
			if _, err := s.exec(ctx, "UPDATE seo_pages SET report_id = $2 WHERE report_id = $1", newest[0], r.ID); err != nil {
				return err
			}
		}
		seq, err := returning[int64](ctx, s, "INSERT INTO seo_reports (id, workspace_id, url, performance, accessibility, best_practices, seo, issues, created_at, size, issues_kept, issues_size)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $11) RETURNING seq",
			r.ID, r.WorkspaceID, r.URL, r.Scores.Performance, r.Scores.Accessibility, r.Scores.BestPractices, r.Scores.SEO, r.Issues, r.CreatedAt, r.Size(), r.IssuesSize)
		if err != nil {
			return err
		}
		r.Seq = seq[0]
		return nil
	})
	return r, freed, err
}

// DeleteReports implements seo.Repository.
func (s *Store) DeleteReports(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error) {
	rows, err := returning[sized](ctx, s, "DELETE FROM seo_reports WHERE seq IN (SELECT r.seq FROM workspaces w JOIN seo_reports r ON r.workspace_id = w.id"+
		" WHERE w.retention_days = $1 AND r.created_at < $2 AND NOT EXISTS (SELECT 1 FROM seo_pages p WHERE p.report_id = r.id) LIMIT $3)"+
		" RETURNING workspace_id, 1 AS items, size", retention, before, limit)
	return freed(rows), err
}

// InsertIssues implements seo.Repository.
func (s *Store) InsertIssues(ctx context.Context, issues []seo.Issue) error {
	rows := make([][]any, len(issues))
	for i, v := range issues {
		details := v.Details
		if details == nil {
			details = map[string]any{}
		}
		rows[i] = []any{v.ID, v.WorkspaceID, v.ReportID, v.URL, v.Type, v.Severity, text(v.Element), doc(details), v.CreatedAt}
	}
	types := []string{uuidType, uuidType, uuidType, textType, textType, textType, textType, jsonType, timeType}
	return batches(rows, func(rows [][]any) error {
		values, args := s.values(types, rows, nil)
		_, err := s.exec(ctx, "INSERT INTO seo_issues (id, workspace_id, report_id, url, issue_type, severity, element, details, created_at) VALUES "+values, args...)
		return err
	})
}

type issueRow struct {
	ID          id.ID                    `db:"id"`
	Seq         int64                    `db:"seq"`
	WorkspaceID id.ID                    `db:"workspace_id"`
	ReportID    id.ID                    `db:"report_id"`
	URL         string                   `db:"url"`
	Type        string                   `db:"issue_type"`
	Severity    seo.Severity             `db:"severity"`
	Element     text                     `db:"element"`
	Details     document[map[string]any] `db:"details"`
	CreatedAt   instant                  `db:"created_at"`
}

func (r issueRow) issue() seo.Issue {
	return seo.Issue{
		ID: r.ID, Seq: r.Seq, WorkspaceID: r.WorkspaceID, ReportID: r.ReportID, URL: r.URL, Type: r.Type, Severity: r.Severity,
		Element: string(r.Element), Details: r.Details.V, CreatedAt: r.CreatedAt.Time,
	}
}

var issues = list[issueRow, seo.Issue]{
	scope: "workspace_id = $1",
	query: "SELECT id, seq, workspace_id, report_id, url, issue_type, severity, element, details, created_at FROM seo_issues", id: "id",
	sorts: map[string]column{
		"created_at": {"created_at", true}, "severity": {"severity", false}, "issue_type": {"issue_type", false}, "url": {"url", false}, "id": {"seq", false},
	},
	filters: map[string]string{
		"created_at": "created_at", "severity": "severity", "issue_type": "issue_type", "url": "url", "search": "url, issue_type",
	},
	convert: issueRow.issue,
	position: func(i seo.Issue, field string) page.Position {
		switch field {
		case "severity":
			return page.Position{Key: string(i.Severity), ID: i.ID}
		case "issue_type":
			return page.Position{Key: i.Type, ID: i.ID}
		case "url":
			return page.Position{Key: i.URL, ID: i.ID}
		}
		return placed(i.ID, i.CreatedAt)
	},
}

// ListIssues implements seo.Repository.
func (s *Store) ListIssues(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[seo.Issue], error) {
	return issues.page(ctx, s, q, issues.scope, workspaceID)
}
