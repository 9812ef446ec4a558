package core

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"

	"github.com/alania-go/alania/domain/apikey"
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/domain/org"
	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/project"
	"github.com/alania-go/alania/domain/seo"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/domain/workspace"
	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/server/convert"
)

func change[T any](n nullable.Nullable[T]) workspace.Change[T] {
	if !n.IsSpecified() {
		return workspace.Change[T]{}
	}
	if n.IsNull() {
		return workspace.Change[T]{Set: true}
	}
	v := n.MustGet()
	return workspace.Change[T]{Set: true, Value: &v}
}

// FromWorkspace shows a workspace.
func FromWorkspace(w workspace.Workspace) core.Workspace {
	return core.Workspace{
		ID: w.Seq, Name: w.Name, Slug: w.Slug, Tier: core.Tier(w.Tier), Status: core.WorkspaceStatus(w.Status),
		Settings: core.WorkspaceSettings{Timezone: w.Settings.Timezone, Locale: w.Settings.Locale}, CreatedAt: w.CreatedAt,
		UpdatedAt: w.UpdatedAt,
	}
}

// ItemOfWorkspace shows a workspace in a list.
func ItemOfWorkspace(w core.Workspace) core.WorkspaceItem {
	return core.WorkspaceItem{
		ID: w.ID, Name: &w.Name, Slug: &w.Slug, Tier: &w.Tier, Status: &w.Status, Settings: &w.Settings,
		CreatedAt: &w.CreatedAt, UpdatedAt: &w.UpdatedAt,
		Owner: w.Owner, Projects: w.Projects,
	}
}

// FromProject shows a project.
func FromProject(p project.Project) core.Project {
	return core.Project{ID: uuid.UUID(p.ID), Name: p.Name}
}

// FromActor shows whom something belongs to. A person's address is for who may see members.
func FromActor(a org.Actor, caller *identity.Principal) *core.Owner {
	out := &core.Owner{Type: core.OwnerType(a.Kind), ID: a.Seq, Name: a.Name}
	if a.Email != "" && caller.Scopes.Allows("members:read") {
		out.Email = &a.Email
	}
	return out
}

// FromKey shows a key without its secret.
func FromKey(k apikey.Key, now time.Time) core.APIKey {
	allowed := k.AllowedIPs
	if allowed == nil {
		allowed = []string{}
	}
	out := core.APIKey{
		ID: k.Seq, Name: k.Name, Prefix: k.Prefix, Scopes: k.Scopes, RateLimitTier: core.Tier(k.Tier),
		Status: core.APIKeyStatus(k.Status(now)), AllowedIps: allowed,
		ProjectID: nullable.NewNullNullable[uuid.UUID](), LastUsedAt: convert.Nullable(k.LastUsedAt),
		ExpiresAt: convert.Nullable(k.ExpiresAt), CreatedAt: k.CreatedAt,
	}
	if k.ProjectID != (id.ID{}) {
		out.ProjectID.Set(uuid.UUID(k.ProjectID))
	}
	return out
}

// ItemOfKey shows a key in a list.
func ItemOfKey(k core.APIKey) core.APIKeyItem {
	return core.APIKeyItem{
		ID: k.ID, Name: &k.Name, Prefix: &k.Prefix, Scopes: k.Scopes, RateLimitTier: &k.RateLimitTier, Status: &k.Status,
		AllowedIps: k.AllowedIps,
		ProjectID:  k.ProjectID, LastUsedAt: k.LastUsedAt, ExpiresAt: k.ExpiresAt, CreatedAt: &k.CreatedAt, Owner: k.Owner,
	}
}

// WithSecret shows a key with its secret, the once that it is shown.
func WithSecret(k core.APIKey, full string) core.APIKeyWithSecret {
	return core.APIKeyWithSecret{
		ID: k.ID, Name: k.Name, Key: full, Prefix: k.Prefix, Scopes: k.Scopes, RateLimitTier: k.RateLimitTier,
		Status: k.Status, AllowedIps: k.AllowedIps,
		ProjectID: k.ProjectID, LastUsedAt: k.LastUsedAt, ExpiresAt: k.ExpiresAt, CreatedAt: k.CreatedAt,
	}
}

// FromWebhook shows an endpoint without its secret.
func FromWebhook(e webhook.Endpoint) core.Webhook {
	return core.Webhook{
		ID: e.Seq, URL: e.URL, Events: e.Events, Description: e.Description, IsActive: e.Status == webhook.Enabled,
		SuccessCount: e.Successes, FailureCount: e.Failures, ConsecutiveFailures: e.FailuresInARow,
		LastDeliveryAt: convert.Nullable(e.LastAttemptAt),
		CreatedAt:      e.CreatedAt, UpdatedAt: e.UpdatedAt,
	}
}

// ItemOfWebhook shows an endpoint in a list.
func ItemOfWebhook(w core.Webhook) core.WebhookItem {
	return core.WebhookItem{
		ID: w.ID, URL: &w.URL, Events: w.Events, Description: &w.Description, IsActive: &w.IsActive,
		SuccessCount: &w.SuccessCount, FailureCount: &w.FailureCount,
		ConsecutiveFailures: &w.ConsecutiveFailures, LastDeliveryAt: w.LastDeliveryAt, CreatedAt: &w.CreatedAt,
		UpdatedAt: &w.UpdatedAt, Workspace: w.Workspace,
	}
}

// FromDelivery shows a delivery, with its attempts if they are wanted.
func FromDelivery(d webhook.Delivery, attempts bool) core.WebhookDeliveryItem {
	eventID, status := d.EventID.Prefixed(id.EventPrefix), core.WebhookDeliveryStatusFailed
	out := core.WebhookDeliveryItem{
		ID: d.Seq, EventID: &eventID, EventType: &d.EventType, ResponseCode: d.LastStatus, Attempt: &d.Attempts,
		CreatedAt: &d.CreatedAt,
	}
	switch {
	case d.State == webhook.Succeeded:
		status, out.DeliveredAt = core.WebhookDeliveryStatusSuccess, d.FinishedAt
	case d.State == webhook.Pending && d.Attempts > 0:
		status, out.NextRetryAt = core.WebhookDeliveryStatusRetrying, &d.DueAt
	case d.State == webhook.Pending:
		status = core.WebhookDeliveryStatusPending
	}
	out.Status = &status
	if attempts {
		out.Attempts = convert.Each(d.Log, FromAttempt)
	}
	return out
}

// FromAttempt shows one attempt of a delivery.
func FromAttempt(a webhook.Attempt) core.WebhookAttempt {
	out := core.WebhookAttempt{
		Attempt: a.Number, AttemptedAt: a.At, ResponseCode: convert.Nullable(a.StatusCode),
		ResponseTimeMs: a.Latency.Milliseconds(),
	}
	out.Error, out.ResponseBody = nilIfEmpty(a.Error), nilIfEmpty(a.Excerpt)
	return out
}

// FromTest shows what came of a test.
func FromTest(a webhook.Attempt) core.WebhookTestResult {
	out := core.WebhookTestResult{
		Success: a.Outcome == webhook.OutcomeSucceeded, StatusCode: convert.Nullable(a.StatusCode),
		ResponseTimeMs: a.Latency.Milliseconds(),
	}
	out.Error, out.ResponseBody = nilIfEmpty(a.Error), nilIfEmpty(a.Excerpt)
	return out
}

// nilIfEmpty returns nil for an empty text, which is how the contract says that there is none.
func nilIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// decodeObject reads an object whose members the caller chose.
func decodeObject(raw json.RawMessage) (map[string]any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // a large number stays what it is
	var out map[string]any
	return out, d.Decode(&out)
}

// FromDecision shows the answer of a check.
func FromDecision(d entitlement.Decision) core.EntitlementCheck {
	out := core.EntitlementCheck{
		Allowed: d.Allowed, Feature: string(d.Feature), CurrentUsage: d.Used, Limit: convert.Nullable(d.Limit),
		Available: convert.Nullable(d.Available()),
		Message:   nilIfEmpty(d.Message), UpgradeURL: nilIfEmpty(d.UpgradeURL),
	}
	if d.Reason != "" {
		reason := core.EntitlementReason(d.Reason)
		out.Reason = &reason
	}
	return out
}

// FromEntitlement shows how much of a feature is used.
func FromEntitlement(e entitlement.Entitlement) core.EntitlementUsage {
	out := core.EntitlementUsage{
		Type: core.EntitlementType(e.Kind), Enabled: e.Enabled, Used: e.Used, Limit: convert.Nullable(e.Limit),
		Available:  convert.Nullable(e.Available()),
		Percentage: e.Percentage(), ResetAt: e.ResetAt, Unit: nilIfEmpty(e.Unit),
	}
	if e.Sunset != nil {
		out.Sunset = &types.Date{Time: *e.Sunset}
	}
	return out
}

// FromReport shows a report without its issues.
func FromReport(r seo.Report) core.SeoReport {
	return core.SeoReport{
		ID: r.Seq, URL: r.URL, IssuesCount: r.Issues, CreatedAt: r.CreatedAt,
		Scores: core.SeoScores{
			Performance: r.Scores.Performance, Accessibility: r.Scores.Accessibility, BestPractices: r.Scores.BestPractices,
			Seo: r.Scores.SEO,
		},
	}
}

// FromIssue shows an issue of a page.
func FromIssue(i seo.Issue) core.SeoIssueItem {
	severity := core.SeoSeverity(i.Severity)
	return core.SeoIssueItem{
		ID: i.Seq, URL: &i.URL, IssueType: &i.Type, Severity: &severity, Element: nilIfEmpty(i.Element),
		Details: object(i.Details), CreatedAt: &i.CreatedAt,
	}
}

// object shows an object that others decide about; one of no members for none.
func object(m map[string]any) json.RawMessage {
	if m == nil {
		return json.RawMessage("{}")
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return b
}

// FromFeatures shows what the pixel keeps.
func FromFeatures(f pixel.Features) core.PixelFeatures {
	return core.PixelFeatures{Pageviews: f.Pageviews, Events: f.Events, Sessions: f.Sessions}
}

// ToConfig reads how the pixel is to behave.
func ToConfig(in core.PixelDomainPut) pixel.Config {
	out := pixel.Defaults()
	set(&out.Enabled, in.Enabled)
	set(&out.SampleRate, in.SampleRate)
	if f := in.Features; f != nil {
		set(&out.Features.Pageviews, f.Pageviews)
		set(&out.Features.Events, f.Events)
		set(&out.Features.Sessions, f.Sessions)
	}
	return out
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// FromDomain shows a domain of the pixel.
func FromDomain(d pixel.Domain) core.PixelDomain {
	proof := d.Proof()
	v := core.PixelVerification{
		Status: core.PixelVerificationStatusUnverified, DNSName: proof.Record, DNSValue: proof.Value, FileURL: proof.URL,
		FileContent: proof.Value, VerifiedAt: convert.Nullable(d.VerifiedAt),
	}
	if d.Proven() {
		v.Status = core.PixelVerificationStatusVerified
	}
	return core.PixelDomain{
		ID: d.Seq, Domain: d.Name, Enabled: d.Enabled, Features: FromFeatures(d.Features), SampleRate: d.SampleRate,
		Verification: &v, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

// ItemOfDomain shows a domain in a list.
func ItemOfDomain(d core.PixelDomain) core.PixelDomainItem {
	return core.PixelDomainItem{
		ID: d.ID, Domain: &d.Domain, Enabled: &d.Enabled, Features: &d.Features, SampleRate: &d.SampleRate,
		Verification: d.Verification,
		CreatedAt:    &d.CreatedAt, UpdatedAt: &d.UpdatedAt,
	}
}

// FromHit shows an event of a visitor.
func FromHit(e pixel.Event) core.PixelEventItem {
	properties := e.Properties
	if len(properties) == 0 {
		properties = json.RawMessage("{}")
	}
	return core.PixelEventItem{
		ID: e.Seq, Domain: &e.Domain, Event: &e.Name, URL: &e.URL, Referrer: convert.Nullable(nilIfEmpty(e.Referrer)),
		UserAgent: convert.Nullable(nilIfEmpty(e.UserAgent)),
		SessionID: convert.Nullable(nilIfEmpty(e.SessionID)), Properties: properties, CreatedAt: &e.CreatedAt,
	}
}

// notAsked stands for the problem of a server that was not connected to.
var notAsked = fault.New(fault.Unavailable, "The server was not connected to yet.")

// FromServer shows an MCP server, never with its headers.
func FromServer(l mcp.Listed) core.McpServer {
	out := core.McpServer{
		ID: l.ID, Name: l.Name, Description: l.Description, Transport: core.McpServerTransport(l.Transport),
		Reachable: l.Problem == nil,
		Tools:     convert.Each(l.Tools, func(t mcp.Tool) string { return t.Name }),
	}
	if l.Transport != mcp.Builtin {
		out.CreatedAt = &l.CreatedAt
	}
	return out
}

// FromTool shows a tool with its parameters.
func FromTool(t mcp.Tool) core.McpTool {
	out := core.McpTool{
		Name: t.Name, Description: t.Description, InputSchema: t.InputSchema, Parameters: map[string]core.McpToolParameter{},
	}
	for name, p := range t.Parameters() {
		out.Parameters[name] = core.McpToolParameter{
			Type: p.Type, Description: nilIfEmpty(p.Description), Required: p.Required,
		}
	}
	return out
}

// FromContent shows (a part of) a resource.
func FromContent(c mcp.Content) core.McpResourceContent {
	out := core.McpResourceContent{URI: c.URI, MimeType: nilIfEmpty(c.MIMEType), Blob: c.Blob}
	if c.Blob == nil {
		out.Text = &c.Text
	}
	return out
}

// FromCall shows a line of the log of calls.
func FromCall(c mcp.Call) core.McpCallItem {
	status, took := core.McpCallStatus(c.Status), c.Duration.Milliseconds()
	return core.McpCallItem{
		ID: c.Seq, Server: &c.ServerID, Tool: &c.Tool, Status: &status, DurationMs: &took, Error: nilIfEmpty(c.Message),
		CreatedAt: &c.CreatedAt,
	}
}
