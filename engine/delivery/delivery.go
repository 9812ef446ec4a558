// Package delivery sends webhooks over HTTP, behind the guard: it connects to public
// addresses only, follows no redirect and reads no more of an answer than is kept of it.
package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/engine/guard"
)

// Sender implements webhook.Sender.
type Sender struct {
	client *http.Client
	agent  string
}

// New makes a sender that connects where the guard allows.
func New(g *guard.Guard, version string) *Sender { return within(webhook.AttemptTimeout, g, version) }

func within(most time.Duration, g *guard.Guard, version string) *Sender {
	return &Sender{
		client: g.Client(guard.Limits{
			Client: name, Total: most, Body: webhook.ExcerptSize + drained, Idle: webhook.PerHost,
		}),
		agent: "Alania-Webhooks/" + version,
	}
}

const name = "webhook"

// drained is how much of an answer is read so that its connection can be used again.
const drained = 64 << 10

// Send makes one attempt. It takes as long as ctx allows, and at most webhook.AttemptTimeout.
func (s *Sender) Send(ctx context.Context, r webhook.Request) webhook.Answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return webhook.Answer{Outcome: webhook.OutcomeFailed, Error: "The URL of the endpoint cannot be used."}
	}
	h := req.Header
	h["Content-Type"] = []string{"application/json"}
	h["User-Agent"] = []string{s.agent}
	h["Webhook-Id"] = []string{r.MessageID}
	h["Webhook-Timestamp"] = []string{strconv.FormatInt(r.Timestamp, 10)}
	h["Webhook-Signature"] = []string{r.Signature}
	h["X-Request-Id"] = []string{r.RequestID}
	res, err := s.client.Do(req)
	if err != nil {
		return failure(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := webhook.Answer{Status: res.StatusCode, RetryAfter: retryAfter(res.Header.Get("Retry-After"), time.Now())}
	head, err := io.ReadAll(io.LimitReader(res.Body, webhook.ExcerptSize))
	a.Excerpt = printable(head)
	if err == nil {
		_, _ = io.CopyN(io.Discard, res.Body, drained)
	}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
	case res.StatusCode >= 300 && res.StatusCode < 400:
		a.Error = "The endpoint answered with a redirect. Redirects are not followed: register the final URL."
	default:
		a.Error = "The endpoint answered with status " + strconv.Itoa(res.StatusCode) + "; a 2xx is needed."
	}
	return a
}

// failure says in words why there was no answer.
func failure(ctx context.Context, err error) webhook.Answer {
	lost := func(text string) webhook.Answer { return webhook.Answer{Outcome: webhook.OutcomeFailed, Error: text} }
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var timeout net.Error
	var status *guard.StatusError
	switch {
	case guard.IsRefused(err):
		return webhook.Answer{
			Outcome: webhook.OutcomeRefused,
			Error:   "The address of the endpoint is not public, and deliveries to it are not allowed on this server.",
		}
	case errors.As(err, &status):
		return lost("The endpoint answered with status " + strconv.Itoa(status.Status) +
			", which is not a final status of HTTP (200 to 599); a 2xx is needed.")
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return webhook.Answer{
			Outcome: webhook.OutcomeTimedOut,
			Error:   "The endpoint did not answer within " + webhook.AttemptTimeout.String() + ".",
		}
	case errors.As(err, &dns):
		return lost("The host name of the endpoint cannot be resolved.")
	case errors.As(err, &unknown), errors.As(err, &invalid):
		return lost("The certificate of the endpoint is not valid.")
	case errors.As(err, &name):
		return lost("The certificate of the endpoint is for another host name.")
	case errors.As(err, &record):
		return lost("The endpoint does not speak TLS.")
	}
	return lost("The connection to the endpoint failed.")
}

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds or a date.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return time.Duration(min(n, 1<<30)) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// printable keeps an excerpt to what can be stored and shown as text.
func printable(b []byte) string {
	for len(b) > 0 && !utf8.Valid(b) && len(b) > webhook.ExcerptSize-utf8.UTFMax {
		b = b[:len(b)-1] // a character that the limit cut in two
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == utf8.RuneError {
			return '·'
		}
		return r
	}, string(b))
}
