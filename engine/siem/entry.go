package siem

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

// entry is the JSON of an audit entry. Receivers have rules on it: members may be
// added, never renamed or taken away.
type entry struct {
	ID        string       `json:"id"`
	OrgID     string       `json:"org_id"`
	Action    string       `json:"action"`
	Actor     actor        `json:"actor"`
	Target    target       `json:"target"`
	Before    audit.Fields `json:"before"`     // null when there was nothing
	After     audit.Fields `json:"after"`      // null when there is nothing
	RequestID *string      `json:"request_id"` // null when no request did it
	CreatedAt string       `json:"created_at"` // RFC 3339, UTC, microseconds
}

type actor struct {
	Kind identity.Kind `json:"type"`
	ID   string        `json:"id"`
	Name string        `json:"name"`
}

type target struct {
	Kind audit.Target `json:"type"`
	ID   string       `json:"id"`
}

func fromEntry(e audit.Entry) entry {
	out := entry{
		ID: e.ID.Prefixed(id.AuditPrefix), OrgID: e.OrgID.Prefixed(id.OrgPrefix), Action: e.Action,
		Actor:     actor{Kind: e.ActorKind, ID: e.Actor(), Name: e.ActorName},
		Target:    target{Kind: e.TargetKind, ID: e.Target()},
		Before:    e.Before,
		After:     e.After,
		CreatedAt: timestamp(e.CreatedAt),
	}
	if e.RequestID != "" {
		out.RequestID = &e.RequestID
	}
	return out
}

// timestamp is RFC 3339 as RFC 5424 narrows it: microseconds at most.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// appendJSON appends the entry on one line, without a line feed.
func appendJSON(b *bytes.Buffer, e audit.Entry) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false) // it goes into no page; a SIEM matches on < and &
	if err := enc.Encode(fromEntry(e)); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1)
	return nil
}
