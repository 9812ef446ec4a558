package mcp

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/mcp"
)

// usual are the results of a server that does what it should.
var usual = map[string]string{
	"initialize": `{"protocolVersion":"2025-06-18","capabilities":{"tools":{},"resources":{}},` +
		`"serverInfo":{"name":"x","version":"1"}}`,
	"tools/list":     `{"tools":[{"name":"t","inputSchema":{"type":"object"}}]}`,
	"resources/list": `{"resources":[{"uri":"x://y","name":"y"}]}`,

	"resources/templates/list": `{"resourceTemplates":[{"uriTemplate":"page://{p}","name":"p"}]}`,
	"resources/read":           `{"contents":[{"uri":"x://y","text":"t"}]}`,
	"tools/call":               `{"content":[{"type":"text","text":"ok"}]}`,
}

// odd serves with the results of usual, but for one method.
func odd(method, result string, before string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			ID     json.RawMessage
			Method string
		}
		b, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(b, &m)
		if m.ID == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		answer, known := usual[m.Method]
		if m.Method == method {
			answer, known = result, true
		}
		body := `{"jsonrpc":"2.0","id":` + string(m.ID) + `,"result":` + answer + `}`
		if !known {
			body = `{"jsonrpc":"2.0","id":` + string(m.ID) + `,"error":{"code":-32601,"message":"no"}}`
		}
		if before != "" {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = fmt.Fprintf(w, "data: %s\n\ndata: %s\n\n", before, body)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// use asks a server for everything.
func use(t *testing.T, h http.HandlerFunc) (tools []mcp.Tool, offered bool, contents []mcp.Content, errs []error) {
	t.Helper()
	web := httptest.NewServer(h)
	defer web.Close()
	e := engine(t, Options{})
	e.connectTimeout = 2 * time.Second // some never get an answer
	target := mcp.Target{Server: mcp.Server{Transport: mcp.HTTP, URL: web.URL}, Session: web.URL}
	errs = make([]error, 4)
	tools, errs[0] = e.Tools(t.Context(), target, false)
	offered, errs[1] = e.Offers(t.Context(), target, "x://y")
	contents, errs[2] = e.Read(t.Context(), target, "x://y")
	_, errs[3] = e.Call(t.Context(), target, "t", json.RawMessage(`{}`))
	_ = e.Close()
	return tools, offered, contents, errs
}

// A server that answers with null, or with what is not of the type that it should be, is a server that fails.
// It neither ends the process nor takes what is right of its lists along.
func TestOddResults(t *testing.T) {
	if tools, offered, contents, errs := use(t, odd("", "", "")); len(tools) != 1 || !offered || len(contents) != 1 ||
		fmt.Sprint(errs) != "[<nil> <nil> <nil> <nil>]" {
		t.Fatalf("the usual: %v %v %v %v", tools, offered, contents, errs)
	}
	general := []string{`null`, `[]`, `{}`, `"x"`, `1`, `{"_meta":null}`, `{"nextCursor":null}`}
	lists := map[string]string{
		"tools/list": "tools", "resources/list": "resources", "resources/templates/list": "resourceTemplates",
		"resources/read": "contents", "tools/call": "content",
	}
	items := []string{`null`, `[null]`, `[[]]`, `[{}]`, `["x"]`, `{}`,
		`[{"name":null,"uri":null,"uriTemplate":null,"inputSchema":null,"type":null,"text":null}]`,
		`[{"name":1,"uri":1,"type":1}]`,
		`[{"name":"t","uri":"x://y","uriTemplate":"{{{","inputSchema":[],"annotations":null,"icons":[null],"_meta":null,` +
			`"type":"odd"}]`}
	inits := []string{`{"protocolVersion":"2025-06-18"}`,
		`{"protocolVersion":"2025-06-18","capabilities":null,"serverInfo":null}`,
		`{"protocolVersion":null,"capabilities":{}}`,
		`{"protocolVersion":"2025-06-18","capabilities":{"tools":null,"resources":null},"serverInfo":{}}`,
		`{"protocolVersion":"2025-06-18","capabilities":[]}`}
	for method := range usual {
		results := slices.Clone(general)
		for _, item := range items {
			if name := lists[method]; name != "" {
				results = append(results, `{"`+name+`":`+item+`}`)
			}
		}
		if method == "initialize" {
			results = append(results, inits...)
		}
		for _, result := range results {
			use(t, odd(method, result, ""))
		}
	}
	for _, result := range slices.Concat(general, inits) {
		use(t, odd("server/discover", result, ""))
	}
	good := `{"uri":"x://y","name":"y"}`
	if _, offered, _, errs := use(t, odd("resources/list", `{"resources":[null,`+good+`]}`, "")); !offered ||
		errs[1] != nil {
		t.Errorf("a null beside a resource: %v, %v", offered, errs[1])
	}
	if tools, _, _, errs := use(t,
		odd("tools/list", `{"tools":[null,{"name":"t","inputSchema":{"type":"object"}}]}`, "")); len(tools) != 1 ||
		errs[0] != nil {
		t.Errorf("a null beside a tool: %v, %v", tools, errs[0])
	}
	_, _, contents, errs := use(t, odd("resources/read", `{"contents":[null]}`, ""))
	if wants(t, errs[2], "protocol"); contents != nil {
		t.Errorf("a content of null: %v", contents)
	}
}

// A server also says things by itself, with params of any form.
func TestOddMessages(t *testing.T) {
	var messages []string
	for _, params := range []string{
		`null`, `[]`, `{}`, `"x"`, `{"level":null,"data":null}`, `{"requestId":null}`, `{"messages":[null]}`,
		`{"progressToken":null}`, `{"requestedSchema":null}`,
	} {
		for _, method := range []string{"notifications/message", "notifications/cancelled", "notifications/progress",
			"notifications/tools/list_changed",
			"notifications/resources/list_changed", "notifications/resources/updated", "notifications/prompts/list_changed",
			"notifications/elicitation/complete", "odd"} {
			messages = append(messages, `{"jsonrpc":"2.0","method":"`+method+`","params":`+params+`}`)
		}
		for _, method := range []string{
			"ping", "roots/list", "sampling/createMessage", "elicitation/create", "initialize", "odd",
		} {
			messages = append(messages, `{"jsonrpc":"2.0","id":77,"method":"`+method+`","params":`+params+`}`)
		}
	}
	messages = append(messages, `null`, `[]`, `[null]`, `{}`, `{"jsonrpc":"2.0"}`,
		`{"jsonrpc":"2.0","id":null,"result":null}`, `{"jsonrpc":"2.0","id":1,"error":null}`,
		`{"jsonrpc":"2.0","id":"x","error":{}}`)
	for _, m := range messages {
		use(t, odd("", "", m))
	}
	use(t, odd("", "", strings.Repeat("[", 100_000)))
}
