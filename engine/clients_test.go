// Package engine_test holds every client of an outside system to what it promises.
package engine_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/engine/connector"
	"github.com/alania-go/alania/engine/delivery"
	"github.com/alania-go/alania/engine/documents/mongo"
	"github.com/alania-go/alania/engine/hostile"
	"github.com/alania-go/alania/engine/keycloak"
	"github.com/alania-go/alania/engine/mcp"
	"github.com/alania-go/alania/engine/objects"
	"github.com/alania-go/alania/engine/oidc"
	"github.com/alania-go/alania/engine/outbound"
	"github.com/alania-go/alania/engine/proof"
	"github.com/alania-go/alania/engine/redis"
	"github.com/alania-go/alania/engine/siem"
)

// registered are the packages that reach outside, by their folder.
var registered = map[string]func() []outbound.Client{
	"engine/connector": connector.Clients, "engine/delivery": delivery.Clients, "engine/keycloak": keycloak.Clients,
	"engine/documents/mongo": mongo.Clients,
	"engine/mcp":             mcp.Clients, "engine/objects": objects.Clients, "engine/oidc": oidc.Clients,
	"engine/proof": proof.Clients, "engine/redis": redis.Clients, "engine/siem": siem.Clients,
}

// exempt are folders that may connect without a client of their own, and why.
var exempt = map[string]string{
	"engine/guard":         "it is what the clients connect through",
	"engine/outbound":      "it has the guard of their tests",
	"store/db":             "the database: its connections have deadlines of their own, which storetest holds",
	"server":               "it makes the guards",
	"engine/rows/sqlite":   "it opens files",
	"engine/rows/postgres": "the operator's database: its connections and statements have deadlines of their own",
	"server/assembly":      "it makes the guards",
	"cmd/alania":           "healthcheck asks this process itself",

	"server/bench":   "measurements only",
	"engine/hostile": "tests only", "engine/objects/s3test": "tests only", "server/servertest": "tests only",
	"engine/keycloak/keycloaktest": "tests only", "engine/documents/mongo/mongotest": "tests only",
	"server/browsertest": "tests only", "store/storetest": "tests only", "cmd/alania/cmdtest": "tests only",
}

// ways are what connects, by the path of its package.
var ways = map[string][]string{
	"net": {
		"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Resolver", "DefaultResolver",
		"LookupHost", "LookupIP", "LookupTXT", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupSRV",
	},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/http":   {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
	"net/smtp":   {"Dial", "SendMail"}, "net/rpc": {"Dial", "DialHTTP"},
	"database/sql":            {"Open", "OpenDB"},
	"github.com/jmoiron/sqlx": {"Open", "MustOpen", "Connect", "MustConnect", "ConnectContext"},
	"github.com/lib/pq": {
		"Open", "DialOpen", "NewConnector", "NewConnectorConfig", "NewListener",
	},
	"github.com/gomodule/redigo/redis": {
		"Dial", "DialContext", "DialTimeout", "DialURL", "DialURLContext", "NewConn",
	},
	"go.mongodb.org/mongo-driver/v2/mongo":       {"Connect"},
	"github.com/minio/minio-go/v7":               {"New", "NewCore", "DefaultTransport"},
	"github.com/modelcontextprotocol/go-sdk/mcp": {"StreamableClientTransport", "SSEClientTransport"},
	"github.com/alania-go/alania/engine/guard":   {"New", "Operator"},
	"golang.org/x/oauth2/clientcredentials":      {"Config"},
	"golang.org/x/net/websocket":                 {"Dial", "DialConfig"},
}

// Whatever connects belongs to a package whose clients are tried below.
func TestEveryClientIsRegistered(t *testing.T) {
	found := map[string][]string{}
	for _, tree := range []string{"cmd", "domain", "engine", "server", "store"} {
		err := filepath.WalkDir(filepath.Join("..", tree), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, 0)
			if err != nil {
				return err
			}
			folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), ".."+string(filepath.Separator)))
			names := map[string][]string{} // of packages, here
			for _, i := range f.Imports {
				imported, _ := strconv.Unquote(i.Path.Value)
				members, ok := ways[imported]
				if !ok {
					continue
				}
				name := imported[strings.LastIndex(imported, "/")+1:]
				if name == "v7" {
					name = "minio"
				}
				if i.Name != nil {
					name = i.Name.Name
				}
				names[name] = append(names[name], members...)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if of, ok := s.X.(*ast.Ident); ok && slices.Contains(names[of.Name], s.Sel.Name) {
						found[folder] = append(found[folder], fset.Position(n.Pos()).String()+": "+of.Name+"."+s.Sel.Name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for folder, where := range found {
		if registered[folder] == nil && exempt[folder] == "" {
			t.Errorf("%s connects, and no test tries its clients: give it a function Clients\n\t%s", folder,
				strings.Join(where, "\n\t"))
		}
	}
	for folder := range registered {
		if len(found[folder]) == 0 {
			t.Errorf("%s is registered and connects nowhere", folder)
		}
	}
}

// within stands for what a client promises, so that the test is short.
const within = 400 * time.Millisecond

// Every client ends in time, whatever the other end does, and leaves no goroutine behind.
func TestHostileServers(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	for _, folder := range slices.Sorted(maps.Keys(registered)) {
		clients := registered[folder]()
		if len(clients) == 0 {
			t.Errorf("%s has no clients", folder)
		}
		for _, c := range clients {
			t.Run(c.Name, func(t *testing.T) {
				if c.Promise <= 0 || c.Promise > 2*time.Hour {
					t.Errorf("it promises %v", c.Promise)
				}
				before := runtime.NumGoroutine()
				var servers []func()
				var wg sync.WaitGroup
				for _, b := range hostile.All {
					s, stop := hostile.Start(t, b, hostile.Options{TLS: c.TLS, Before: c.Greeting})
					servers = append(servers, stop)
					wg.Go(func() { try(t, c, b, s) })
				}
				wg.Wait()
				for _, stop := range servers {
					stop()
				}
				deadline := time.Now().Add(20 * time.Second)
				for ; runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks())
					}
				}
			})
		}
	}
}

func stacks() []byte {
	b := make([]byte, 256<<10)
	return b[:runtime.Stack(b, true)]
}

func try(t *testing.T, c outbound.Client, b hostile.Behaviour, s *hostile.Server) {
	done := make(chan string, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Sprint("panic: ", r)
			}
		}()
		_ = c.Try(context.Background(), outbound.Address{Host: s.Addr, URL: s.URL, CA: s.CA, Within: within})
		done <- ""
	}()
	select {
	case problem := <-done:
		if problem != "" {
			t.Errorf("%s: %s", b.Name, problem)
		}
	// What is not bounded takes for ever; the rest is for slow machines.
	case <-time.After(within + 30*time.Second):
		t.Errorf("%s: no end\n%s", b.Name, stacks())
	}
}
