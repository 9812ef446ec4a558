package pixel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/identity"
)

// Prover looks at the two places where only the owner of a domain can write. It keeps to
// ProofTimeout, and is never called in a transaction.
type Prover interface {
	// TXT returns the TXT records of a name, each as one string.
	TXT(ctx context.Context, name string) ([]string, error)
	// File returns what the URL answers with status 200. A redirect is an error.
	File(ctx context.Context, url string) (string, error)
}

// ProofTimeout is the most that one look at one of the places takes.
const ProofTimeout = 4 * time.Second

const (
	concurrentProofs = 32
	proofsPerHost    = 2
	proofPatience    = 2 * time.Second
)

const proofPath = "/.well-known/alania-domain-verification.txt"

// Proof is what the owner of a domain publishes, in either place, so that a workspace gets it.
type Proof struct {
	Record string // the name of the TXT record
	URL    string // of the file
	Value  string // of the record, and all that is in the file
}

// ProofOf returns the proof that a workspace has a domain. It is no secret: it is good for this
// workspace and this domain only, and what counts is who can publish it. It is not kept, so
// a workspace needs no row to prove a domain that another has.
func ProofOf(workspaceID id.ID, name string) Proof {
	sum := sha256.Sum256([]byte("pixel domain\n" + workspaceID.String() + "\n" + name))
	return Proof{
		Record: "_alania." + name, URL: "https://" + name + proofPath,
		Value: "alania-domain-verification=" + hex.EncodeToString(sum[:16]),
	}
}

// Proven reports whether the workspace of the domain has proven it.
func (d Domain) Proven() bool { return d.VerifiedAt != nil }

// Proof returns the proof that the workspace of the domain has it.
func (d Domain) Proof() Proof { return ProofOf(d.WorkspaceID, d.Name) }

// counts reports whether somebody has the domain, and has done what is required for it.
func (s *Service) counts(d *Domain) bool {
	return d != nil && !d.OrgSuspended && (d.Proven() || !s.requireProof)
}

func domainTaken(cause error) *fault.Error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "domain_taken", Message: "The domain belongs to another workspace.", Cause: cause,
	}
}

// taken is the refusal of a domain that another workspace has. It says how to get one that is
// not proven.
func taken(workspaceID id.ID, d Domain) *fault.Error {
	e := domainTaken(nil)
	if !d.Proven() {
		e.Message += " That workspace has not proven it. If the domain is yours, publish " +
			ProofOf(workspaceID, d.Name).Value + " as a TXT record of _alania.<domain>, or as a file at https://<domain>" +
			proofPath + ", and verify the domain."
	}
	return e
}

// Verify looks for the proof that a workspace of the caller's org has a domain. With the
// proof it takes the domain from another workspace that has none. A proof is looked for once:
// a domain that is proven stays so until it is deleted.
func (s *Service) Verify(ctx context.Context, workspaceID id.ID, domain string) (Domain, error) {
	name, _ := NormalizeDomain(domain)
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Domain{}, err
	}
	d, err := s.repo.PixelDomain(ctx, name)
	switch {
	case err != nil:
		return Domain{}, err
	case d.Proven() && d.WorkspaceID == w.ID:
		return d, nil
	case d.Proven():
		return Domain{}, taken(w.ID, d)
	}
	if err := s.prove(ctx, w.OrgID, name, ProofOf(w.ID, name)); err != nil {
		return Domain{}, err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		d, err = s.proven(ctx, workspaceID, name)
		return err
	})
	return d, err
}

// proven writes that a workspace has proven a domain. Much may have changed while the proof
// was looked for.
func (s *Service) proven(ctx context.Context, workspaceID id.ID, name string) (Domain, error) {
	w, err := s.workspaces.Get(ctx, workspaceID)
	if err != nil {
		return Domain{}, err
	}
	was, err := s.repo.PixelDomain(ctx, name)
	if err != nil {
		return Domain{}, err
	}
	before := audit.Fields(nil)
	if was.WorkspaceID == w.ID {
		before = domainFields(was)
	} else if err := s.room(ctx, w.ID); err != nil {
		return Domain{}, err
	}
	now := s.now()
	d, lost, err := s.repo.ProvePixelDomain(ctx, Domain{
		ID: id.New(), OrgID: w.OrgID, WorkspaceID: w.ID, Name: name, Config: Defaults(),
		VerifiedAt: &now, CreatedAt: now, UpdatedAt: now,
	})
	if fault.IsCode(err, fault.Conflict) {
		return Domain{}, domainTaken(err)
	}
	if err != nil {
		return Domain{}, err
	}
	s.tx.AfterCommit(ctx, func() { s.cache.drop(name) })
	if lost != nil {
		// Its org learns what happened, not who did it: that is another tenant.
		platform := identity.WithRequestID(identity.With(ctx, identity.Operator(lost.OrgID)), "")
		err := s.audit.Record(platform, lost.OrgID, "pixel_domain.lost", audit.PixelDomain, lost.ID, domainFields(*lost), nil)
		if err != nil {
			return Domain{}, err
		}
	}
	return d, s.audit.Record(ctx, w.OrgID, "pixel_domain.verified", audit.PixelDomain, d.ID, before, domainFields(d))
}

// prove returns nil when the proof is in one of its places.
func (s *Service) prove(ctx context.Context, orgID id.ID, name string, p Proof) error {
	if s.prover == nil {
		return fault.New(fault.Unavailable, "Domains cannot be verified here.")
	}
	permit, err := s.proofs.Acquire(ctx, orgID, name)
	if err != nil {
		return err
	}
	defer permit.Release()
	records, inDNS := within(ctx, func(ctx context.Context) ([]string, error) { return s.prover.TXT(ctx, p.Record) })
	if slices.Contains(records, p.Value) {
		return nil
	}
	content, inFile := within(ctx, func(ctx context.Context) (string, error) { return s.prover.File(ctx, p.URL) })
	if strings.TrimSpace(content) == p.Value {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := fault.Invalid(
		missing("is not proven in DNS: _alania.<domain> needs a TXT record with the value "+p.Value),
		missing("is not proven by a file: https://<domain>"+proofPath+
			" must answer 200, without a redirect, with the content "+p.Value),
	)
	e.Reason = "domain_not_proven"
	return e.WithCause(errors.Join(inDNS, inFile))
}

func missing(message string) fault.Violation {
	return fault.Violation{In: fault.InPath, Pointer: "/domain", Code: "proof", Message: message}
}

func within[T any](ctx context.Context, look func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, ProofTimeout)
	defer cancel()
	return look(ctx)
}
