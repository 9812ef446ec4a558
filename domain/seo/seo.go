// Package seo keeps the reports that crawlers and page checkers submit. Every report is
// kept with its scores as long as the workspace keeps its data; the issues of a page are those of its newest report.
package seo

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/domain/weburl"
	"github.com/alania-go/alania/domain/workspace"
)

// Severity is how bad an issue is.
type Severity string

// The severities.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Error    Severity = "error"
	Critical Severity = "critical"
)

// Valid reports whether the severity is one of them.
func (s Severity) Valid() bool { return s == Info || s == Warning || s == Error || s == Critical }

// Scores rate a page from 0 to 100; nil was not measured.
type Scores struct {
	Performance   *float64
	Accessibility *float64
	BestPractices *float64
	SEO           *float64
}

// Report is what a check found on a page.
type Report struct {
	ID          id.ID
	Seq         int64
	WorkspaceID id.ID
	URL         string // a URI of RFC 3986
	Scores      Scores
	Issues      int // how many were found
	IssuesSize  int64
	CreatedAt   time.Time
}

// Size returns what the report counts for without its issues, in bytes.
func (r Report) Size() int64 { return int64(len(r.URL)) }

// Issue is one thing that a report found.
type Issue struct {
	ID          id.ID
	Seq         int64
	WorkspaceID id.ID
	ReportID    id.ID
	URL         string
	Type        string
	Severity    Severity
	Element     string
	Details     map[string]any
	CreatedAt   time.Time
}

// size returns what the issue counts for, in bytes.
func (i Issue) size() int64 {
	details, _ := json.Marshal(i.Details)
	return int64(len(i.URL) + len(i.Type) + len(i.Element) + len(details))
}

// Repository keeps reports and issues.
type Repository interface {
	// InsertReport inserts a report, makes it the newest of its page and deletes the issues of
	// the one before, and returns what that frees. Two of a page at once come one after the other.
	InsertReport(ctx context.Context, r Report) (Report, plan.Amount, error)
	InsertIssues(ctx context.Context, issues []Issue) error
	ListIssues(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Issue], error)
	// Retentions returns the different retentions, in days, that workspaces have.
	Retentions(ctx context.Context) ([]int, error)
	// DeleteReports deletes up to limit reports from before, of the workspaces that have this
	// retention, and returns what that frees. The newest of a page stays.
	DeleteReports(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error)
}

// Workspaces knows the workspaces that the caller may act in.
type Workspaces interface {
	Get(ctx context.Context, workspaceID id.ID) (workspace.Workspace, error)
}

// Allowance refuses with FeatureLimit what a workspace's plan does not allow.
type Allowance interface {
	Take(ctx context.Context, workspaceID id.ID, n int) error
}

// Stock counts what workspaces store.
type Stock interface {
	// Change counts in the transaction of the write. More than the plan allows is FeatureLimit.
	Change(ctx context.Context, workspaceID id.ID, change plan.Amount) error
	// Expire has remove delete what is older than the workspaces keep it, at most so many days, and counts it.
	Expire(ctx context.Context, retentions []int, most int,
		remove func(ctx context.Context, retention int, before time.Time, limit int) (map[id.ID]plan.Amount, error)) error
}

// Service holds the rules of reports.
type Service struct {
	tx         txn.Runner
	repo       Repository
	workspaces Workspaces
	allowance  Allowance
	stock      Stock
	now        clock.Clock
}

// NewService makes the service.
func NewService(
	tx txn.Runner, repo Repository, workspaces Workspaces, allowance Allowance, stock Stock, now clock.Clock,
) *Service {
	return &Service{tx: tx, repo: repo, workspaces: workspaces, allowance: allowance, stock: stock, now: now}
}

// Submission is what a new report is made of.
type Submission struct {
	URL    string
	Scores Scores
	Issues []Finding
}

// Finding is an issue of a submission.
type Finding struct {
	Type     string
	Severity Severity
	Element  string
	Details  map[string]any
}

// MaxIssues is how many issues a report can have.
const MaxIssues = 1000

// Submit keeps a report in a workspace of the caller's org. Its issues take the place of
// those that an earlier report of the page found.
func (s *Service) Submit(ctx context.Context, workspaceID id.ID, in Submission) (Report, error) {
	page, v := in.check()
	if len(v) > 0 {
		return Report{}, fault.Invalid(v...)
	}
	var r Report
	err := s.tx.InTx(ctx, func(ctx context.Context) error {
		w, err := s.workspaces.Get(ctx, workspaceID)
		if err != nil {
			return err
		}
		if err := s.allowance.Take(ctx, w.ID, 1); err != nil {
			return err
		}
		r = Report{
			ID: id.New(), WorkspaceID: w.ID, URL: page.Text, Scores: in.Scores, Issues: len(in.Issues), CreatedAt: s.now(),
		}
		issues := make([]Issue, len(in.Issues))
		for i, f := range in.Issues {
			issues[i] = Issue{
				ID: id.New(), WorkspaceID: w.ID, ReportID: r.ID, URL: r.URL, Type: f.Type, Severity: f.Severity, Element: f.Element,
				Details: f.Details, CreatedAt: r.CreatedAt,
			}
			r.IssuesSize += issues[i].size()
		}
		var freed plan.Amount
		if r, freed, err = s.repo.InsertReport(ctx, r); err != nil {
			return err
		}
		growth := plan.Amount{Items: int64(1 + len(issues)), Bytes: r.Size() + r.IssuesSize}.Minus(freed)
		if err := s.stock.Change(ctx, w.ID, growth); err != nil {
			return err
		}
		return s.repo.InsertIssues(ctx, issues)
	})
	return r, err
}

// check returns the page, and what is wrong with the submission.
func (in Submission) check() (weburl.URL, []fault.Violation) {
	var v []fault.Violation
	u, ok := weburl.Parse(in.URL)
	switch {
	case !ok:
		v = append(v, fault.Body("/url", "format", "must be an absolute http or https URL"))
	case u.Userinfo:
		v = append(v, fault.Body("/url", "userinfo", "must not carry credentials"))
	}
	for _, score := range []struct {
		name  string
		value *float64
	}{
		{"performance", in.Scores.Performance}, {"accessibility", in.Scores.Accessibility},
		{"best_practices", in.Scores.BestPractices}, {"seo", in.Scores.SEO},
	} {
		if n := score.value; n != nil && !(*n >= 0 && *n <= 100) {
			v = append(v, fault.Body("/scores/"+score.name, "range", "must be from 0 to 100"))
		}
	}
	if len(in.Issues) > MaxIssues {
		return u, append(v, fault.Body("/issues", "max_items", "must have "+strconv.Itoa(MaxIssues)+" items at most"))
	}
	for i, f := range in.Issues {
		at := "/issues/" + strconv.Itoa(i)
		if f.Type == "" {
			v = append(v, fault.Body(at+"/type", "min_length", "must not be empty"))
		}
		if !f.Severity.Valid() {
			v = append(v, fault.Body(at+"/severity", "enum", "must be info, warning, error or critical"))
		}
	}
	return u, v
}

// Issues lists the open issues of a workspace of the caller's org.
func (s *Service) Issues(ctx context.Context, workspaceID id.ID, q page.Query) (page.Page[Issue], error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return page.Page[Issue]{}, err
	}
	return s.repo.ListIssues(ctx, w.ID, q)
}

// Clean deletes reports that are older than their workspace keeps its data. The newest of each page stays, with
// its issues.
func (s *Service) Clean(ctx context.Context) error {
	retentions, err := s.repo.Retentions(ctx)
	if err != nil {
		return err
	}
	return s.stock.Expire(ctx, retentions, math.MaxInt, s.repo.DeleteReports)
}
