package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/openapi"
	"github.com/alania-go/alania/server/contract"
)

// errorCatalogue is every name that an error can have in any contract. It asks the
// dialects, so it cannot leave one out.
type errorCatalogue struct {
	Codes  []*errorPage // the domain's codes, each with its reasons
	Others []*errorPage // names that only a contract has, sorted
}

// errorPage is one name.
type errorPage struct {
	Name            string
	Meaning, Remedy string       // of the code or reason; empty for the names of a contract
	Code            string       // that a reason is finer than
	Reasons         []*errorPage // finer than this code
	Uses            []use
	Statuses        []status // of the uses, without repetition
	StandsFor       []standIn
}

// use is how a contract words an error.
type use struct {
	Contract string
	Status   int
	Text     string // of the status
	Name     string // that the body has; empty when it has none
	Title    string // for people, where the body has one
	Body     string
}

type status struct {
	Code      int
	Contracts string
}

// standIn says that a name of one contract is what others call differently.
type standIn struct {
	Contract string
	Of       []string
}

// pages are all of the catalogue.
func (c *errorCatalogue) pages() []*errorPage {
	var out []*errorPage
	for _, code := range c.Codes {
		out = append(append(out, code), code.Reasons...)
	}
	return append(out, c.Others...)
}

// rendering is a dialect, as operations of one kind speak it.
type rendering struct {
	label     string
	contract  *contract.Contract
	operation *contract.Operation // one of the kind; nil: any
	bundle    string
}

func newErrors(contracts []*contract.Contract) *errorCatalogue {
	var ways []rendering
	for _, c := range contracts {
		text, _ := openapi.JSON(c.Name) // what the contract was loaded from
		ways = append(ways, rendering{title(c), c, nil, string(text)})
		if op := oauthOperation(c); op != nil {
			ways = append(ways, rendering{title(c) + ", token operations", c, op, string(text)})
		}
	}
	all := &errorCatalogue{}
	named := map[string]*errorPage{}
	for _, d := range fault.Catalogue() {
		p := &errorPage{Name: d.Name, Meaning: d.Meaning, Remedy: d.Remedy}
		named[d.Name] = p
		if d.Name == string(d.Code) {
			all.Codes = append(all.Codes, p)
			continue
		}
		p.Code = string(d.Code)
		named[p.Code].Reasons = append(named[p.Code].Reasons, p)
	}
	for _, d := range fault.Catalogue() {
		p := named[d.Name]
		for _, w := range usedBy(ways, d) {
			u := w.use(d)
			p.Uses = append(p.Uses, u)
			if u.Name == "" || strings.EqualFold(u.Name, d.Name) {
				continue
			}
			other := named[u.Name]
			if other == nil {
				other = &errorPage{Name: u.Name}
				named[u.Name] = other
				all.Others = append(all.Others, other)
			}
			other.standsFor(w.label, d.Name)
			if other.Meaning == "" {
				other.Uses = append(other.Uses, u)
			}
		}
	}
	slices.SortFunc(all.Others, func(a, b *errorPage) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range all.pages() {
		p.count()
	}
	return all
}

// nameOf returns the name that the page of a code has. A contract may write it in capitals, and say what was not found.
func nameOf(code string) string {
	name := strings.ToLower(code)
	if strings.HasSuffix(name, "_not_found") && name != string(fault.RouteNotFound) {
		return string(fault.NotFound)
	}
	return name
}

func oauthOperation(c *contract.Contract) *contract.Operation {
	var found *contract.Operation
	for _, op := range c.Operations {
		if op.ErrorFormat == "oauth" && (found == nil || op.ID < found.ID) {
			found = op
		}
	}
	return found
}

// usedBy picks the dialects in which callers can meet an error: those whose operations
// document the status. A reason belongs to the contracts whose bundle names it, where any
// does, and the codes of RFC 6749 to the operations that speak it.
func usedBy(ways []rendering, d fault.Description) []rendering {
	oauth := slices.Contains([]fault.Code{
		fault.OAuthInvalidRequest, fault.OAuthInvalidClient, fault.OAuthInvalidScope, fault.OAuthUnauthorizedClient,
		fault.OAuthUnsupportedGrantType,
		fault.OAuthInvalidGrant, fault.OAuthInvalidTarget,
	}, d.Code)
	// These operations know no credentials of their own, no resources and no states.
	token := oauth || d.Name == string(d.Code) && slices.Contains([]fault.Code{
		fault.Malformed, fault.ValidationFailed, fault.PayloadTooLarge, fault.UnsupportedMediaType, fault.RateLimited,
		fault.Timeout, fault.Unavailable, fault.Internal,
	}, d.Code)
	var out, naming []rendering
	if d.NoContract {
		return nil
	}
	for _, w := range ways {
		u := w.use(d)
		if oauth && w.operation == nil || !token && w.operation != nil || !w.documents(u.Status) {
			continue
		}
		out = append(out, w)
		if d.Name == string(d.Code) {
			continue
		}
		named := strings.Contains(w.bundle, `"`+d.Name+`"`) || strings.Contains(w.bundle, `/`+d.Name+`"`) ||
			strings.Contains(w.bundle, `"`+u.Name+`"`)
		if named || u.Name != "" && !strings.EqualFold(u.Name, d.Name) { // or the dialect has a name of its own for it
			naming = append(naming, w)
		}
	}
	if len(naming) > 0 {
		return naming
	}
	return out
}

// documents reports whether an operation of the kind can answer with the status. What no
// operation was matched for is answered anyway.
func (w rendering) documents(status int) bool {
	if w.operation == nil && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		return true
	}
	for _, item := range w.contract.Document().Paths.Map() {
		for _, spec := range item.Operations() {
			if w.operation != nil && spec.OperationID != w.operation.ID {
				continue
			}
			if spec.Responses.Value(strconv.Itoa(status)) != nil {
				return true
			}
		}
	}
	return false
}

var moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z`)

// use asks the dialect.
func (w rendering) use(d fault.Description) use {
	const requestID = "01KA8XW3E5G7J9M1P3R5T7V9X2"
	e := &fault.Error{Code: d.Code, Message: d.Meaning}
	if d.Name != string(d.Code) {
		e.Reason = d.Name
	}
	switch d.Code {
	case fault.ValidationFailed:
		if e.Reason == "" {
			e.Violations = []fault.Violation{fault.Body("/name", "required", "is required")}
		}
	case fault.RateLimited:
		e.RetryAfter = 12 * time.Second
		e.Details = map[string]any{"limit": 600, "remaining": 0}
	case fault.InsufficientScope:
		e.Details = map[string]any{"scope": "workspaces:write"}
	}
	f := w.contract.Dialect.Render(w.operation, e, "/the/path/of/the/request", requestID)
	var members struct{ Code, Title string }
	var body struct {
		Error any `json:"error"`
	}
	_ = json.Unmarshal(f.Body, &members) // a body that is not an object has no names
	_ = json.Unmarshal(f.Body, &body)
	u := use{
		Contract: w.label, Status: f.Status, Text: http.StatusText(f.Status), Name: members.Code, Title: members.Title,
	}
	switch of := body.Error.(type) {
	case string:
		u.Name = of
	case map[string]any: // an object with a code
		u.Name, _ = of["code"].(string)
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, bytes.TrimSpace(f.Body), "", "  ") != nil {
		pretty.Reset()
		pretty.Write(f.Body)
	}
	// The text must be the same on every replica.
	u.Body = moments.ReplaceAllString(pretty.String(), "2026-03-02T09:30:00Z")
	return u
}

func (p *errorPage) standsFor(contract, name string) {
	for i := range p.StandsFor {
		if p.StandsFor[i].Contract == contract {
			p.StandsFor[i].Of = append(p.StandsFor[i].Of, name)
			return
		}
	}
	p.StandsFor = append(p.StandsFor, standIn{contract, []string{name}})
}

// count gathers the statuses of the uses.
func (p *errorPage) count() {
	for _, u := range p.Uses {
		i := slices.IndexFunc(p.Statuses, func(s status) bool { return s.Code == u.Status })
		switch {
		case i < 0:
			p.Statuses = append(p.Statuses, status{u.Status, u.Contract})
		case !slices.Contains(strings.Split(p.Statuses[i].Contracts, "; "), u.Contract):
			p.Statuses[i].Contracts += "; " + u.Contract
		}
	}
	slices.SortFunc(p.Statuses, func(a, b status) int { return a.Code - b.Code })
}
