package identity

import (
	"errors"

	"github.com/alania-go/alania/domain/fault"
)

// admit refuses a principal who has credentials and may not act any more: the person that they act
// for is no active member of the org. It is the one place that decides this, for credentials of
// every source. Credentials that act for nobody, such as a client that the operator made, belong
// to the org and go on.
func admit(p *Principal) error {
	if p.Lapsed() {
		return Refused(errors.New("the person is no active member of the organization"))
	}
	p.Admitted, p.labels = true, p.Labels()
	return nil
}

// Lapsed reports whether the person that the credentials act for is no active member of the org.
func (p *Principal) Lapsed() bool { return !p.UserID.IsZero() && p.MemberID.IsZero() }

// Refused is the one answer to credentials that are not accepted, whether they exist or not. The
// cause is for the log.
func Refused(cause error) *fault.Error {
	const message = "The credentials are missing, unknown, expired or revoked."
	return fault.New(fault.Unauthenticated, message).WithCause(cause)
}
