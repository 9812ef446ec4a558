package server

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificates serves the certificate of two files, and takes up a renewed one: those who
// renew certificates write files, and few tell the server.
type certificates struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	held   *tls.Certificate
	stamp  [2]stamp
	looked time.Time
}

// stamp is what changes with a file.
type stamp struct {
	modified time.Time
	size     int64
}

// lookEvery is how long the files are not looked at again.
const lookEvery = time.Second

func newCertificates(cert, key string, log *slog.Logger) (*certificates, error) {
	c := &certificates{cert: cert, key: key, log: log}
	return c, c.reload()
}

// get is a tls.Config.GetCertificate.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookEvery {
		return c.held, nil
	}
	if c.looked = time.Now(); c.stamps() != c.stamp {
		_ = c.load() // what is half written is logged, and looked at again
	}
	return c.held, nil
}

// reload takes up what is in the files now. On an error the former certificate is served on.
func (c *certificates) reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load()
}

func (c *certificates) load() error {
	now := c.stamps()
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		c.log.Warn("read the certificate", "error", err)
		return err
	}
	if c.held != nil {
		c.log.Info("a new certificate is served")
	}
	c.held, c.stamp, c.looked = &pair, now, time.Now()
	return nil
}

func (c *certificates) stamps() [2]stamp {
	var s [2]stamp
	for i, name := range []string{c.cert, c.key} {
		if f, err := os.Stat(name); err == nil {
			s[i] = stamp{f.ModTime(), f.Size()}
		}
	}
	return s
}
