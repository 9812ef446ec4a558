package connector

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/lib/pq"

	"github.com/alania-go/alania/engine/guard"
)

const (
	dialTimeout   = 15 * time.Second
	cancelTimeout = time.Second
	maxMessage    = 4 << 20   // bytes of a message of the server; a row is cut to maxRecord by the query
	maxIterations = 1_000_000 // of SCRAM, which the server chooses and the client computes
)

// What can be wrong with a server before it speaks SQL.
var (
	errNoTLS    = errors.New("the server does not offer TLS")
	errAuth     = errors.New("the server asks for a kind of authentication that is not supported")
	errProtocol = errors.New("the server does not speak the PostgreSQL protocol")
)

// pgConn is a connection to a PostgreSQL server that may be hostile. It is a driver's
// connection used without database/sql, which would use it on goroutines of its own: here
// a panic of the driver over a malformed message is caught.
type pgConn struct {
	conn   driver.Conn
	dialer *pgDialer
}

// connectPG connects. TLS is negotiated by the dialer and not by the driver, which would
// take certificates from files of the machine; so would it take settings from the
// environment, if it were given a connection string.
func connectPG(ctx context.Context, d *pgDialer, user, password, database string) (*pgConn, error) {
	connector, err := pq.NewConnectorConfig(pq.Config{
		Host: d.host, Port: d.port, User: user, Password: password, Database: database,
		Passfile: os.DevNull, SSLMode: pq.SSLModeDisable, ConnectTimeout: dialTimeout, ApplicationName: "alania",
		ClientEncoding: "UTF8", Datestyle: "ISO, MDY", MinProtocolVersion: "3.0", MaxProtocolVersion: "3.0",
	})
	if err != nil {
		return nil, err
	}
	connector.Dialer(d)
	c := &pgConn{dialer: d}
	err = c.do(ctx, func() (err error) {
		c.conn, err = connector.Connect(ctx)
		return err
	})
	if err != nil {
		d.close()
		return nil, err
	}
	return c, nil
}

// do runs what talks to the server. At the end of ctx the driver asks the server to cancel
// the query, on another connection; a server that does not is left soon after.
func (c *pgConn) do(ctx context.Context, talk func() error) (err error) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(cancelTimeout)
		defer timer.Stop()
		select {
		case <-ended:
		case <-timer.C:
		}
		c.dialer.close()
	})
	defer func() {
		close(ended)
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errProtocol, r)
		}
		if !stop() && ctx.Err() != nil && err != nil {
			err = fmt.Errorf("%w (%v)", ctx.Err(), err)
		}
	}()
	return talk()
}

// exec runs statements without parameters.
func (c *pgConn) exec(ctx context.Context, statements string) error {
	return c.do(ctx, func() error {
		_, err := c.conn.(driver.ExecerContext).ExecContext(ctx, statements, nil)
		return err
	})
}

// query returns each row, as text, to each. When that returns false the rest is passed over.
// A nil is a NULL.
func (c *pgConn) query(
	ctx context.Context, statement string, args []string, each func(row []*string) (bool, error),
) error {
	return c.do(ctx, func() error {
		named := make([]driver.NamedValue, len(args))
		for i, a := range args {
			named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
		}
		rows, err := c.conn.(driver.QueryerContext).QueryContext(ctx, statement, named)
		if err != nil {
			return err
		}
		values := make([]driver.Value, len(rows.Columns()))
		row := make([]*string, len(values))
		for more := true; more; {
			if err := rows.Next(values); err != nil {
				if err == io.EOF {
					break
				}
				return errors.Join(err, rows.Close())
			}
			for i, v := range values {
				row[i] = text(v)
			}
			if more, err = each(row); err != nil {
				return err // the connection is given up
			}
		}
		return rows.Close()
	})
}

func text(v driver.Value) *string {
	var s string
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		s = fmt.Sprint(v)
	}
	return &s
}

// close ends the connection politely, where the server lets it.
func (c *pgConn) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.do(ctx, c.conn.Close)
	c.dialer.close()
}

// pgDialer connects through the guard, with TLS.
type pgDialer struct {
	guard *guard.Guard
	host  string
	port  uint16
	tls   *tls.Config // nil: none

	mu     sync.Mutex
	main   net.Conn // the first; others only carry a request to cancel
	closed bool
}

// Dial implements pq.Dialer.
func (d *pgDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

// DialTimeout implements pq.Dialer.
func (d *pgDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext. The address is always that of the
// configuration: a host that looks like a path is no socket.
func (d *pgDialer) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	conn, err := d.connect(ctx, net.JoinHostPort(d.host, strconv.Itoa(int(d.port))))
	if err != nil {
		return nil, err
	}
	if d.tls != nil {
		secured, err := startTLS(ctx, conn, d.tls)
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		conn = secured
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.main != nil {
		return cancelConn{conn}, conn.SetDeadline(time.Now().Add(cancelTimeout))
	}
	d.main = &pgFrames{Conn: conn}
	if d.closed {
		_ = conn.Close()
	}
	return d.main, nil
}

// connect opens the connection. One that only carries a request to cancel does not wait for a turn
// at the host, which the first one may have had.
func (d *pgDialer) connect(ctx context.Context, address string) (net.Conn, error) {
	d.mu.Lock()
	first := d.main == nil
	d.mu.Unlock()
	if first {
		return d.guard.Dial(ctx, postgresClient, "tcp", address)
	}
	return d.guard.Dialer().DialContext(ctx, "tcp", address)
}

// cancelConn carries a request to cancel. The driver would wait for its end for as long as
// for a connection.
type cancelConn struct{ net.Conn }

// SetDeadline implements net.Conn: there is one already.
func (cancelConn) SetDeadline(time.Time) error { return nil }

func (d *pgDialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.main != nil {
		_ = d.main.Close()
	}
}

// startTLS asks for TLS and begins it. The answer is one byte; nothing after it is read
// before the handshake.
func startTLS(ctx context.Context, conn net.Conn, cfg *tls.Config) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return nil, err
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return nil, err
	}
	switch answer[0] {
	case 'S':
	case 'N':
		return nil, errNoTLS
	default:
		return nil, errProtocol
	}
	secured := tls.Client(conn, cfg)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secured, nil
}

// pgTLS returns the configuration of a mode; nil is none.
func pgTLS(mode, host, authorities string) (*tls.Config, error) {
	var roots *x509.CertPool // nil: the machine's
	if authorities != "" {
		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM([]byte(authorities)) {
			return nil, invalid("ca_certificate is not a certificate in PEM form.")
		}
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host, RootCAs: roots}
	switch mode {
	case "disable":
		return nil, nil
	case "require": // against who listens, not against who pretends
		cfg.InsecureSkipVerify = true
	case "verify-ca":
		cfg.InsecureSkipVerify = true
		cfg.VerifyConnection = func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return errProtocol
			}
			opt := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
			for _, c := range state.PeerCertificates[1:] {
				opt.Intermediates.AddCert(c)
			}
			_, err := state.PeerCertificates[0].Verify(opt)
			return err
		}
	case "verify-full":
	default:
		return nil, invalid("The sslmode is disable, require, verify-ca or verify-full.")
	}
	return cfg, nil
}

// pgFrames watches the messages of the server go by: the driver takes a message's length
// for granted, and makes room for it; and it computes as many rounds of SCRAM as it is told.
type pgFrames struct {
	net.Conn
	head [5]byte // type and length
	n    int     // bytes of the head that were seen
	left int     // bytes of the message that follow
	auth []byte  // the message, where it is about authentication
	err  error
}

// Read implements net.Conn.
func (f *pgFrames) Read(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.Conn.Read(b)
	if f.err = f.watch(b[:n]); f.err != nil {
		return 0, f.err
	}
	return n, err
}

func (f *pgFrames) watch(b []byte) error {
	for len(b) > 0 {
		if f.n < len(f.head) {
			k := copy(f.head[f.n:], b)
			f.n, b = f.n+k, b[k:]
			if f.n < len(f.head) {
				return nil
			}
			size := binary.BigEndian.Uint32(f.head[1:])
			if size < 4 || size > maxMessage {
				return errProtocol
			}
			f.left, f.auth = int(size)-4, nil
		}
		k := min(f.left, len(b))
		if f.head[0] == 'R' {
			if f.left > 8<<10 {
				return errProtocol
			}
			f.auth = append(f.auth, b[:k]...)
		}
		f.left, b = f.left-k, b[k:]
		if f.left > 0 {
			return nil
		}
		f.n = 0
		if f.head[0] == 'R' {
			if err := checkAuth(f.auth); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkAuth looks at a request for authentication.
func checkAuth(message []byte) error {
	if len(message) < 4 {
		return errProtocol
	}
	switch body := message[4:]; binary.BigEndian.Uint32(message) {
	case 0, 3, 12: // accepted, password, end of SCRAM
		return nil
	case 5: // MD5, with a salt
		if len(body) != 4 {
			return errProtocol
		}
		return nil
	case 10: // SCRAM: its names, each with a zero byte
		if !bytes.Contains(append([]byte{0}, body...), []byte("\x00SCRAM-SHA-256\x00")) {
			return errAuth
		}
		return nil
	case 11: // r=…,s=…,i=4096
		i := bytes.LastIndex(body, []byte(",i="))
		if i < 0 {
			return errProtocol
		}
		n, err := strconv.Atoi(string(body[i+3:]))
		if err != nil || n < 1 || n > maxIterations {
			return errProtocol
		}
		return nil
	}
	return errAuth
}
