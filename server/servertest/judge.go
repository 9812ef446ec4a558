package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alania-go/alania/server/contract"
)

// judge holds messages against a bundle. It is made of other validators than the server's own:
// jsonschema for bodies and headers, kin-openapi for the parameters of requests. Each schema is
// compiled once.
type judge struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema // by JSON pointer into the bundle
	err      error
}

var judges sync.Map // by document

func judgeOf(doc *openapi3.T) *judge {
	once, _ := judges.LoadOrStore(doc, sync.OnceValue(func() *judge {
		j := &judge{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
		j.compiler.DefaultDraft(jsonschema.Draft2020)
		j.compiler.AssertFormat()
		text, err := json.Marshal(doc)
		if err == nil {
			var bundle any
			if bundle, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err == nil {
				err = j.compiler.AddResource("bundle.json", bundle)
			}
		}
		j.err = err
		return j
	}))
	return once.(func() *judge)()
}

// schema returns the compiled schema at a pointer into the bundle.
func (j *judge) schema(pointer string) (*jsonschema.Schema, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return nil, j.err
	}
	s := j.compiled[pointer]
	if s == nil {
		var err error
		if s, err = j.compiler.Compile("bundle.json#" + pointer); err != nil {
			return nil, err
		}
		j.compiled[pointer] = s
	}
	return s, nil
}

// check returns what is wrong with a value.
func (j *judge) check(pointer string, value any) error {
	s, err := j.schema(pointer)
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// checkText checks what stands in a header, which may be meant as a number.
func (j *judge) checkText(pointer, text string) error {
	err := j.check(pointer, text)
	if err == nil {
		return nil
	}
	var value any
	if n := json.Number(text); json.Unmarshal([]byte(text), &value) == nil {
		if _, number := value.(float64); number {
			value = n
		}
		if j.check(pointer, value) == nil {
			return nil
		}
	}
	return err
}

// at returns the pointer of a member that is a reference or stands there itself.
func at(ref, pointer string, member ...string) string {
	if ref != "" {
		pointer = strings.TrimPrefix(ref, "#")
	}
	return pointer + below(member...)
}

func below(member ...string) string {
	out := ""
	for _, m := range member {
		out += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(m))
	}
	return out
}

// check holds an answer against the bundle: its status must be documented, its headers and its body
// must meet their schemas, and when it succeeds, so must the request.
func (i *Instance) check(op *contract.Operation, r Request, req *http.Request, body []byte, res *Response) []string {
	doc := op.Contract.Document()
	spec := doc.Paths.Value(op.Path).GetOperation(op.Method)
	documented := spec.Responses.Status(res.Status)
	if documented == nil {
		return []string{"the status is not documented"}
	}
	j := judgeOf(doc)
	operation := below("paths", op.Path, strings.ToLower(op.Method))
	var problems []string
	if res.Status < 300 {
		if err := j.request(op, r, req, body, operation); err != nil {
			problems = append(problems, "the request is not what the bundle says: "+err.Error())
		}
	}
	response := at(documented.Ref, operation+below("responses", strconv.Itoa(res.Status)))
	problems = append(problems, j.headers(documented.Value.Headers, response, res.Header)...)
	switch content := documented.Value.Content; {
	case len(content) == 0 && len(res.Body) > 0:
		problems = append(problems, "a body where the bundle has none")
	case len(res.Body) == 0 && documented.Value.Extensions["x-empty"] == "maybe":
	case len(content) > 0 && req.Method != http.MethodHead:
		if err := j.body(content, response, res.Header.Get("Content-Type"), res.Body); err != nil {
			problems = append(problems, "the response is not what the bundle says: "+err.Error())
		}
	}
	return problems
}

// body checks a body of one of the documented media types.
func (j *judge) body(content openapi3.Content, pointer, contentType string, body []byte) error {
	name, m, err := mediaType(content, contentType)
	if err != nil || m.Schema == nil {
		return err
	}
	if documented, _, _ := strings.Cut(name, ";"); !strings.HasSuffix(documented, "json") {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return j.check(pointer+below("content", name, "schema"), value)
}

func mediaType(content openapi3.Content, contentType string) (string, *openapi3.MediaType, error) {
	is, with, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", nil, fmt.Errorf("the Content-Type %q: %w", contentType, err)
	}
	for _, exactly := range []bool{true, false} { // one with the same parameters is meant before one with none
		for name, m := range content {
			documented, parameters, _ := mime.ParseMediaType(name)
			same := documented == is || documented == "*/*"
			if same && (maps.Equal(parameters, with) || !exactly && len(parameters) == 0) {
				return name, m, nil
			}
		}
	}
	return "", nil, fmt.Errorf("the Content-Type %q is not documented", contentType)
}

// standard are headers that HTTP and its extensions define for every answer: they need no word in a
// bundle. Whatever else is sent, any X-… header among it, must be documented.
var standard = []string{
	"Date", "Content-Length", "Content-Type", "Connection", "Cache-Control", "X-Content-Type-Options", "Allow", "Vary",
	"Www-Authenticate",
	"Deprecation", "Sunset", "Link", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials",
	"Access-Control-Expose-Headers",
}

// headers checks that the required ones are there, that each meets its schema, and that there is none
// that the bundle does not know.
func (j *judge) headers(documented openapi3.Headers, response string, sent http.Header) []string {
	var problems []string
	known := map[string]bool{}
	for name, h := range documented {
		canonical := http.CanonicalHeaderKey(name)
		known[canonical] = true
		lines := sent[canonical]
		if len(lines) == 0 && h.Value.Required {
			problems = append(problems, "the required header "+name+" is missing")
		}
		if h.Value.Schema == nil {
			continue
		}
		for _, line := range lines {
			if err := j.checkText(at(h.Ref, response+below("headers", name), "schema"), line); err != nil {
				problems = append(problems, fmt.Sprintf("the header %s is %q: %v", name, line, err))
			}
		}
	}
	for name := range sent {
		if !known[name] && !slices.Contains(standard, name) {
			problems = append(problems, "the header "+name+" is not documented")
		}
	}
	return problems
}

// request checks a request that was accepted.
func (j *judge) request(op *contract.Operation, r Request, req *http.Request, body []byte, operation string) error {
	doc := op.Contract.Document()
	item := doc.Paths.Value(op.Path)
	spec := item.GetOperation(op.Method)
	options := &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	if spec.RequestBody != nil && r.Form == nil && len(body) > 0 {
		options.ExcludeRequestBody = true
		pointer := at(spec.RequestBody.Ref, operation+below("requestBody"))
		if err := j.body(spec.RequestBody.Value.Content, pointer, req.Header.Get("Content-Type"), body); err != nil {
			return err
		}
	}
	again := req.Clone(context.Background())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: again, PathParams: r.Path, Options: options,
		Route: &routers.Route{Spec: doc, Path: op.Path, PathItem: item, Method: op.Method, Operation: spec},
	})
}
