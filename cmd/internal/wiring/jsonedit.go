package wiring

import (
	"slices"
	"strconv"
	"strings"
)

// set returns the text in which a member of an object has a value, in JSON. A new one is put at the
// end, in the style of its neighbours.
func (d document) set(object node, name, value string) string {
	for _, m := range object.members {
		if m.name == name {
			return d.text[:m.value.start] + value + d.text[m.value.end:]
		}
	}
	if len(object.members) == 0 {
		wrapped := d.wrap(d.indent(object), strconv.Quote(name)+d.colon()+value)
		if strings.TrimSpace(d.text) == "" {
			return wrapped + "\n"
		}
		return d.text[:object.start] + wrapped + d.text[object.end:]
	}
	end := object.members[len(object.members)-1].value.end
	return d.text[:end] + "," + d.lead(object) + strconv.Quote(name) + d.colon() + value + d.text[end:]
}

// remove returns the text without a member of an object.
func (d document) remove(object node, name string) string {
	at := slices.IndexFunc(object.members, func(m member) bool { return m.name == name })
	switch last := len(object.members) - 1; {
	case at < 0:
		return d.text
	case last == 0:
		return d.text[:object.start] + "{}" + d.text[object.end:]
	case at == 0:
		return d.text[:object.members[0].start] + d.text[object.members[1].start:]
	default:
		return d.text[:object.members[at-1].value.end] + d.text[object.members[at].value.end:]
	}
}

// object returns an object with one string in it, for a new member of the root.
func (d document) object(name, value string) string {
	indent := d.indent(d.root) + d.unit()
	return d.wrap(indent, strconv.Quote(name)+d.colon()+strconv.Quote(value))
}

// wrap puts braces around a member. The closing one is indented by indent.
func (d document) wrap(indent, member string) string {
	if d.oneLine() {
		return "{" + member + "}"
	}
	end := "\n"
	if strings.Contains(d.text, "\r\n") {
		end = "\r\n"
	}
	return "{" + end + indent + d.unit() + member + end + indent + "}"
}

// lead returns what stands before a new last member of an object.
func (d document) lead(object node) string {
	last := object.members[len(object.members)-1]
	before := d.text[:last.start]
	lead := before[len(strings.TrimRight(before, " \t\r\n")):]
	if lead == "" && len(object.members) == 1 && strings.HasSuffix(d.colon(), " ") {
		return " "
	}
	return lead
}

// indent returns the white space at the start of the line that a value begins in.
func (d document) indent(n node) string {
	line := d.text[strings.LastIndexByte(d.text[:n.start], '\n')+1:]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// first returns the white space before the first member of the root; false if there is none.
func (d document) first() (space string, ok bool) {
	if len(d.root.members) == 0 {
		return "", false
	}
	return d.text[d.root.start+1 : d.root.members[0].start], true
}

// oneLine reports whether the document has no line ends between its members.
func (d document) oneLine() bool {
	space, ok := d.first()
	return ok && !strings.Contains(space, "\n")
}

// unit returns how far members are indented: docker does it by a tab.
func (d document) unit() string {
	space, ok := d.first()
	if !ok {
		return "\t"
	}
	return strings.TrimPrefix(space[strings.LastIndexByte(space, '\n')+1:], d.indent(d.root))
}

// colon returns what stands between a name and its value.
func (d document) colon() string {
	if len(d.root.members) > 0 {
		m := d.root.members[0]
		if between := d.text[m.end:m.value.start]; !strings.Contains(between, "\n") {
			return between
		}
	}
	return ": "
}
