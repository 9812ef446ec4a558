package servertest

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// answer is a status of an operation, as the bundle documents it.
type answer struct {
	contract, operation string
	status              int
}

// seen counts the answers that the tests were given.
type seen struct {
	mu sync.Mutex
	by map[store.Engine]map[answer]int
	// refused has the answers that the matrix of refusals gave on SQLite: of that matrix, PostgreSQL
	// has a sample.
	refused map[answer]bool
}

var coverage = &seen{by: map[store.Engine]map[answer]int{}, refused: map[answer]bool{}}

func (s *seen) note(op *contract.Operation, status int, e store.Engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[e] == nil {
		s.by[e] = map[answer]int{}
	}
	s.by[e][answer{op.Contract.Name, op.ID, status}]++
}

func (s *seen) noteRefusal(op *contract.Operation, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[answer{op.Contract.Name, op.ID, status}] = true
}

// Main is the TestMain of a contract's tests. When all of them ran and passed, it fails
// when a documented answer was never given, see missing.
func Main(m *testing.M, name string, document *openapi3.T) {
	flag.Parse()
	tested = name
	os.Exit(func() int {
		defer storetest.Stop()
		code := m.Run()
		lasting.end()
		if code != 0 || flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.list").Value.String() != "" ||
			flag.Lookup("test.bench").Value.String() != "" {
			return code
		}
		n := 0
		for _, missing := range coverage.missing(name, document) {
			fmt.Fprintln(os.Stderr, "never seen: "+missing)
			n++
		}
		if n > 0 {
			fmt.Fprintf(os.Stderr, "FAIL: %d documented answers of the contract %s were never given\n", n, name)
			return 1
		}
		return 0
	}())
}

// missing returns the documented answers that no test was given. Each operation must have given each
// of its statuses on each engine, with two exceptions: what the refusals gave on SQLite need not be
// seen on PostgreSQL, and a 5xx counts once for the contract, since it is the edge that words it.
func (s *seen) missing(name string, document *openapi3.T) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	broken := map[string]bool{} // "500 on sqlite"
	for e, answers := range s.by {
		for a := range answers {
			if a.contract == name && a.status >= http.StatusInternalServerError {
				broken[fmt.Sprintf("%d on %s", a.status, e)] = true
			}
		}
	}
	var out []string
	for _, item := range document.Paths.Map() {
		for _, op := range item.Operations() {
			for status := range op.Responses.Map() {
				n, _ := strconv.Atoi(status)
				a := answer{name, op.OperationID, n}
				for _, e := range storetest.Engines {
					where := fmt.Sprintf("%s on %s", status, e)
					if s.by[e][a] == 0 && !broken[where] && !(e == store.Postgres && s.refused[a]) {
						out = append(out, op.OperationID+" "+where)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
