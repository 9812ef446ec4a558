// Package secret keeps secrets at rest: AES-256-GCM under the operator's key, with the
// key's id in front so that keys can be rotated; and it makes the random ones.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const version = 1

// Box seals and opens. The first key seals; every key opens what it sealed.
type Box struct {
	keys []key
	root []byte
}

type key struct {
	id   [4]byte
	aead cipher.AEAD
}

// Use is what a sealed value is for. A value that is sealed for one use does not open for another.
type Use string

// uses are those whose values are kept, in the order of their packages' initialization.
var uses []Use

// NewUse names a use whose values are kept in the database, so that a change of the key finds them: the
// store says in which column they are.
func NewUse(name string) Use {
	uses = append(uses, Use(name))
	return Use(name)
}

// Uses are all that were named.
func Uses() []Use { return slices.Clone(uses) }

// ErrKey says that a sealed value was made with a key the box does not have.
var ErrKey = errors.New("sealed with a secret key that is not configured")

// NewBox reads one key, or several with commas between them: 32 bytes in standard
// base64 each, the one in use first, former ones after it.
func NewBox(setting string) (*Box, error) {
	b := &Box{}
	for part := range strings.SplitSeq(setting, ",") {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(part))
		if err != nil || len(raw) != 32 {
			return nil, errors.New("must be 32 bytes in base64 (make one with: openssl rand -base64 32)")
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(append([]byte("alania key id "), raw...))
		b.keys = append(b.keys, key{id: [4]byte(sum[:4]), aead: aead})
		if b.root == nil {
			b.root = raw
		}
	}
	return b, nil
}

// Seal encrypts plain for a use.
func (b *Box) Seal(plain []byte, what Use) []byte {
	k := b.keys[0]
	out := make([]byte, 5, 5+12+len(plain)+16)
	out[0] = version
	copy(out[1:], k.id[:])
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	out = append(out, nonce...)
	return k.aead.Seal(out, nonce, plain, []byte(what))
}

// Open decrypts what Seal made for the same use.
func (b *Box) Open(sealed []byte, what Use) ([]byte, error) {
	if len(sealed) < 5+12+16 || sealed[0] != version {
		return nil, errors.New("not a sealed value")
	}
	for _, k := range b.keys {
		if [4]byte(sealed[1:5]) == k.id {
			plain, err := k.aead.Open(nil, sealed[5:17], sealed[17:], []byte(what))
			if err != nil {
				return nil, fmt.Errorf("open %s: %w", what, err)
			}
			return plain, nil
		}
	}
	return nil, ErrKey
}

// Derive returns a 32-byte key for one use from the key in use (HKDF-SHA256, RFC 5869).
func (b *Box) Derive(what string) []byte {
	k, err := hkdf.Key(sha256.New, b.root, nil, "alania "+what, 32)
	if err != nil {
		panic(err) // only a wrong length can fail, and it is constant
	}
	return k
}

// Random returns n random bytes.
func Random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return b
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Text returns n random letters and digits, 5.95 bits each.
func Text(n int) string {
	out := make([]byte, 0, n)
	for len(out) < n {
		for _, b := range Random(n) {
			// 248 is the largest multiple of 62 that a byte holds: no letter is likelier.
			if b < 248 && len(out) < n {
				out = append(out, alphabet[b%62])
			}
		}
	}
	return string(out)
}

// Hash is how a high-entropy secret is kept: SHA-256, which is safe only because such
// a secret cannot be guessed.
func Hash(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}
