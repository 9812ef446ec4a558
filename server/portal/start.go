package portal

import (
	"embed"
	"fmt"
	"strings"

	"github.com/alania-go/alania/server/contract"
)

// The programs of the SDKs are those of their README files, which their tests build; make
// generate copies them.
//
//go:embed programs/*.txt
var programs embed.FS

// gateway is where the programs of the SDKs find the platform when nobody says otherwise.
const gateway = "https://api.alania-go.ru"

// program is a file of the programs, for the server at base.
func program(file, base string) string {
	text, err := programs.ReadFile("programs/" + file)
	if err != nil {
		panic(err) // it is in the binary
	}
	return strings.TrimSpace(strings.ReplaceAll(string(text), gateway, base))
}

// start is what the start page shows.
type start struct {
	Base, Host           string
	Contracts            []summary
	Curl, Go, TypeScript string
}

// summary is a contract in a line.
type summary struct {
	Name, Title, Version, Text string
	Operations, Events         int
}

func summariesOf(contracts []*contract.Contract) ([]summary, error) {
	var out []summary
	for _, c := range contracts {
		doc := c.Document()
		if doc.Info == nil {
			return nil, fmt.Errorf("the contract %s has no info", c.Name)
		}
		s := summary{
			Name: c.Name, Title: title(c), Version: doc.Info.Version, Text: doc.Info.Summary,
			Operations: len(c.Operations), Events: len(doc.Webhooks),
		}
		out = append(out, s)
	}
	return out, nil
}

// title is the short name of a contract for people: Platform.
func title(c *contract.Contract) string {
	t := strings.TrimPrefix(c.Document().Info.Title, "Alania ")
	return strings.TrimSpace(strings.TrimSuffix(t, "API"))
}
