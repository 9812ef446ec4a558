package plan

import "testing"

func TestTiersAreOrdered(t *testing.T) {
	tiers := Tiers()
	if len(tiers) != 5 || tiers[0] != Free || tiers[4] != Enterprise {
		t.Fatalf("%v", tiers)
	}
	for i, a := range tiers {
		if !a.Valid() {
			t.Errorf("%s is not valid", a)
		}
		for j, b := range tiers {
			if a.Within(b) != (i <= j) {
				t.Errorf("%s within %s: %v", a, b, a.Within(b))
			}
			if ra, rb := a.Rate(), b.Rate(); i < j && (ra.PerMinute >= rb.PerMinute || ra.Burst > rb.Burst) {
				t.Errorf("%s admits no more than %s", b, a)
			}
			wa, wb := a.WebhookBacklog(), b.WebhookBacklog()
			if i < j && (wa.Items >= wb.Items || wa.Bytes >= wb.Bytes) {
				t.Errorf("%s has no more wait for webhook endpoints than %s", b, a)
			}
			if i < j && a.AuditDays() >= b.AuditDays() {
				t.Errorf("%s keeps its audit trail no longer than %s", b, a)
			}
		}
	}
	// What is no tier is within none, has none within it, and is limited like the smallest.
	for _, unknown := range []Tier{"", "gold", "FREE"} {
		if unknown.Valid() || unknown.Within(Enterprise) || Free.Within(unknown) || unknown.Rate() != Free.Rate() {
			t.Errorf("%q is taken for a tier", unknown)
		}
	}
}
