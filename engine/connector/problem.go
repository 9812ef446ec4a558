package connector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"

	domain "github.com/alania-go/alania/domain/connector"
	"github.com/alania-go/alania/engine/guard"
)

// network says what is wrong with a connection. who begins the sentence, such as "The
// server". An error that already is a Problem passes unchanged.
func network(who string, err error) *domain.Problem {
	if p := (*domain.Problem)(nil); errors.As(err, &p) {
		return p
	}
	p := &domain.Problem{Code: domain.Unreachable, Cause: err}
	var (
		dns       *net.DNSError
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		cert      x509.CertificateInvalidError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		timeout   net.Error
	)
	var status *guard.StatusError
	switch {
	case errors.As(err, &status):
		p.Code = domain.BadResponse
		p.Message = who + " answers with status " + strconv.Itoa(status.Status) +
			", which is not a final status of HTTP (200 to 599)."
	case guard.IsRefused(err):
		p.Code = domain.RefusedAddress
		p.Message = who +
			" has an address that is not public. Private networks can be read only when the platform's operator allows them."
	case errors.Is(err, context.Canceled):
		p.Code, p.Temporary = domain.TimedOut, true
		p.Message = "It was cancelled before " + lower(who) + " had answered."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		p.Code, p.Temporary = domain.TimedOut, true
		p.Message = who + " did not answer in time."
	case errors.As(err, &dns):
		p.Temporary = !dns.IsNotFound
		p.Message = who + "'s name cannot be looked up: check the host name."
	case errors.As(err, &name):
		p.Message = who + "'s certificate is for another name: check the host name, or its certificate."
	case errors.As(err, &authority):
		p.Message = who + "'s certificate is not signed by an authority that is trusted here."
	case errors.As(err, &cert):
		p.Message = who + "'s certificate is not valid: it may have expired."
	case errors.As(err, &record), errors.As(err, &alert):
		p.Message = who + " does not speak TLS as expected: check the port and the TLS settings."
	case errors.Is(err, syscall.ECONNREFUSED):
		p.Temporary = true
		p.Message = who + " refuses the connection: check host and port, and that it is running."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, net.ErrClosed):
		p.Temporary = true
		p.Message = who + " closed the connection before it had answered."
	default:
		p.Temporary = true
		p.Message = who + " cannot be reached: check host, port and TLS settings."
	}
	return p
}

func lower(who string) string { return string(who[0]|0x20) + who[1:] }
