package pixel

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

func TestProofOf(t *testing.T) {
	w := id.New()
	p := ProofOf(w, "example.com")
	if p != ProofOf(w, "example.com") || p.Record != "_alania.example.com" ||
		p.URL != "https://example.com/.well-known/alania-domain-verification.txt" {
		t.Errorf("%+v", p)
	}
	for _, other := range []Proof{ProofOf(id.New(), "example.com"), ProofOf(w, "www.example.com")} {
		if other.Value == p.Value {
			t.Errorf("%+v is the proof of another workspace or domain", other)
		}
	}
}

// places answers what stands in them.
type places struct {
	records        []string
	content        string
	noDNS, noSite  error
	asked, fetched bool
}

func (p *places) TXT(ctx context.Context, _ string) ([]string, error) {
	_, p.asked = ctx.Deadline()
	return p.records, p.noDNS
}

func (p *places) File(ctx context.Context, _ string) (string, error) {
	_, p.fetched = ctx.Deadline()
	return p.content, p.noSite
}

func TestProve(t *testing.T) {
	p := ProofOf(id.New(), "example.com")
	for name, c := range map[string]struct {
		places
		proven, fetched bool
	}{
		"record":               {places{records: []string{"other", p.Value}}, true, false},
		"file":                 {places{content: p.Value}, true, true},
		"file with a line end": {places{content: p.Value + "\r\n", noDNS: errors.New("no such host")}, true, true},
		"nothing":              {places{noSite: errors.New("404")}, false, true},
		"a part of it": {
			places{records: []string{p.Value[:40], p.Value + "0", " " + p.Value}, content: p.Value[:40]}, false, true,
		},
		"among other text":      {places{content: "<html>" + p.Value + "</html>"}, false, true},
		"another's":             {places{records: []string{ProofOf(id.New(), "example.com").Value}}, false, true},
		"neither can be asked":  {places{noDNS: errors.New("timeout"), noSite: errors.New("refused")}, false, true},
		"letters of other size": {places{records: []string{strings.ToUpper(p.Value)}}, false, true},
	} {
		s := NewService(nil, nil, nil, nil, nil, nil, Options{Prover: &c.places}, nil)
		err := s.prove(t.Context(), id.New(), "example.com", p)
		if !c.asked || c.places.fetched != c.fetched {
			t.Errorf("%s: asked %v, fetched %v, within a time", name, c.asked, c.places.fetched)
		}
		if c.proven != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		var f *fault.Error
		if err != nil && (!errors.As(err, &f) || f.Code != fault.ValidationFailed || f.Reason != "domain_not_proven" ||
			len(f.Violations) != 2 ||
			!errors.Is(err, c.noDNS) && c.noDNS != nil || !errors.Is(err, c.noSite) && c.noSite != nil) {
			t.Errorf("%s: %#v", name, err)
		}
	}
	// Who does not wait any longer is not told that there is no proof.
	ctx, cancel := context.WithCancel(t.Context())
	s := NewService(nil, nil, nil, nil, nil, nil, Options{Prover: leaving{cancel}}, nil)
	if err := s.prove(ctx, id.New(), "example.com", p); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s = NewService(nil, nil, nil, nil, nil, nil, Options{}, nil)
	if err := s.prove(t.Context(), id.New(), "example.com", p); !fault.IsCode(err, fault.Unavailable) {
		t.Error(err)
	}
}

type leaving struct{ leave func() }

func (l leaving) TXT(ctx context.Context, _ string) ([]string, error) {
	l.leave()
	return nil, ctx.Err()
}

func (leaving) File(ctx context.Context, _ string) (string, error) { return "", ctx.Err() }
