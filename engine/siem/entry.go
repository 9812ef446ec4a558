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

// The prefixes that the platform's contract shows ids with. A kind that is new here is
// its own prefix until the contract has one.
var (
	actorPrefix  = map[identity.Kind]string{identity.Client: "cli", identity.Key: "key", identity.User: "usr"}
	targetPrefix = map[audit.Target]string{
		audit.Workspace: "wks", audit.Member: "mem", audit.Key: "key",
		audit.Client: "cli", audit.Token: "tok", audit.Org: "org",
	}
)

func prefixed[K ~string](prefixes map[K]string, kind K, i id.ID) string {
	p, ok := prefixes[kind]
	if !ok {
		p = string(kind)
	}
	return i.Prefixed(p)
}

func fromEntry(e audit.Entry) entry {
	out := entry{
		ID: e.ID.Prefixed("aud"), OrgID: e.OrgID.Prefixed("org"), Action: e.Action,
		Actor:     actor{Kind: e.ActorKind, ID: "system", Name: e.ActorName},
		Target:    target{Kind: e.TargetKind, ID: prefixed(targetPrefix, e.TargetKind, e.TargetID)},
		Before:    e.Before,
		After:     e.After,
		CreatedAt: timestamp(e.CreatedAt),
	}
	if e.ActorKind != identity.System {
		out.Actor.ID = prefixed(actorPrefix, e.ActorKind, e.ActorID)
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
