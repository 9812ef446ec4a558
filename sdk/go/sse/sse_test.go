package sse

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestReader(t *testing.T) {
	for text, want := range map[string][]string{
		"":                            nil,
		"data: a":                     nil, // not complete
		"data: a\n":                   nil,
		"data: a\n\n":                 {" message a"},
		"\ufeffdata:a\r\n\r\n":        {" message a"},
		"data:  a\rdata\rdata: b\r\r": {" message  a\n\nb"},
		":\n\n: comment\n\nid: 1\nevent: x\ndata: {}\n\n": {"1 x {}"},
		"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n":    {"1 message a", "1 message b", " message c"},
		"id: 1\x00\nevent\nunknown: x\ndata: a\n\n":       {" message a"},
		"event: x\n\ndata: a\n\n":                         {" message a"}, // without data there is no event
	} {
		for name, r := range map[string]io.Reader{
			"at once": strings.NewReader(text), "by bytes": iotest.OneByteReader(strings.NewReader(text)),
		} {
			s := NewReader(r)
			var got []string
			for {
				e, err := s.Next()
				if err != nil {
					if err != io.EOF {
						t.Errorf("%q: %v", text, err)
					}
					break
				}
				got = append(got, fmt.Sprintf("%s %s %s", e.ID, e.Type, e.Data))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q %s: %q, want %q", text, name, got, want)
			}
		}
	}
}

func TestRetryAndFailure(t *testing.T) {
	broken := errors.New("cut")
	text := strings.NewReader("retry: 250\nretry: -1\nretry: soon\ndata: 7\n\ndata: 8")
	s := NewReader(io.MultiReader(text, iotest.ErrReader(broken)))
	e, err := s.Next()
	var n int
	if err != nil || e.Decode(&n) != nil || n != 7 || s.Retry() != 250*time.Millisecond {
		t.Errorf("%v %d %v", err, n, s.Retry())
	}
	if _, err := s.Next(); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
