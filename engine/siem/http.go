package siem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/engine/guard"
)

// maxBody is the size, in bytes, at which a batch is sent in more than one request;
// collectors commonly refuse more than a few megabytes.
const maxBody = 1 << 20

// drained is how much of an answer is read, so that its connection can be used again.
const drained = 64 << 10

// httpSink posts newline-delimited JSON. A status of 2xx says that the entries are taken.
type httpSink struct {
	client *http.Client
	url    string
	host   string // what errors may tell of the URL
	user   *url.Userinfo
}

func newHTTP(u *url.URL, timeout time.Duration) *httpSink {
	s := &httpSink{
		// A redirect is an error, as its status is not 2xx.
		client: guard.Operator().Client(guard.Limits{Client: httpClient, Total: timeout, Body: drained + 1}),
		host:   u.Host, user: u.User,
	}
	bare := *u
	bare.User = nil
	s.url = bare.String()
	return s
}

// Send implements audit.Sink.
func (s *httpSink) Send(ctx context.Context, entries []audit.Entry) error {
	var body bytes.Buffer
	taken := 0
	for i, e := range entries {
		if err := appendJSON(&body, e); err != nil {
			return fmt.Errorf("siem: %w", err)
		}
		body.WriteByte('\n')
		if body.Len() >= maxBody || i == len(entries)-1 {
			if err := s.post(ctx, body.Bytes()); err != nil {
				var status statusError
				refused := errors.As(err, &status) && refusals[int(status)]
				return &audit.SendError{Taken: taken, Permanent: refused, Cause: fmt.Errorf("siem: %s: %w", s.host, err)}
			}
			body.Reset()
			taken = i + 1
		}
	}
	return nil
}

func (s *httpSink) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL cannot be requested")
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("User-Agent", "alania")
	if s.user != nil {
		password, _ := s.user.Password()
		req.SetBasicAuth(s.user.Username(), password)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		// What the client says quotes the URL; the cause does not.
		var u *url.Error
		if errors.As(err, &u) {
			return u.Err
		}
		return err
	}
	defer resp.Body.Close()
	// Read to the end, within reason, so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, drained))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return statusError(resp.StatusCode)
	}
	return nil
}

// refusals are the statuses by which a collector says that it does not take what it was sent. By
// others it says that it takes nothing at present, or nothing from us.
var refusals = map[int]bool{
	http.StatusBadRequest: true, http.StatusRequestEntityTooLarge: true, http.StatusUnprocessableEntity: true,
}

// statusError is an answer that is no 2xx.
type statusError int

// Error is for the log.
func (e statusError) Error() string { return fmt.Sprintf("answered with status %d", int(e)) }
