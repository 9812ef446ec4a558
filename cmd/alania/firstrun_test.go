package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/server/assembly"
	"github.com/alania-go/alania/server/config"
)

// What the operator chose is neither printed nor written; what was made is both.
func TestChosenCredentialsAreNotTold(t *testing.T) {
	run := assembly.FirstRun{
		OrgID: id.New(), Email: "admin@example.com", Password: "the-password", ClientID: "cli_first",
		ClientSecret: "the-client-secret", APIKey: "the-api-key",
	}
	secrets := map[string]func(*config.Bootstrap){
		run.Password:     func(b *config.Bootstrap) { b.Password = run.Password },
		run.ClientSecret: func(b *config.Bootstrap) { b.ClientID, b.ClientSecret = run.ClientID, run.ClientSecret },
		run.APIKey:       func(b *config.Bootstrap) { b.APIKey = run.APIKey },
	}
	for n := range 1 << len(secrets) {
		dir := t.TempDir()
		cfg := config.Config{DatabaseURL: "sqlite://" + filepath.Join(dir, "alania.db"), PublicURL: "http://localhost"}
		k, told := 0, map[string]bool{}
		for secret, choose := range secrets {
			if told[secret] = n>>k&1 == 0; !told[secret] {
				choose(&cfg.Bootstrap)
			}
			k++
		}
		var out bytes.Buffer
		if err := (command{out: &out}).announce(cfg, run); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(filepath.Join(dir, credentialsFile))
		if chosen := n == 1<<len(secrets)-1; os.IsNotExist(err) != chosen {
			t.Errorf("the file: %v", err)
		}
		for secret, want := range told {
			if strings.Contains(out.String(), secret) != want || bytes.Contains(file, []byte(secret)) != want {
				t.Errorf("%s: told should be %v in\n%s\n%s", secret, want, out.String(), file)
			}
		}
		if !strings.Contains(out.String(), run.OrgID.Prefixed("org")) {
			t.Errorf("without the organization:\n%s", out.String())
		}
	}
}
