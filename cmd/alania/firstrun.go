package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/alania-go/alania/server"
	"github.com/alania-go/alania/server/config"
)

const credentialsFile = "credentials.env"

// announce prints the first credentials, which cannot be shown again. Beside the embedded
// database they are also left in a file that a shell can read: a first try should not
// depend on what scrolled by. The folder holds the secret key already.
func (c command) announce(cfg config.Config, run server.FirstRun) error {
	fmt.Fprintf(c.out, `
First start: these credentials are shown once. Keep them safe.

  organization   %s
  admin          %s  password  %s
  OAuth client   %s  secret    %s
  API key        %s

`, run.OrgID.Prefixed("org"), run.Email, run.Password, run.ClientID, run.ClientSecret, run.APIKey)
	if !cfg.Embedded() {
		return nil
	}
	path := filepath.Join(cfg.DataDir(), credentialsFile)
	text := fmt.Sprintf("# Made on the first start. Delete it when you have put the credentials somewhere safe.\n"+
		"ALANIA_URL='%s'\nALANIA_ADMIN_EMAIL='%s'\nALANIA_ADMIN_PASSWORD='%s'\nALANIA_CLIENT_ID='%s'\nALANIA_CLIENT_SECRET='%s'\nALANIA_API_KEY='%s'\n",
		cfg.PublicURL, quoted(run.Email), quoted(run.Password), quoted(run.ClientID), quoted(run.ClientSecret), quoted(run.APIKey))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "They are also in %s, readable by you alone.\n\n", path)
	return nil
}

// quoted makes a value safe between single quotes of a shell.
func quoted(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] == '\'' {
			out = append(out, `'\''`...)
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}
