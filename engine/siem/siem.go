// Package siem sends audit entries to a security information and event management
// system. The URL says how:
//
//	https://siem.example/ingest             newline-delimited JSON by POST
//	syslog+tls://siem.example:6514?ca=…     syslog (RFC 5424) over TLS (RFC 5425)
//
// Both send each entry as the same JSON, see the type entry. A batch that fails in part is sent
// again as a whole: the receiver drops doubles by the member id.
package siem

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/audit"
)

// timeout is how long one request, or one batch of syslog, may take, from the dial to the answer.
const timeout = 15 * time.Second

// The names of the clients.
const (
	httpClient   = "siem/https"
	syslogClient = "siem/syslog"
)

const accepted = "it is https://host/path, http:// only to this machine, or " +
	"syslog+tls://host:6514?ca=file&server_name=name"

// Open makes the sink that a URL names; it asks nobody. The errors, here and of Send, carry
// no more of the URL than the host: user, password, path and query may be secret.
//
//   - https://[user:password@]host[:port]/path?query: user and password go as Basic
//     authentication (RFC 7617), the query stays where it is. http:// is taken for a
//     loopback address only.
//   - syslog+tls://host[:6514]: ca names a PEM file with the authorities to trust in place of
//     the system's, server_name the name that the certificate must have in place of host.
func Open(rawURL string) (audit.Sink, error) { return open(rawURL, timeout) }

func open(rawURL string, timeout time.Duration) (audit.Sink, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// What url.Parse says quotes the URL.
		return nil, errors.New("siem: not a URL; " + accepted)
	}
	if u.Hostname() == "" || u.Opaque != "" || u.Fragment != "" {
		return nil, errors.New("siem: not the URL of a SIEM; " + accepted)
	}
	switch {
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return newHTTP(u, timeout), nil
	case u.Scheme == "http":
		return nil, errors.New("siem: http:// would send the audit trail in the clear; " + accepted)
	case u.Scheme == "syslog+tls":
		s, err := newSyslog(u, timeout)
		if err != nil {
			return nil, fmt.Errorf("siem: %w", err)
		}
		return s, nil
	default:
		return nil, errors.New("siem: the scheme is not known; " + accepted)
	}
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
