package wiring

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A document is a JSON object, and where everything is in its text. It is read by the package
// that docker reads it with, so that nothing passes here which docker refuses.
type document struct {
	text string
	root node
}

// A node is one value.
type node struct {
	kind       byte // its first byte
	start, end int  // in the text
	members    []member
	elements   []node
}

// A member is one name of an object, and its value.
type member struct {
	name       string
	start, end int // of the name, with its quotes
	value      node
}

// parse reads a document. An empty text is an empty object, as it is for docker.
func parse(text string) (document, error) {
	if strings.TrimSpace(text) == "" {
		return document{text: text, root: node{kind: '{', end: len(text)}}, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return document{}, fmt.Errorf("line %s: not JSON: %w: correct it, and type the same again", position(text, int(syntax.Offset)), err)
		}
		return document{}, errors.New("is not a JSON object")
	}
	if object == nil {
		return document{}, errors.New("is not a JSON object")
	}
	p := parser{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	p.decoder.UseNumber() // 1e999 is a number too
	root, err := p.value()
	return document{text: text, root: root}, err
}

// position says where the byte before offset is: line and column, from 1.
func position(text string, offset int) string {
	before := text[:max(0, min(offset, len(text))-1)]
	return fmt.Sprintf("%d, column %d", 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n'))
}

// A parser finds the place of every token.
type parser struct {
	text    string
	decoder *json.Decoder
}

// next returns the next token, and where it is.
func (p *parser) next() (token json.Token, start, end int, err error) {
	last := int(p.decoder.InputOffset())
	token, err = p.decoder.Token()
	end = int(p.decoder.InputOffset())
	start = end - len(strings.TrimLeft(p.text[last:end], " \t\r\n,:"))
	return token, start, end, err
}

// value reads one value with all that is in it.
func (p *parser) value() (node, error) {
	token, start, end, err := p.next()
	if err != nil {
		return node{}, err
	}
	n := node{kind: p.text[start], start: start, end: end}
	switch token {
	case json.Delim('{'):
		for p.decoder.More() && err == nil {
			err = p.member(&n)
		}
	case json.Delim('['):
		for p.decoder.More() && err == nil {
			var element node
			element, err = p.value()
			n.elements = append(n.elements, element)
		}
	default:
		return n, nil
	}
	if err != nil {
		return n, err
	}
	_, _, n.end, err = p.next()
	return n, err
}

// member reads one member of an object.
func (p *parser) member(n *node) error {
	token, start, end, err := p.next()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	value, err := p.value()
	n.members = append(n.members, member{name: name, start: start, end: end, value: value})
	return err
}

// member returns the member of that name; nil if there is none. docker takes any case of the letters
// for it, and the last of several; other programs do not: so there must be one, spelled like this.
func (n node) member(name string) (*member, error) { return n.lookup(name, false) }

// lookup is member; if exact, another case of the letters is another name.
func (n node) lookup(name string, exact bool) (*member, error) {
	var found []int
	for i, m := range n.members {
		if m.name == name || !exact && strings.EqualFold(m.name, name) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) > 1:
		return nil, fmt.Errorf("%s stands there %d times; leave the one that counts", name, len(found))
	case n.members[found[0]].name != name:
		return nil, fmt.Errorf("%s is spelled %q there, which not every program reads; correct that",
			name, n.members[found[0]].name)
	}
	return &n.members[found[0]], nil
}

// raw returns the text of a value.
func (d document) raw(n node) string { return d.text[n.start:n.end] }

// string returns the value of a string.
func (d document) string(n node) (value string, ok bool) {
	if n.kind != '"' {
		return "", false
	}
	err := json.Unmarshal([]byte(d.raw(n)), &value)
	return value, err == nil
}

// maskJSON hides the strings that may be secret: those whose name tells so, or a name around it,
// but for the helpers, which are what this is about.
func maskJSON(text string) string {
	doc, err := parse(text)
	if err != nil {
		return hidden // not shown, rather than shown in part
	}
	var spans [][2]int
	for _, m := range doc.root.members {
		if m.name != credsStore && m.name != credHelpers {
			spans = doc.secrets(spans, m.value, telling.MatchString(m.name))
		}
	}
	slices.Reverse(spans)
	for _, span := range spans {
		text = text[:span[0]] + `"` + hidden + `"` + text[span[1]:]
	}
	return userinfo.ReplaceAllString(text, "://"+hidden+"@")
}

// secrets adds where the secret strings of a value are, in their order.
func (d document) secrets(spans [][2]int, n node, secret bool) [][2]int {
	if secret && n.kind != '{' && n.kind != '[' {
		spans = append(spans, [2]int{n.start, n.end})
	}
	for _, m := range n.members {
		spans = d.secrets(spans, m.value, secret || telling.MatchString(m.name))
	}
	for _, element := range n.elements {
		spans = d.secrets(spans, element, secret)
	}
	return spans
}
