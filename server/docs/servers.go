package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// The bundles name the servers they were written for. What we serve names the one that
// serves it: at the root, and in path items and operations, where `servers` overrides
// the root. Only these members are replaced, in the text, so that order, comments and
// spelling stay what the bundle has. Servers of webhooks, callbacks and links are
// somebody else's and stay.

var errNoServers = errors.New("the document has no servers")

// nowhere stands for the server in a description that any server of the process can take.
const nowhere = "https://server.invalid"

// read has the descriptions with nowhere as their server. To read one takes most of the time that a
// server takes to start, and tests start many in one process.
var read sync.Map

// served returns a document with url as its only server, as with makes it.
func served(format string, doc []byte, url string, with func([]byte, string) ([]byte, error)) ([]byte, error) {
	once, _ := read.LoadOrStore(format+string(doc), sync.OnceValues(func() ([]byte, error) { return with(doc, nowhere) }))
	text, err := once.(func() ([]byte, error))()
	return bytes.ReplaceAll(text, []byte(strconv.Quote(nowhere)), []byte(strconv.Quote(url))), err
}

// edit replaces doc[start:end].
type edit struct {
	start, end int
	text       string
}

func apply(doc []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(doc[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(doc[at:])
	return out.Bytes()
}

// jsonWithServer is the JSON document with url as its only server.
func jsonWithServer(doc []byte, url string) ([]byte, error) {
	text := `[{"url": ` + strconv.Quote(url) + `}]`
	var edits []edit
	found := false
	// visit looks at the members of one object: of the document (depth 0), of paths
	// (1), of a path item (2) and of an operation (3).
	var visit func(m member, depth int) error
	visit = func(m member, depth int) error {
		members, err := membersOf(doc, m)
		if err != nil {
			return err
		}
		for _, m := range members {
			switch {
			case depth != 1 && m.key == "servers":
				edits = append(edits, edit{m.start, m.end, text})
				found = found || depth == 0
			case depth == 0 && m.key == "paths", depth == 1, depth == 2:
				if err := visit(m, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := visit(member{end: len(doc)}, 0); err != nil {
		return nil, err
	}
	if !found {
		return nil, errNoServers
	}
	return apply(doc, edits), nil
}

// member is a member of a JSON object; its value is doc[start:end].
type member struct {
	key        string
	start, end int
}

// membersOf lists the members of the value of m, none when that is no object.
func membersOf(doc []byte, m member) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(doc[m.start:m.end]))
	open, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('{') {
		return nil, nil
	}
	var members []member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		end := m.start + int(dec.InputOffset())
		members = append(members, member{key.(string), end - len(value), end})
	}
	_, err = dec.Token()
	return members, err
}

// yamlWithServer is the YAML document, in block style, with url as its only server.
func yamlWithServer(doc []byte, url string) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil, err
	}
	if root.Kind != yaml.DocumentNode {
		return nil, errNoServers
	}
	lines := lineOffsets(doc)
	var edits []edit
	found := false
	var visit func(n *yaml.Node, depth int) error // as in jsonWithServer
	visit = func(n *yaml.Node, depth int) error {
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			switch {
			case depth != 1 && key.Value == "servers":
				start, end, err := blockOf(doc, lines, key)
				if err != nil {
					return err
				}
				indent := strings.Repeat(" ", key.Column-1)
				edits = append(edits, edit{start, end, fmt.Sprintf("%sservers:\n%[1]s  - url: %s\n", indent, strconv.Quote(url))})
				found = found || depth == 0
			case depth == 0 && key.Value == "paths", depth == 1, depth == 2:
				if err := visit(value, depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := visit(root.Content[0], 0); err != nil {
		return nil, err
	}
	if !found {
		return nil, errNoServers
	}
	return apply(doc, edits), nil
}

// lineOffsets says where each line of the text begins, and where the text ends.
func lineOffsets(text []byte) []int {
	offsets := []int{0}
	for i, c := range text {
		if c == '\n' {
			offsets = append(offsets, i+1)
		}
	}
	return append(offsets, len(text))
}

// blockOf is the range of the lines of a key and its value: those that follow and are
// indented deeper, or begin the items of a list as deep as the key.
func blockOf(doc []byte, lines []int, key *yaml.Node) (start, end int, err error) {
	first, indent := key.Line-1, key.Column-1
	start, end = lines[first], lines[first+1]
	if len(bytes.TrimLeft(doc[start:start+indent], " ")) > 0 {
		return 0, 0, fmt.Errorf("line %d: servers must be in block style", key.Line)
	}
	for i := first + 1; i+1 < len(lines); i++ {
		line := doc[lines[i]:lines[i+1]]
		text := bytes.TrimLeft(line, " ")
		deep := len(line) - len(text)
		if len(bytes.TrimSpace(text)) == 0 {
			continue // it belongs to the value only when more of the value follows
		}
		if deep <= indent && !(deep == indent && bytes.HasPrefix(text, []byte("- "))) {
			break
		}
		end = lines[i+1]
	}
	return start, end, nil
}

// asYAML writes a document in JSON as YAML, in blocks.
func asYAML(doc []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil, err
	}
	var block func(n *yaml.Node)
	block = func(n *yaml.Node) {
		n.Style = 0 // the encoder quotes what would be read as something else
		for _, c := range n.Content {
			block(c)
		}
	}
	block(&root)
	return yaml.Marshal(&root)
}
