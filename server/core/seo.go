package core

import (
	"context"

	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

var issueList = listing{
	sorts:  []string{"created_at", "issue_type", "url"},
	fields: []string{"id", "url", "issue_type", "severity", "element", "details", "created_at"},
}

// SubmitSeoReport keeps what an analysis found on a page.
func (a *API) SubmitSeoReport(
	ctx context.Context, r core.SubmitSeoReportRequestObject,
) (core.SubmitSeoReportResponseObject, error) {
	w, err := a.workspace(ctx, r.Params.XWorkspaceID)
	if err != nil {
		return nil, err
	}
	in := seo.Submission{URL: r.Body.URL, Issues: make([]seo.Finding, len(r.Body.Issues))}
	if s := r.Body.Scores; s != nil {
		in.Scores = seo.Scores{
			Performance: s.Performance, Accessibility: s.Accessibility, BestPractices: s.BestPractices, SEO: s.Seo,
		}
	}
	for i, issue := range r.Body.Issues {
		details, err := decodeObject(issue.Details)
		if err != nil {
			return nil, err
		}
		in.Issues[i] = seo.Finding{
			Type: issue.Type, Severity: seo.Severity(issue.Severity), Element: convert.Value(issue.Element), Details: details,
		}
	}
	report, err := a.SEO.Submit(ctx, w.ID, in)
	if err != nil {
		return nil, err
	}
	return core.SubmitSeoReport201JSONResponse{Message: "SEO report submitted successfully.", Data: FromReport(report)},
		nil
}

// ListSeoIssues lists the open issues of a workspace.
func (a *API) ListSeoIssues(
	ctx context.Context, r core.ListSeoIssuesRequestObject,
) (core.ListSeoIssuesResponseObject, error) {
	w, err := a.workspace(ctx, &r.WorkspaceID)
	if err != nil {
		return nil, err
	}
	in := r.Params
	q, v, err := issueList.query(listParams{
		page: in.Page, perPage: in.PerPage, sort: in.Sort, fields: in.Fields, createdAfter: in.CreatedAfter,
		createdBefore: in.CreatedBefore,
		filters:       equal(equal(nil, "severity", in.Severity), "issue_type", in.IssueType),
	})
	if err != nil {
		return nil, err
	}
	p, err := a.SEO.Issues(ctx, w.ID, q)
	if err != nil {
		return nil, err
	}
	items, err := selectFields(v, convert.Each(p.Items, FromIssue))
	if err != nil {
		return nil, err
	}
	out := core.ListSeoIssues200JSONResponse{Data: items}
	out.Meta, out.Links = a.pagination(ctx, v, len(items), p.Total)
	return out, nil
}
