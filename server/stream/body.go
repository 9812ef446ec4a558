package stream

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alania-go/alania/domain/fault"
)

// Body is the body of a request, read as it arrives. Read returns io.EOF only for a body that is
// whole: it has its declared length, is not larger than it may be, came in time and matches
// every digest that was sent or asked for. Any other end is an error, so whoever copies a body
// and stores it after io.EOF alone stores none that is wrong.
type Body struct {
	rest     io.ReadCloser
	control  *http.ResponseController
	stream   *Stream
	limit    int64
	declared int64
	clear    bool // a deadline that passes between two reads ends the request
	stop     func() bool

	patience time.Duration
	waited   time.Duration // for the piece that arrives now
	arrived  int           // of that piece

	read   atomic.Int64
	digest hash.Hash
	checks []check
	err    error
	begun  bool
	ended  bool
}

// check is a digest that the body must have.
type check struct {
	hash   hash.Hash
	want   []byte
	header string
}

func newBody(s *Stream, r *http.Request, control *http.ResponseController) *Body {
	b := &Body{
		rest: r.Body, control: control, stream: s, limit: s.options.MaxBody, declared: r.ContentLength,
		clear: r.ProtoMajor > 1, patience: s.options.Patience, digest: sha256.New(),
	}
	if b.rest == nil {
		b.rest = http.NoBody
	}
	// A read that waits ends with the context.
	b.stop = context.AfterFunc(s.ctx, func() { _ = control.SetReadDeadline(time.Unix(1, 0)) })
	return b
}

// Length returns how many bytes the client says that the body has; -1 when it does not say it.
func (b *Body) Length() int64 { return b.declared }

// Size returns how many bytes have been read.
func (b *Body) Size() int64 { return b.read.Load() }

// SHA256 returns the digest of what has been read: after io.EOF, that of the body.
func (b *Body) SHA256() []byte { return b.digest.Sum(nil) }

// Expect asks for a digest of the body: when it has another, the read of its end fails. header
// is where the caller said the digest; h is nil for SHA-256. Call it before the first read.
func (b *Body) Expect(header string, h hash.Hash, digest []byte) {
	if h == nil {
		h = b.digest
	}
	b.checks = append(b.checks, check{h, digest, header})
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	left := b.limit - b.read.Load()
	// One byte more than is allowed tells a body of the limit from a larger one.
	if int64(len(p))-1 > left {
		p = p[:left+1]
	}
	if !b.begun {
		b.begun = true
		b.stream.flows()
	}
	began := time.Now()
	_ = b.control.SetReadDeadline(began.Add(b.patience - b.waited))
	if err := ended(b.stream.ctx); err != nil { // asked after the deadline was set: the end of the context sets another
		b.err = b.failure(err)
		return 0, b.err
	}
	n, err := b.rest.Read(p)
	if err == nil && b.declared >= 0 && b.read.Load()+int64(n) == b.declared {
		err = b.probe()
	}
	if b.clear || err == io.EOF { // after the end, the server looks whether the client hangs up
		_ = b.control.SetReadDeadline(time.Time{})
	}
	// What the handler does between two reads is not the sender's time.
	b.waited += time.Since(began)
	if b.arrived += n; b.arrived >= piece {
		b.waited, b.arrived = 0, 0
	}
	if int64(n) > left {
		n, err = int(left), tooLarge(b.limit)
	}
	b.read.Add(int64(n))
	b.digest.Write(p[:n])
	for _, c := range b.checks {
		if c.hash != b.digest {
			c.hash.Write(p[:n])
		}
	}
	switch {
	case err == io.EOF:
		b.err = b.verify()
		b.stop()
		b.stream.works()
	case err != nil:
		b.err = b.failure(err)
	}
	if b.err != nil && b.err != io.EOF {
		return 0, b.err // who counts bytes, and does not wait for io.EOF, does not come to the end
	}
	return n, b.err
}

// probe reads the end of a body whose bytes have all come, so that it is seen with them.
func (b *Body) probe() error {
	var more [1]byte
	n, err := io.ReadFull(b.rest, more[:])
	if n > 0 {
		return fault.New(fault.Malformed, "The body is longer than its declared length.")
	}
	return err
}

// Close implements io.Closer. The server closes the body of the connection itself.
func (b *Body) Close() error { return nil }

// Finish reads what the handler left of the body, and returns the digest of the whole. The
// error is that of a body that is not whole.
func (b *Body) Finish() ([]byte, error) {
	if _, err := io.Copy(io.Discard, b); err != nil {
		return nil, err
	}
	return b.SHA256(), nil
}

// Ended reports whether the server itself ended the body: because of its time, or because the
// stream was to end. To net/http this looks as if the client had hung up.
func (b *Body) Ended() bool { return b.ended }

func (b *Body) verify() error {
	for _, c := range b.checks {
		if subtle.ConstantTimeCompare(c.hash.Sum(nil), c.want) != 1 {
			return fault.Invalid(fault.Violation{
				In: fault.InHeader, Pointer: "/" + c.header, Code: "mismatch",
				Message: "must be the digest of the body that was sent",
			})
		}
	}
	return io.EOF
}

// failure returns what an end of the body before its end means.
func (b *Body) failure(err error) error {
	if why := ended(b.stream.ctx); why != nil && !errors.Is(why, context.Canceled) {
		b.ended = true
		return why
	}
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.ended = true
		return fault.New(fault.Timeout, "The body arrives too slowly. Nothing was changed; try again.").WithCause(err)
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Malformed, "The body ended before its declared length.").WithCause(err)
	}
	return fault.New(fault.Malformed, "The body could not be read.").WithCause(err)
}

func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.PayloadTooLarge, "The body must have at most "+strconv.FormatInt(limit, 10)+" bytes.")
}

const contentDigest = "Content-Digest"

// ExpectHeader asks for the SHA-256 in the Content-Digest of the request (RFC 9530). Digests of other
// kinds are left alone, as the RFC has it.
func (b *Body) ExpectHeader(h http.Header) error {
	for member := range strings.SplitSeq(strings.Join(h.Values(contentDigest), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(member), "=")
		if name != "sha-256" {
			continue
		}
		value, params, _ := strings.Cut(value, ";")
		_ = params // a dictionary's member may have some, and none is defined
		inner, colon := strings.CutPrefix(value, ":")
		inner, end := strings.CutSuffix(inner, ":")
		digest, err := base64.StdEncoding.DecodeString(inner)
		if !colon || !end || err != nil || len(digest) != sha256.Size {
			return fault.Invalid(fault.Violation{
				In: fault.InHeader, Pointer: "/" + contentDigest, Code: "format",
				Message: "must have the form sha-256=:<base64>:, as RFC 9530 has it",
			})
		}
		b.Expect(contentDigest, nil, digest)
	}
	return nil
}
