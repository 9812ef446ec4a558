package static

import "testing"

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"":                         false,
		"gzip":                     true,
		"GZIP":                     true,
		"x-gzip":                   true,
		"br, zstd":                 false,
		"br;q=1.0, gzip;q=0.8":     true,
		"gzip;q=0":                 false,
		"gzip; Q = 0.000":          false,
		"gzip;q=nonsense":          false,
		"*":                        true,
		"*;q=0":                    false,
		"gzip;q=0, *":              false,
		"*;q=0, gzip":              true,
		"identity":                 false,
		"deflate , gzip;q=1.0, br": true,
	} {
		if got := acceptsGzip([]string{header}); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	if !acceptsGzip([]string{"br", "gzip"}) {
		t.Error("a second line of the header is not read")
	}
}
