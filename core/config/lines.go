package config

import (
	"slices"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lines is where the keys of a file stand: the path of a key to the line that first
// names it, from 1. go-toml's decoder gives positions only for its own errors, so
// this is a second pass, by its parser.
type lines map[string]int

// below returns the path of a key in the table at path, which is "" for the whole file.
func below(path, key string) string { return path + "\x00" + key }

// element returns the path of the i-th element, from 0, of the array at path.
func element(path string, i int) string { return path + "\x00#" + strconv.Itoa(i) }

// maxDepth is how many keys deep a path is noted. Nothing that the configuration
// knows is deeper, and it bounds what a hostile file costs.
const maxDepth = 16

// A scanner fills lines in one pass.
type scanner struct {
	parser   unstable.Parser
	newlines []int // the offset of each
	found    lines
	sizes    map[string]int // of each array of tables so far
}

// findLines notes the keys of data, which go-toml has decoded without an error.
func findLines(data []byte) lines {
	s := scanner{found: make(lines), sizes: make(map[string]int)}
	for i, c := range data {
		if c == '\n' {
			s.newlines = append(s.newlines, i)
		}
	}
	s.parser.Reset(data)
	table := ""
	for s.parser.NextExpression() {
		switch node := s.parser.Expression(); node.Kind {
		case unstable.Table:
			table = s.header(node)
		case unstable.ArrayTable:
			table = s.arrayHeader(node)
		case unstable.KeyValue:
			s.keyValue(table, node, 0)
		}
	}
	return s.found
}

// note sets the line of path, if nothing stood there before.
func (s *scanner) note(path string, node *unstable.Node) {
	if _, ok := s.found[path]; ok {
		return
	}
	newlines, _ := slices.BinarySearch(s.newlines, int(node.Raw.Offset))
	s.found[path] = newlines + 1
}

// header notes a [table] and returns its path. A part that names an array of tables stands
// for its last element.
func (s *scanner) header(node *unstable.Node) string {
	path, depth := "", 0
	for keys := node.Key(); keys.Next() && depth < maxDepth; depth++ {
		path = below(path, string(keys.Node().Data))
		s.note(path, keys.Node())
		if n := s.sizes[path]; n > 0 {
			path = element(path, n-1)
		}
	}
	return path
}

// arrayHeader notes an [[array of tables]] and returns the path of its new element.
func (s *scanner) arrayHeader(node *unstable.Node) string {
	path, array, depth := "", "", 0
	var last *unstable.Node
	for keys := node.Key(); keys.Next() && depth < maxDepth; depth++ {
		last = keys.Node()
		array = below(path, string(last.Data))
		s.note(array, last)
		path = array
		if n := s.sizes[array]; n > 0 {
			path = element(array, n-1)
		}
	}
	path = element(array, s.sizes[array])
	s.sizes[array]++
	s.note(path, last)
	return path
}

// keyValue notes a key, dotted or not, and the keys within its value.
func (s *scanner) keyValue(path string, node *unstable.Node, depth int) {
	for keys := node.Key(); keys.Next(); depth++ {
		if depth == maxDepth {
			return
		}
		path = below(path, string(keys.Node().Data))
		s.note(path, keys.Node())
	}
	s.value(path, node.Value(), depth)
}

func (s *scanner) value(path string, node *unstable.Node, depth int) {
	if depth == maxDepth {
		return
	}
	children := node.Children()
	switch node.Kind {
	case unstable.InlineTable:
		s.note(path, node)
		for children.Next() {
			s.keyValue(path, children.Node(), depth)
		}
	case unstable.Array:
		for i := 0; children.Next(); i++ {
			s.value(element(path, i), children.Node(), depth+1)
		}
	}
}
