package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/domain/plan"
	"github.com/alania-go/alania/store"
)

// A search of deliveries looks through the types that the organization has, of any length and with any letters.
func TestSearchesOfDeliveries(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s, d := connect(t, url, clock.System), raw(t, url)
		orgID, endpoint := newOrg(t, s, plan.Free), id.New()
		types := []string{"post.created", "POST.deleted", "post_moved", "100%.done", "o'brien.seen", `back\slash`, "Ärger.on"}
		for n, kind := range types {
			insertMany(t, d, e, "webhook_deliveries", 1+10*n, 4+10*n, Row{
				"org_id": sqlID(e, orgID), "endpoint_id": sqlID(e, endpoint), "state": "'succeeded'",
				"event_type": "'" + strings.ReplaceAll(kind, "'", "''") + "'",
			})
		}
		insertMany(t, d, e, "webhook_deliveries", 500, 510, Row{ // another endpoint, and another organization
			"org_id": sqlID(e, orgID), "endpoint_id": sqlID(e, id.New()), "event_type": "'post.created'", "state": "'failed'",
		})
		insertMany(t, d, e, "webhook_deliveries", 600, 610, Row{
			"org_id": sqlID(e, newOrg(t, s, plan.Free)), "endpoint_id": sqlID(e, id.New()), "event_type": "'foreign'",
			"state": "'failed'",
		})
		for _, text := range append(types, "post", "po", "t", "_", "%", `\`, "'", "created", "ärger", "nowhere", "foreign") {
			want := 0
			for _, kind := range types {
				if strings.Contains(lowerASCII(kind), lowerASCII(text)) {
					want += 3
				}
			}
			for _, sort := range []string{"created_at", "event_type"} {
				p, err := s.ListDeliveries(t.Context(), orgID, page.Query{
					Limit: 100, Total: true, Sort: page.Sort{Field: sort, Desc: true},
					Filters: []page.Filter{eq("endpoint_id", endpoint), {Field: "search", Op: page.Has, Value: text}},
				})
				must(t, err)
				if p.Total != want || len(p.Items) != want {
					t.Errorf("%q: found %d, %d in all, rather than %d", text, len(p.Items), p.Total, want)
				}
			}
		}
	})
}

// What a search of deliveries finds in more rows than are sorted is read in its order: the pages are the same.
func TestSearchesOfManyDeliveries(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url := database(t, e)
		s := connect(t, url, clock.System)
		orgID, endpoint := newOrg(t, s, plan.Free), id.New()
		Fill(t, url, "webhook_deliveries", 1, 12_001, Row{
			"org_id": sqlID(e, orgID), "endpoint_id": sqlID(e, endpoint), "state": "'succeeded'",
			"event_type": "CASE WHEN i % 12 = 0 THEN 'rare' ELSE 'common.' || (i % 3) END",
		})
		p, err := s.ListDeliveries(t.Context(), orgID, page.Query{
			Limit: 5, Total: true, Sort: page.Sort{Field: "created_at", Desc: true},
			Filters: []page.Filter{eq("endpoint_id", endpoint), {Field: "search", Op: page.Has, Value: "common"}},
		})
		must(t, err)
		var got []string
		for _, delivery := range p.Items {
			got = append(got, fmt.Sprint(delivery.CreatedAt.Unix()-Filled))
		}
		if p.Total != 11_000 || strings.Join(got, " ") != "11999 11998 11997 11996 11995" {
			t.Errorf("%d in all, the first of %v", p.Total, got)
		}
	})
}

// The total of keys with a status is that of a look at each, at any time of a day.
func TestKeysAreCountedByStatus(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		url, clock := database(t, e), newHands()
		s, d := connect(t, url, clock.now), raw(t, url)
		orgID := newOrg(t, s, plan.Free)
		insertMany(t, d, e, "api_keys", 1, 200, Row{
			"org_id": sqlID(e, orgID), "revoked_at": "CASE WHEN i % 5 = 0 THEN {at i} END", "user_id": "NULL", "scopes": "'[]'",
			"allowed_ips": "'[]'",
			"expires_at":  fmt.Sprintf("CASE WHEN i %% 3 > 0 THEN {at %d + i * 1700} END", noon.Unix()-Filled),
		})
		for range 6 {
			for _, status := range []string{"active", "expired", "revoked", "none"} {
				q := page.Query{
					Limit: 100, Total: true, Sort: page.Sort{Field: "created_at"}, Filters: []page.Filter{eq("status", status)},
				}
				total, found := 0, 0
				for ; ; q.Offset += q.Limit {
					p, err := s.ListKeys(t.Context(), orgID, q)
					must(t, err)
					total, found = max(total, p.Total), found+len(p.Items)
					if len(p.Items) < q.Limit {
						break
					}
				}
				if total != found {
					t.Errorf("%s: %d in all, and there are %d", status, total, found)
				}
			}
			clock.forward(17 * 3600e9)
		}
	})
}
