package identity

import (
	"errors"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

func TestWhoIsAdmitted(t *testing.T) {
	person, membership := id.New(), id.New()
	for name, c := range map[string]struct {
		principal Principal
		code      fault.Code
		reason    string
	}{
		"an active member": {
			Principal{UserID: person, MemberID: membership, OrgStatus: OrgActive}, "", "",
		},
		"credentials that act for nobody": {Principal{OrgStatus: OrgActive}, "", ""},
		"no active member":                {Principal{UserID: person, OrgStatus: OrgActive}, fault.Unauthenticated, ""},
		"no active member of a suspended org": {
			Principal{UserID: person, OrgStatus: OrgSuspended}, fault.Unauthenticated, "",
		},
		"a member of a suspended org": {
			Principal{UserID: person, MemberID: membership, OrgStatus: OrgSuspended}, fault.Unauthenticated, ReasonOrgSuspended,
		},
		"credentials of a suspended org":  {Principal{OrgStatus: OrgSuspended}, fault.Unauthenticated, ReasonOrgSuspended},
		"an org whose status nobody read": {Principal{}, fault.Internal, ""},
		"a status that nobody knows":      {Principal{OrgStatus: "closed"}, fault.Internal, ""},
	} {
		cache, l := NewCache(nil), &loader{principal: &c.principal}
		for loads := range int64(2) {
			p, err := cache.Get(t.Context(), "a", time.Now(), l.load)
			if c.code == "" {
				if err != nil || p != l.principal || !p.Admitted || l.calls.Load() != 1 {
					t.Errorf("%s: %v, %v", name, p, err)
				}
				continue
			}
			var f *fault.Error
			if p != nil || c.principal.Admitted || !errors.As(err, &f) || f.Code != c.code || f.Reason != c.reason {
				t.Errorf("%s: %v, %v", name, p, err)
			}
			if l.calls.Load() != loads+1 {
				t.Errorf("%s: the refusal is kept", name)
			}
		}
	}
}
