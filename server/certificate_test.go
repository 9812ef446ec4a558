package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeCertificate writes a certificate with the serial number and its key.
func writeCertificate(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A certificate that is renewed on the disk is served without a restart; one that is broken is
// not, and the former goes on.
func TestRenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if _, err := newCertificates(cert, key, log); err == nil {
		t.Error("no file, and no error")
	}
	writeCertificate(t, cert, key, 1)
	c, err := newCertificates(cert, key, log)
	if err != nil {
		t.Fatal(err)
	}
	serves := func(want int64) {
		t.Helper()
		c.mu.Lock()
		c.looked = time.Time{} // as if a second had passed
		c.mu.Unlock()
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil || leaf.SerialNumber.Int64() != want {
			t.Errorf("serves %v, want %d: %v", leaf.SerialNumber, want, err)
		}
	}
	touch := func(at time.Time) {
		t.Helper()
		for _, name := range []string{cert, key} {
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	serves(1)
	writeCertificate(t, cert, key, 2)
	touch(time.Now().Add(time.Minute))
	serves(2)
	if err := os.WriteFile(cert, []byte("half of a"), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(time.Now().Add(2 * time.Minute))
	serves(2)
	if c.reload() == nil {
		t.Error("a broken certificate is taken up")
	}
	writeCertificate(t, cert, key, 3)
	touch(time.Now().Add(2 * time.Minute)) // the same time as the broken one
	if err := c.reload(); err != nil {     // what SIGHUP does
		t.Error(err)
	}
	serves(3)
}
