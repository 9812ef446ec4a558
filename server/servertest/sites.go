package servertest

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/txn"
)

// Silent begins the names of domains that do not answer.
const Silent = "silent-"

// Sites stands for DNS and the sites of domains, where proofs are looked for.
type Sites struct {
	mu      sync.Mutex
	records map[string][]string
	files   map[string]string
}

var _ pixel.Prover = (*Sites)(nil)

// Record publishes a TXT record, besides those that the name has.
func (s *Sites) Record(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records == nil {
		s.records = map[string][]string{}
	}
	s.records[name] = append(s.records[name], value)
}

// Publish publishes a file.
func (s *Sites) Publish(url, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string]string{}
	}
	s.files[url] = content
}

// TXT implements pixel.Prover.
func (s *Sites) TXT(ctx context.Context, name string) ([]string, error) {
	txn.Outside(ctx, "test of DNS")
	if strings.HasPrefix(strings.TrimPrefix(name, "_alania."), Silent) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[name], nil
}

// File implements pixel.Prover.
func (s *Sites) File(ctx context.Context, url string) (string, error) {
	txn.Outside(ctx, "test of a site")
	if strings.HasPrefix(strings.TrimPrefix(url, "https://"), Silent) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.files[url]
	if !ok {
		return "", errors.New("the site answers with status 404")
	}
	return content, nil
}
