package secret

import (
	"bytes"
	"encoding/base64"
	"errors"
	"testing"
)

func TestBox(t *testing.T) {
	k1, k2 := base64.StdEncoding.EncodeToString(Random(32)), base64.StdEncoding.EncodeToString(Random(32))
	old, err := NewBox(k1)
	if err != nil {
		t.Fatal(err)
	}
	sealed := old.Seal([]byte("hush"), "webhook")
	if bytes.Contains(sealed, []byte("hush")) {
		t.Fatal("the sealed value shows the secret")
	}
	rotated, err := NewBox(k2 + "," + k1)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rotated.Open(sealed, "webhook"); err != nil || string(got) != "hush" {
		t.Fatalf("after a rotation: %q, %v", got, err)
	}
	if _, err := old.Open(rotated.Seal([]byte("x"), "webhook"), "webhook"); !errors.Is(err, ErrKey) {
		t.Errorf("a foreign key: %v", err)
	}
	if _, err := old.Open(sealed, "other"); err == nil {
		t.Error("opens for another use")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := old.Open(sealed, "webhook"); err == nil {
		t.Error("a changed value opens")
	}
	for _, bad := range []string{"", "abc", base64.StdEncoding.EncodeToString(Random(16))} {
		if _, err := NewBox(bad); err == nil {
			t.Errorf("key %q is accepted", bad)
		}
	}
}

func TestText(t *testing.T) {
	if a, b := Text(40), Text(40); len(a) != 40 || a == b {
		t.Errorf("%q, %q", a, b)
	}
}
