package siem

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/engine/guard"
)

const (
	facility = 13 // log audit
	severity = 5  // notice
	appName  = "alania"
	nilValue = "-"
)

// syslogSink sends RFC 5424 messages over TLS, each after its length (RFC 5425).
//
// Syslog does not acknowledge. Each Send has a connection of its own, says with
// close_notify that it is done and waits until the receiver closes, which one does that
// has read everything. That shows a receiver that refuses the connection, or that goes away
// with messages it has not read. It does not show whether what was read has reached the
// receiver's disk; whether it cuts long messages (it must take 2,048 bytes and should
// take 8,192); nor, because common receivers close without a close_notify of their own,
// whether the end came from the receiver. Where none of this may be, use https.
type syslogSink struct {
	addr, hostname string
	procID         string
	tls            *tls.Config
	guard          *guard.Guard
	timeout        time.Duration
}

func newSyslog(u *url.URL, timeout time.Duration) (*syslogSink, error) {
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("not the URL of a syslog receiver; " + accepted)
	}
	for name, values := range q {
		if name != "ca" && name != "server_name" || len(values) > 1 || values[0] == "" {
			return nil, errors.New("the options of syslog+tls are ca and server_name, once each")
		}
	}
	port := u.Port()
	if port == "" {
		port = "6514" // RFC 5425 section 4.1
	}
	s := &syslogSink{
		addr:   net.JoinHostPort(u.Hostname(), port),
		procID: strconv.Itoa(os.Getpid()), guard: guard.Operator(), timeout: timeout,
		tls: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()},
	}
	if name := q.Get("server_name"); name != "" {
		s.tls.ServerName = name
	}
	if file := q.Get("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the option ca: %w", err)
		}
		s.tls.RootCAs = x509.NewCertPool()
		if !s.tls.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("the option ca: the file has no certificate in PEM")
		}
	}
	name, err := os.Hostname()
	if err != nil {
		name = ""
	}
	s.hostname = field(name, 255)
	return s, nil
}

// field makes a header field of what it is given: printable ASCII without blanks, max
// characters, and the nil value when there is nothing.
func field(s string, max int) string {
	if s == "" {
		return nilValue
	}
	s = strings.Map(func(r rune) rune {
		if r < '!' || r > '~' {
			return '_'
		}
		return r
	}, s)
	return s[:min(len(s), max)]
}

// appendFrame appends the entry's message after its length. The identifier of the
// message is the action; there is no structured data, because a name for it would need
// a number from IANA, and the JSON has it all.
func (s *syslogSink) appendFrame(b *bytes.Buffer, e audit.Entry) error {
	var msg bytes.Buffer
	fmt.Fprintf(&msg, "<%d>1 %s %s %s %s %s %s ", facility*8+severity,
		timestamp(e.CreatedAt), s.hostname, appName, s.procID, field(e.Action, 32), nilValue)
	if err := appendJSON(&msg, e); err != nil {
		return err
	}
	fmt.Fprintf(b, "%d ", msg.Len())
	b.Write(msg.Bytes())
	return nil
}

// Send implements audit.Sink.
func (s *syslogSink) Send(ctx context.Context, entries []audit.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var frames bytes.Buffer
	for _, e := range entries {
		if err := s.appendFrame(&frames, e); err != nil {
			return fmt.Errorf("siem: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.deliver(ctx, frames.Bytes()); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("siem: %s: %w", s.addr, err)
	}
	return nil
}

func (s *syslogSink) deliver(ctx context.Context, frames []byte) error {
	c, err := s.guard.Dial(ctx, syslogClient, "tcp", s.addr)
	if err != nil {
		return err
	}
	conn := tls.Client(c, s.tls)
	defer conn.Close()
	// Whatever waits, stops when ctx does.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	if _, err := conn.Write(frames); err != nil {
		return err
	}
	if err := conn.CloseWrite(); err != nil {
		return err
	}
	// Reading finds what became of the connection after the last write: its end, or why
	// it broke.
	_, err = io.Copy(io.Discard, conn)
	return err
}
