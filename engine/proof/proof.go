// Package proof looks for what the owner of a domain publishes to prove that it is theirs: in
// DNS, and in a file of the site.
package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/alania-go/alania/domain/pixel"
	"github.com/alania-go/alania/domain/txn"
	"github.com/alania-go/alania/engine/guard"
)

// Names of the clients in the log.
const (
	dnsClient  = "domain proof in DNS"
	fileClient = "domain proof in a file"
)

// maxFile is the most bytes of a file; a proof has fewer than a hundred.
const maxFile = 1 << 10

var _ pixel.Prover = (*Engine)(nil)

// Engine looks for proofs.
type Engine struct {
	resolver *net.Resolver
	client   *http.Client
	timeout  time.Duration
}

// New makes an engine. The sites are behind the guard. The records are asked of the resolver of
// the operator, who has chosen it: a resolver of another's choice is never asked.
func New(g *guard.Guard) *Engine {
	return newEngine(g.Client(limits(pixel.ProofTimeout)), &net.Resolver{}, pixel.ProofTimeout)
}

func limits(timeout time.Duration) guard.Limits {
	return guard.Limits{Client: fileClient, Total: timeout, Body: maxFile}
}

func newEngine(client *http.Client, resolver *net.Resolver, timeout time.Duration) *Engine {
	// A look-up of the C library does not end when its context does.
	resolver.PreferGo = true
	return &Engine{resolver: resolver, client: client, timeout: timeout}
}

// TXT implements pixel.Prover.
func (e *Engine) TXT(ctx context.Context, name string) ([]string, error) {
	txn.Outside(ctx, dnsClient)
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	// With the dot the name is complete: the search list of the machine is not for it.
	records, err := e.resolver.LookupTXT(ctx, name+".")
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	return records, nil
}

// File implements pixel.Prover.
func (e *Engine) File(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", errors.New("proof: the URL cannot be requested")
	}
	req.Header.Set("User-Agent", "alania")
	res, err := e.client.Do(req)
	if err != nil {
		// What the client says quotes the URL; the cause does not.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return "", fmt.Errorf("proof: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("proof: the site answers with status %d", res.StatusCode)
	}
	content, err := io.ReadAll(res.Body)
	if err != nil {
		return "", fmt.Errorf("proof: %w", err)
	}
	return string(content), nil
}
