package suite

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	alania "github.com/alania-go/alania/sdk/go"
	"github.com/alania-go/alania/sdk/go/option"
)

// example is a body or a parameter of a bundle, with what it shows.
type example struct {
	Name, In string
	Required bool
	Ref      string `json:"$ref"`
	Example  json.RawMessage
	Examples map[string]struct{ Value json.RawMessage }
}

func (e example) value() json.RawMessage {
	if e.Example == nil {
		for _, other := range e.Examples {
			return other.Value
		}
	}
	return e.Example
}

type described struct {
	ID          string                            `json:"operationId"`
	SDK         struct{ Resource, Method string } `json:"x-sdk"`
	Security    []map[string][]string
	Parameters  []example
	RequestBody *struct{ Content map[string]example }
	Responses   map[string]struct{ Content map[string]example }
}

// TestExamples calls every method with the examples of its bundle: the request is the one
// that the bundle describes, and its answer is read. So a new operation needs no call of
// its own; TestOperations calls the real server.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "openapi", "dist", "*.json"))
	ok(t, err)
	called := 0
	for _, file := range files {
		contract := strings.TrimSuffix(filepath.Base(file), ".json")
		if contract == "openapi" {
			continue
		}
		raw, err := os.ReadFile(file)
		ok(t, err)
		var doc struct {
			Paths      map[string]map[string]described
			Components struct{ Parameters map[string]example }
		}
		ok(t, json.Unmarshal(raw, &doc))
		for path, item := range doc.Paths {
			for method, op := range item {
				for i, p := range op.Parameters {
					if p.Ref != "" {
						op.Parameters[i] = doc.Components.Parameters[p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]]
					}
				}
				called++
				t.Run(contract+"."+op.ID, func(t *testing.T) { callWithExamples(t, contract, strings.ToUpper(method), path, op) })
			}
		}
	}
	if called < 90 {
		t.Errorf("only %d operations", called)
	}
}

func callWithExamples(t *testing.T, contract, method, path string, op described) {
	var status int
	var answer json.RawMessage
	codes := []string{"200", "201", "202", "204"}
	if method == http.MethodPost {
		codes[0], codes[1] = codes[1], codes[0] // what it makes comes first
	}
	for _, code := range codes {
		if r, there := op.Responses[code]; there {
			status, _ = strconv.Atoi(code)
			answer = r.Content["application/json"].value()
			break
		}
	}
	var sent *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(answer)
	}))
	defer server.Close()
	credentials := option.WithAPIKey(apiKey)
	if slices.ContainsFunc(op.Security, func(alternative map[string][]string) bool {
		return alternative["clientBasic"] != nil
	}) {
		credentials = option.WithClientCredentials(clientID, clientSecret)
	}
	client := alania.NewClient(option.WithBaseURL(server.URL), credentials, option.WithMaxRetries(0))

	call := methodOf(t, client, contract, op.SDK.Resource, op.SDK.Method)
	args := []reflect.Value{reflect.ValueOf(context.Background())}
	want := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllStringFunc(path, func(name string) string {
		i := slices.IndexFunc(op.Parameters, func(p example) bool {
			return p.In == "path" && p.Name == strings.Trim(name, "{}")
		})
		value := op.Parameters[i].value()
		args = append(args, decoded(t, value, call.Type().In(len(args))))
		return strings.Trim(string(value), `"`)
	})
	var given json.RawMessage
	for len(args) < call.Type().NumIn()-1 { // the last are options
		kind := call.Type().In(len(args))
		if strings.HasSuffix(kind.Name(), "Params") {
			args = append(args, reflect.Zero(kind))
			continue
		}
		for _, content := range op.RequestBody.Content {
			if v := content.value(); given == nil || v[0] == '{' {
				given = v
			}
		}
		args = append(args, decoded(t, given, kind))
	}
	results := call.Call(args)
	if err, failed := results[len(results)-1].Interface().(error); failed {
		t.Fatal(err)
	}
	switch {
	case sent == nil:
		t.Fatal("nothing was sent")
	case sent.Method != method || sent.URL.Path != want:
		t.Errorf("it sent %s %s, the bundle says %s %s", sent.Method, sent.URL.Path, method, want)
	case sent.Header.Get("Content-Type") == "application/json" && !sameJSON(t, body, given):
		t.Errorf("it sent %s, the example is %s", body, given)
	}
	keyed := slices.ContainsFunc(op.Parameters, func(p example) bool { return p.Name == "Idempotency-Key" })
	if (sent.Header.Get("Idempotency-Key") != "") != keyed {
		t.Errorf("Idempotency-Key %q", sent.Header.Get("Idempotency-Key"))
	}
	for _, p := range op.Parameters { // the SDK sends by itself what every call of a contract must have
		if p.In == "header" && p.Required && sent.Header.Get(p.Name) == "" {
			t.Errorf("it sent no %s", p.Name)
		}
	}
	if answer != nil && (len(results) != 2 || results[0].IsZero()) {
		t.Errorf("the answer %s was not read", answer)
	}
}

// methodOf finds client.Platform.APIKeys.Revoke by the names in x-sdk, which differ in case.
func methodOf(t *testing.T, client *alania.Client, contract, resource, method string) reflect.Value {
	t.Helper()
	field := func(v reflect.Value, name string) reflect.Value {
		f := v.Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
		if !f.IsValid() {
			t.Fatalf("%s has no %s", v.Type(), name)
		}
		return f
	}
	service := field(field(reflect.ValueOf(client), contract), resource)
	for i := range service.NumMethod() {
		if strings.EqualFold(service.Type().Method(i).Name, method) {
			return service.Method(i)
		}
	}
	t.Fatalf("%s has no %s", service.Type(), method)
	return reflect.Value{}
}

func decoded(t *testing.T, value json.RawMessage, kind reflect.Type) reflect.Value {
	t.Helper()
	v := reflect.New(kind)
	if kind == reflect.TypeFor[io.Reader]() { // a stream is sent as it is
		var text string
		ok(t, json.Unmarshal(value, &text))
		v.Elem().Set(reflect.ValueOf(strings.NewReader(text)))
		return v.Elem()
	}
	if err := json.Unmarshal(value, v.Interface()); err != nil {
		t.Fatalf("the example %s is no %s: %v", value, kind, err)
	}
	return v.Elem()
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	ok(t, json.Unmarshal(a, &x))
	ok(t, json.Unmarshal(b, &y))
	return reflect.DeepEqual(x, y)
}
