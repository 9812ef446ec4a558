package identity

import (
	"errors"

	"github.com/alania-go/alania/domain/fault"
)

// OrgStatus is whether an org may use the platform.
type OrgStatus string

// The states of an org.
const (
	OrgActive    OrgStatus = "active"
	OrgSuspended OrgStatus = "suspended"
	// OrgDeactivated is an org that is deleted: nothing of it works, and its rows are purged later.
	OrgDeactivated OrgStatus = "deactivated"
)

// ReasonOrgSuspended is the Reason of credentials that are refused because their org is suspended.
const ReasonOrgSuspended = "org_suspended"

// admit refuses a principal who has credentials and may not act any more. It is the one place that
// admits anybody, for credentials of every source.
func admit(p *Principal) error {
	if err := p.Standing(); err != nil {
		return err
	}
	p.Admitted, p.labels = true, p.Labels()
	return nil
}

// Standing refuses a principal who may not act any more: the person that the credentials act for is
// no active member of the org, or the org is suspended. Credentials that act for nobody, such as a
// client that the operator made, belong to the org and go on with it. Who has proved to have the
// credentials may know that the org is suspended; of a person nothing is told.
func (p *Principal) Standing() error {
	switch {
	case p.Lapsed():
		return Refused(errors.New("the person is no active member of the organization"))
	case p.OrgStatus == OrgActive:
		return nil
	case p.OrgStatus == OrgDeactivated: // as credentials of an org that never was
		return Refused(errors.New("the organization is deleted"))
	case p.OrgStatus == OrgSuspended:
		return &fault.Error{
			Code: fault.Unauthenticated, Reason: ReasonOrgSuspended,
			Message: "The organization is suspended, so its credentials are not accepted. Ask the operator of the platform " +
				"to resume it; they work again then.",
			Cause: errors.New("the organization is suspended"),
		}
	}
	// A mistake of ours, which must not let a suspended org in.
	return fault.Wrap(errors.New("whoever looked the credentials up did not read the status of the organization"))
}

// Lapsed reports whether the person that the credentials act for is no active member of the org.
func (p *Principal) Lapsed() bool { return !p.UserID.IsZero() && p.MemberID.IsZero() }

// Refused is the one answer to credentials that are not accepted, whether they exist or not. The
// cause is for the log.
func Refused(cause error) *fault.Error {
	const message = "The credentials are missing, unknown, expired or revoked."
	return fault.New(fault.Unauthenticated, message).WithCause(cause)
}
