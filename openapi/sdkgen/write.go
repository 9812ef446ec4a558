package main

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// service writes the file of one tag.
func service(c *contract, t *resource) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	comment(&b, "", fmt.Sprintf("%s has the operations of the tag %q.\n\n%s", serviceType(t), t.tag, t.description))
	p("type %s struct{ options []option.RequestOption }\n", serviceType(t))
	for _, o := range t.operations {
		if len(o.query)+len(o.header) > 0 {
			writeParams(&b, t, o)
		}
		writeMethod(&b, t, o)
		if o.list != nil {
			writeWalk(&b, t, o)
		}
	}
	return file(c.name, b.String())
}

// file puts the head before declarations, with the imports that they use.
func file(pkg, content string) []byte {
	var b bytes.Buffer
	b.WriteString(notice + "package " + pkg + "\n\nimport (\n")
	for _, i := range []struct{ use, path string }{
		{"context.", "context"}, {"json.", "encoding/json"}, {"io.", "io"}, {"iter.", "iter"}, {"http.", "net/http"},
		{"url.", "net/url"}, {"time.", "time"},
	} {
		if uses(content, i.use) {
			fmt.Fprintf(&b, "\t%q\n", i.path)
		}
	}
	b.WriteString("\n")
	for _, i := range []struct{ use, path string }{
		{"transport.", "internal/transport"}, {"option.", "option"}, {"sse.", "sse"}, {"webhook.", "webhook"},
	} {
		if uses(content, i.use) {
			fmt.Fprintf(&b, "\t%q\n", module+"/"+i.path)
		}
	}
	b.WriteString(")\n\n" + content)
	return b.Bytes()
}

// uses looks for a package's name outside of comments.
func uses(content, name string) bool {
	use := regexp.MustCompile(`(^|[^\w.]|\.\.\.)` + regexp.QuoteMeta(name))
	for line := range strings.Lines(content) {
		if code, _, _ := strings.Cut(line, "//"); use.MatchString(code) {
			return true
		}
	}
	return false
}

// comment writes a doc comment, whose paragraphs are as they are in the document.
func comment(b *bytes.Buffer, indent, text string) {
	blank := false
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			if !blank {
				fmt.Fprintf(b, "%s//\n", indent)
			}
			blank = true
			continue
		}
		blank = false
		for len(line) > 120 {
			at := strings.LastIndexByte(line[:121], ' ')
			if at <= 0 {
				break
			}
			fmt.Fprintf(b, "%s// %s\n", indent, line[:at])
			line = line[at+1:]
		}
		fmt.Fprintf(b, "%s// %s\n", indent, line)
	}
}

func writeParams(b *bytes.Buffer, t *resource, o *operation) {
	p := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	p("// %s are the parameters of [%s.%s]. What is nil is not sent.", paramsType(o), serviceType(t), o.name)
	p("type %s struct {", paramsType(o))
	for i, q := range append(append([]param{}, o.query...), o.header...) {
		if i > 0 {
			p("")
		}
		comment(b, "\t", q.goName+": "+q.description)
		p("\t%s %s", q.goName, q.field())
	}
	p("}\n")
	if len(o.query) > 0 {
		p("func (p *%s) query() url.Values {", paramsType(o))
		p("\tq := url.Values{}")
		for _, q := range o.query {
			p("\ttransport.AddQuery(q, %q, p.%s, %v)", q.name, q.goName, q.explode)
		}
		p("\treturn q\n}\n")
	}
	if len(o.header) > 0 {
		p("func (p *%s) header() http.Header {", paramsType(o))
		p("\th := http.Header{}")
		for _, q := range o.header {
			if q.value != "" {
				p("\ttransport.AddHeader(h, %q, %s)", q.name, q.value)
			}
			p("\ttransport.AddHeader(h, %q, p.%s)", q.name, q.goName)
		}
		p("\treturn h\n}\n")
	}
}

// field returns the type of a parameter in its struct.
func (p *param) field() string {
	if p.required || strings.HasPrefix(p.kind, "[]") || p.kind == "json.RawMessage" {
		return p.kind
	}
	return "*" + p.kind
}

// arguments are those of a method, without its context and options.
func (o *operation) arguments() (declared, passed []string) {
	for _, p := range o.params {
		declared, passed = append(declared, p.goName+" "+p.kind), append(passed, p.goName)
	}
	if o.body != nil {
		kind := o.body.kind
		if !o.body.required && !o.body.stream {
			kind = "*" + kind
		}
		declared, passed = append(declared, "body "+kind), append(passed, "body")
	}
	if len(o.query)+len(o.header) > 0 {
		declared, passed = append(declared, "params "+paramsType(o)), append(passed, "params")
	}
	return declared, passed
}

func (o *operation) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s calls %s %s (%s): %s.\n\n%s\n", o.name, o.method, o.path, o.id, strings.TrimSuffix(o.summary, "."),
		o.description)
	if o.body != nil && !o.body.required && !o.body.stream {
		b.WriteString("\nA nil body is not sent.\n")
	}
	if notes := o.notes(); notes != "" {
		b.WriteString("\n" + notes + "\n")
	}
	if o.deprecation != "" {
		b.WriteString("\nDeprecated: " + o.deprecation + "\n")
	}
	return b.String()
}

// notes say what the caller needs, and which options matter.
func (o *operation) notes() string {
	var notes []string
	switch {
	case o.security == "Public":
		notes = append(notes, "No credentials are needed or sent.")
	case o.security == "Client":
		notes = append(notes, "The client's id and secret are sent unless the body names a client.")
	case len(o.scopes) > 0:
		notes = append(notes, "Scopes: "+strings.Join(o.scopes, ", ")+".")
	}
	if o.workspace {
		notes = append(notes, "The workspace is that of option.WithWorkspace.")
	}
	switch {
	case o.keyed && o.sends:
		notes = append(notes,
			"An idempotency key is sent, so it is tried again when it fails and the body is an io.Seeker.")
	case o.keyed:
		notes = append(notes, "An idempotency key is sent, so it is tried again when it fails.")
	}
	switch {
	case o.events:
		notes = append(notes, "The stream connects again when it ends, and goes on after the last event. "+
			"It ends with an error, such as that of ctx.")
	case o.opens:
		notes = append(notes, "The answer is read as it comes. Close it.")
	}
	return strings.Join(notes, " ")
}

func writeMethod(b *bytes.Buffer, t *resource, o *operation) {
	p := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	declared, _ := o.arguments()
	result, call := "error", "Exec"
	if o.answer.kind != "" {
		result, call = "("+o.answer.kind+", error)", "Call["+o.answer.kind+"]"
	}
	switch {
	case o.events:
		result, call = "iter.Seq2[sse.Event, error]", "Events"
	case o.opens:
		call = "Open"
	case o.answer.raw:
		call = "Read"
	}
	comment(b, "", o.text())
	p("func (s *%s) %s(%s) %s {", serviceType(t), o.name,
		strings.Join(append(append([]string{"ctx context.Context"}, declared...), "opts ...option.RequestOption"), ", "),
		result)
	p("\tr := &transport.Request{Operation: %s}", operationVar(o))
	if len(o.params) > 0 {
		var values []string
		for _, q := range o.params {
			v := q.goName
			if q.kind != "string" {
				v = "transport.Text(" + v + ")"
			}
			values = append(values, v)
		}
		p("\tr.Params = []string{%s}", strings.Join(values, ", "))
	}
	if len(o.query) > 0 {
		p("\tr.Query = params.query()")
	}
	if len(o.header) > 0 {
		p("\tr.Header = params.header()")
	}
	switch {
	case o.body == nil:
	case o.body.required:
		p("\tr.Body = body")
	default:
		p("\tif body != nil {\n\t\tr.Body = body\n\t}")
	}
	p("\treturn transport.%s(ctx, s.options, opts, r)\n}\n", call)

	p("var %s = &transport.Operation{", operationVar(o))
	p("ID: %q, Method: %q, Path: %q, Security: transport.%s,", o.id, o.method, o.path, o.security)
	if o.keyed {
		p("IdempotencyKey: true,")
	}
	if o.correlated != "" {
		p("RequestID: %q,", o.correlated)
	}
	if o.version[0] != "" {
		p("Version: [2]string{%q, %q},", o.version[0], o.version[1])
	}
	if o.body != nil {
		p("ContentType: %q,", o.body.contentType)
	}
	if o.answer.raw {
		p("Accept: %q,", o.answer.accept)
	}
	if o.sends {
		p("Sends: true,")
	}
	if o.opens {
		p("Opens: true,")
	}
	p("}\n")
}

func operationVar(o *operation) string { return "op" + goName(o.id) }

func writeWalk(b *bytes.Buffer, t *resource, o *operation) {
	p := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	declared, passed := o.arguments()
	comment(b, "",
		fmt.Sprintf("%s%s walks all items from the page that the parameters name, reading the pages of [%s.%s] as it comes "+
			"to them. The items end with the first error.",
			o.name, walk, serviceType(t), o.name))
	p("func (s *%s) %s%s(%s) iter.Seq2[%s, error] {", serviceType(t), o.name, walk,
		strings.Join(append(append([]string{"ctx context.Context"}, declared...), "opts ...option.RequestOption"), ", "),
		o.list.item)
	call := fmt.Sprintf("s.%s(%s, opts...)", o.name, strings.Join(append([]string{"ctx"}, passed...), ", "))
	l := o.list
	if l.cursor != "" {
		p("\treturn transport.Cursor(params.%s, func(cursor *string) ([]%s, string, error) {", l.param.goName, l.item)
		p("\t\tparams := params")
		p("\t\tparams.%s = cursor", l.param.goName)
		p("\t\tp, err := %s", call)
		p("\t\tif err != nil {\n\t\t\treturn nil, \"\", err\n\t\t}")
		p("\t\treturn p.%s, transport.NextCursor(p.%s), nil\n\t})\n}\n", l.items, l.cursor)
		return
	}
	p("\tvar start int64")
	p("\tif params.%s != nil {\n\t\tstart = int64(*params.%s)\n\t}", l.param.goName, l.param.goName)
	p("\treturn transport.Pages(start, func(page int64) ([]%s, transport.Position, error) {", l.item)
	p("\t\tn, params := %s(page), params\n\t\tparams.%s = &n", l.param.kind, l.param.goName)
	p("\t\tp, err := %s", call)
	p("\t\tif err != nil {\n\t\t\treturn nil, transport.Position{}, err\n\t\t}")
	p("\t\treturn p.%s, transport.Position{Page: %s, Last: %s}, nil\n\t})\n}\n", l.items, l.current, l.last)
}

// contractClient writes the services of a contract.
func contractClient(c *contract) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("// Client has the resources of the contract. [github.com/alania-go/alania/sdk/go.NewClient] makes it.")
	p("type Client struct {")
	for _, t := range c.services {
		p("\t%s *%s", t.field, serviceType(t))
	}
	p("}\n")
	p("// NewClient makes a client of this contract alone. It reads no environment.")
	p("func NewClient(opts ...option.RequestOption) *Client {\n\treturn &Client{")
	for _, t := range c.services {
		p("\t\t%s: &%s{options: opts},", t.field, serviceType(t))
	}
	p("\t}\n}")
	content := file(c.name, b.String())
	doc := fmt.Sprintf("Package %s is the contract %q.\n\n%s", c.name, c.title, c.summary)
	var d bytes.Buffer
	comment(&d, "", doc)
	return bytes.Replace(content, []byte("package "+c.name+"\n"), append(d.Bytes(), "package "+c.name+"\n"...), 1)
}

// events writes the catalogue of what the contract sends to webhook endpoints.
func events(c *contract) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("// Events are the events that endpoints of this contract receive, by type, for")
	p("// [webhook.Verifier.Unwrap].")
	p("var Events = webhook.Events{")
	for _, e := range c.events {
		p("\t%q: webhook.Decode[%s],", e.name, e.model)
	}
	p("}")
	return file(c.name, b.String())
}

// client writes the client of all contracts.
func client(contracts []*contract) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	b.WriteString(notice + "package alania\n\nimport (\n")
	for _, path := range append([]string{"internal/transport", "option"}, names(contracts)...) {
		p("\t%q", module+"/"+path)
	}
	p(")\n")
	p("// Client has a field for each published contract.")
	p("type Client struct {")
	for _, c := range contracts {
		p("\t%s *%s.Client", contractField(c), c.name)
	}
	p("\n\toptions []option.RequestOption // of Request")
	p("}\n")
	p("// NewClient makes a client. What the options leave open is read from the environment:")
	p("// ALANIA_BASE_URL, and ALANIA_CLIENT_ID with ALANIA_CLIENT_SECRET or else ALANIA_API_KEY.")
	p("// Options that are wrong are the error of the calls.")
	p("func NewClient(opts ...option.RequestOption) *Client {")
	p("\topts = append([]option.RequestOption{transport.FromEnvironment()}, opts...)")
	p("\treturn &Client{")
	for _, c := range contracts {
		p("\t\t%s: %s.NewClient(opts...),", contractField(c), c.name)
	}
	p("\t\toptions: opts,")
	p("\t}\n}")
	return b.Bytes()
}

func names(contracts []*contract) []string {
	var list []string
	for _, c := range contracts {
		list = append(list, c.name)
	}
	return list
}

// constants writes what the runtime knows of the contracts.
func constants(contracts []*contract, version string) ([]byte, error) {
	base, tokens := "", ""
	for _, c := range contracts {
		for _, s := range c.doc.Servers {
			if u, err := url.Parse(s.URL); err == nil && u.IsAbs() && base == "" {
				base = s.URL
			}
		}
		for _, s := range c.doc.Components.SecuritySchemes {
			if f := s.Value.Flows; f != nil && f.ClientCredentials != nil {
				tokens = f.ClientCredentials.TokenURL
			}
		}
	}
	if base == "" || tokens == "" {
		return nil, fmt.Errorf("no contract names a server, or none a token endpoint")
	}
	var b bytes.Buffer
	b.WriteString(notice + "package transport\n\n")
	fmt.Fprintf(&b, "// Version is that of the SDK, from sdk/VERSION.\nconst Version = %q\n\n", version)
	fmt.Fprintf(&b, "// DefaultBaseURL is the first server that the bundles name.\nconst DefaultBaseURL = %q\n\n", base)
	fmt.Fprintf(&b, "// TokenPath is the token endpoint of the client credentials flow.\nconst TokenPath = %q\n", tokens)
	return b.Bytes(), nil
}

// reference writes the list of all methods.
func reference(contracts []*contract) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# Methods\n\nMade from the bundles. Every method takes `ctx` first and options last, which are left out here; " +
		"lists have a second")
	p("method `…%s` that walks all pages. Types without a package are those of the contract's.", walk)
	for _, c := range contracts {
		p("\n## %s: `client.%s`\n\n%s", c.title, contractField(c), c.summary)
		for _, t := range c.services {
			p("\n### %s\n\n| method | calls | |\n|---|---|---|", t.tag)
			for _, o := range t.operations {
				declared, _ := o.arguments()
				result := "error"
				switch {
				case o.events:
					result = "iter.Seq2[sse.Event, error]"
				case o.answer.kind != "":
					result = "(" + o.answer.kind + ", error)"
				}
				notes := o.summary
				if o.list != nil {
					notes += "; also `" + o.name + walk + "`"
				}
				if o.deprecation != "" {
					notes += "; deprecated: " + strings.TrimSuffix(o.deprecation, ".")
				}
				p("| `%s.%s.%s(%s) %s` | `%s %s` | %s |", contractField(c), t.field, o.name, strings.Join(declared, ", "), result,
					o.method, o.path, notes)
			}
		}
		if len(c.events) > 0 {
			p("\n### Events: `%s.Events`\n\n| type | Go type |\n|---|---|", c.name)
			for _, e := range c.events {
				p("| `%s` | `*%s` |", e.name, e.model)
			}
		}
	}
	return b.Bytes()
}
