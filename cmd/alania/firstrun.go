package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/config"
)

const credentialsFile = "credentials.env"

// announce prints the first credentials, which cannot be shown again. With the embedded
// database they are also left in a file that a shell can read: a first try should not
// depend on what scrolled by. The folder holds the secret key already. What the operator
// chose is neither printed nor written: whoever chose it has it.
func (c command) announce(cfg config.Config, run assembly.FirstRun) error {
	var shown, file strings.Builder
	if cfg.Bootstrap.Password == "" {
		fmt.Fprintf(&shown, "  admin          %s  password  %s\n", run.Email, run.Password)
		fmt.Fprintf(&file, "ALANIA_ADMIN_EMAIL='%s'\nALANIA_ADMIN_PASSWORD='%s'\n", quoted(run.Email), quoted(run.Password))
	}
	if cfg.Bootstrap.ClientSecret == "" && run.ClientID != "" {
		fmt.Fprintf(&shown, "  OAuth client   %s  secret    %s\n", run.ClientID, run.ClientSecret)
		fmt.Fprintf(&file, "ALANIA_CLIENT_ID='%s'\nALANIA_CLIENT_SECRET='%s'\n", quoted(run.ClientID),
			quoted(run.ClientSecret))
	}
	if cfg.Bootstrap.APIKey == "" && run.APIKey != "" {
		fmt.Fprintf(&shown, "  API key        %s\n", run.APIKey)
		fmt.Fprintf(&file, "ALANIA_API_KEY='%s'\n", quoted(run.APIKey))
	}
	org := run.OrgID.Prefixed("org")
	if shown.Len() == 0 {
		fmt.Fprintf(c.out, "\nFirst start: the organization %s has the credentials of ALANIA_BOOTSTRAP_….\n\n", org)
		return nil
	}
	fmt.Fprintf(c.out, "\nFirst start: these credentials are shown once. Keep them safe.\n\n  organization   %s\n%s\n",
		org, shown.String())
	if !cfg.Embedded() || run.APIKey == "" { // the file of a former start stays
		return nil
	}
	path := filepath.Join(cfg.DataDir(), credentialsFile)
	text := "# Made on the first start. Delete it when you have put the credentials somewhere safe.\n" +
		fmt.Sprintf("ALANIA_URL='%s'\n", cfg.PublicURL) + file.String()
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
