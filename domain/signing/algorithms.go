package signing

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
)

// Ed25519 keys sign with EdDSA. The public key is kept as its 32 bytes, the private one as its seed.
var Ed25519 = Algorithm{
	Generate: func() (public, private []byte, err error) {
		pub, priv, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, nil, err
		}
		return pub, priv.Seed(), nil
	},
	Read: func(private []byte) (crypto.Signer, error) { return ed25519.NewKeyFromSeed(private), nil },
}

// rsaBits is the length of the modulus, Keycloak's default.
const rsaBits = 2048

// RSA keys sign with RS256. They are kept in PKCS #1 form.
var RSA = Algorithm{
	Generate: func() (public, private []byte, err error) {
		k, err := rsa.GenerateKey(rand.Reader, rsaBits)
		if err != nil {
			return nil, nil, err
		}
		return x509.MarshalPKCS1PublicKey(&k.PublicKey), x509.MarshalPKCS1PrivateKey(k), nil
	},
	Read: func(private []byte) (crypto.Signer, error) { return x509.ParsePKCS1PrivateKey(private) },
}
