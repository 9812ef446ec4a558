package control_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/audit"
	lists "github.com/alania-go/alania/domain/page"
	"github.com/alania-go/alania/server/servertest"
)

// unrecorded are operations that are no GET and yet leave no audit entry, and why.
var unrecorded = map[string]string{
	"aggregateDocuments": "it reads",
	"explainPipeline":    "it reads",
	"createObjectLink":   "nothing is stored; what is done with the link is recorded",
	"putUploadPart":      "the upload is recorded, and the object that the parts become",
}

// Every operation that changes something leaves an entry of the audit trail, which says who did what to which thing,
// in which request.
func TestMutationsAreRecorded(t *testing.T) {
	each(t, func(t *testing.T, i *servertest.Instance, tn *servertest.Tenant) {
		entries := func(tn *servertest.Tenant, request string) (out []audit.Entry) {
			t.Helper()
			q := lists.Query{Limit: 100, Sort: lists.Sort{Field: "created_at", Desc: true}}
			found, err := i.Audit.List(tn.As(), tn.Org.ID, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range found.Items {
				if e.RequestID == request {
					out = append(out, e)
				}
			}
			return out
		}
		n := 0
		for _, op := range servertest.Operations(i.Contract(suite.Contract)) {
			if op.Method == http.MethodGet || op.Method == http.MethodHead {
				continue
			}
			if !strings.HasPrefix(op.Path, "/v1/postgres/") && !strings.HasPrefix(op.Path, "/v1/mongo/") &&
				!strings.HasPrefix(op.Path, "/v1/storage/") {
				continue
			}
			r := valid[op.ID](t, i, tn)
			request := unique("corr-" + op.ID)
			header := map[string]string{"X-Correlation-Id": request}
			for name, v := range r.Header {
				header[name] = v
			}
			r.Header = header
			res := i.Want(t, servertest.Success(op), r)
			if got := res.Header.Get("X-Correlation-Id"); got != request {
				t.Errorf("%s: the request is called %q", op.ID, got)
			}
			found := entries(tn, request)
			if unrecorded[op.ID] != "" {
				if len(found) > 0 {
					t.Errorf("%s is recorded: %v", op.ID, found[0].Action)
				}
				continue
			}
			n++
			if len(found) == 0 {
				t.Errorf("%s leaves no entry", op.ID)
				continue
			}
			for _, e := range found {
				kind, name, _ := strings.Cut(e.Action, ".")
				if kind == "" || name == "" || e.Actor() == "" || e.ActorName == "" || e.TargetKind == "" ||
					e.TargetID.IsZero() || e.OrgID != tn.Org.ID || e.CreatedAt.IsZero() {
					t.Errorf("%s: %+v", op.ID, e)
				}
			}
		}
		if n < 25 {
			t.Errorf("only %d operations were tried", n)
		}
	})
}
