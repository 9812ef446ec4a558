package cmdtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alania-go/alania/store"
)

// Throwaway is an authority that nobody but these tests trusts, with a certificate for
// servers on this machine. The go command sends credentials over https only.
var Throwaway = NewAuthority()

// Authority signs certificates.
type Authority struct {
	Pool           *x509.CertPool
	CA, Cert, Keys []byte // PEM
}

// NewAuthority makes an authority, and a certificate for servers on this machine.
func NewAuthority() Authority {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(err)
		return k
	}
	sign := func(serial int64, c, parent *x509.Certificate, of, by *ecdsa.PrivateKey) []byte {
		c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(serial), time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, c, parent, &of.PublicKey, by)
		must(err)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	caKey, leafKey := key(), key()
	root := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Throw-away"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	a := Authority{
		Pool: x509.NewCertPool(), CA: sign(1, root, root, caKey, caKey), Cert: sign(2, leaf, root, leafKey, caKey),
	}
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	must(err)
	a.Keys = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	a.Pool.AppendCertsFromPEM(a.CA)
	return a
}

// Issued reports whether the authority has signed the certificate.
func (a Authority) Issued(c *x509.Certificate) bool {
	_, err := c.Verify(x509.VerifyOptions{Roots: a.Pool})
	return err == nil
}

// OverTLS returns the settings of a server that serves https, and the file of the authority that vouches for it.
func OverTLS(t testing.TB, e store.Engine) (env map[string]string, ca string) {
	t.Helper()
	env, dir := Settings(t, e), t.TempDir()
	write := func(name string, text []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	env["ALANIA_TLS_CERT"] = write("cert.pem", Throwaway.Cert)
	env["ALANIA_TLS_KEY"] = write("key.pem", Throwaway.Keys)
	return env, write("ca.pem", Throwaway.CA)
}
