package sesame_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// messagesInCode returns where each message of the shipped packages is. A message is any text in the code
// of two words or more, or what a sum of texts and operands comes to, that is not the help of the command line.
func messagesInCode(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, dir := range shippedFolders(t) {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files := token.NewFileSet()
		var parsed []*ast.File
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".pb.go") {
				continue
			}
			file, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, file)
		}
		r := reader{files: files, constants: constantsIn(parsed), found: found}
		for _, file := range parsed {
			ast.Inspect(file, r.visit)
		}
	}
	return found
}

// shippedFolders returns the folders of the packages of ours that the programs link, on any system.
func shippedFolders(t *testing.T) []string {
	t.Helper()
	seen := make(map[string]bool)
	for _, system := range []string{"linux", "darwin", "windows"} {
		command := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}\t{{.Dir}}",
			"./cmd/sesame", "./cmd/bazel-credential-sesame", "./cmd/git-credential-sesame", "./cmd/docker-credential-sesame",
			"./plugins/...")
		command.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := command.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v", system, err)
		}
		for line := range strings.Lines(string(out)) {
			if path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t"); strings.HasPrefix(path, module) {
				seen[dir] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// A reader collects the messages of a package.
type reader struct {
	files     *token.FileSet
	constants map[string]string
	found     map[string]string // of each message, its place
}

func (r reader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field: // not its tag
		ast.Inspect(n.Type, r.visit)
		return false
	case *ast.CompositeLit:
		if hasUsage(n) {
			r.visitHelp(n)
			return false
		}
	case *ast.CallExpr:
		if isNamed(n.Fun, "setupTool") { // its texts are help
			return false
		}
	case ast.Expr:
		text, ok := r.text(n)
		if !ok {
			return true
		}
		if text = normal(verb.ReplaceAllString(text, blank)); hasWords(text) && !formatLine.MatchString(text) && r.found[text] == "" {
			place := r.files.Position(n.Pos())
			r.found[text] = filepath.Base(filepath.Dir(place.Filename)) + "/" + filepath.Base(place.Filename) + ":" + strconv.Itoa(place.Line)
		}
		r.visitOperands(n)
		return false
	}
	return true
}

// visitOperands looks at what is called within a sum.
func (r reader) visitOperands(e ast.Expr) {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		r.visitOperands(sum.X)
		r.visitOperands(sum.Y)
		return
	}
	if _, ok := r.text(e); !ok {
		ast.Inspect(e, r.visit)
	}
}

// hasUsage reports whether a value is a command or an option: it has help.
func hasUsage(n *ast.CompositeLit) bool {
	return slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
		pair, ok := e.(*ast.KeyValueExpr)
		return ok && isNamed(pair.Key, "Usage")
	})
}

// visitHelp looks at what a command does when it is called, and not at its help.
func (r reader) visitHelp(n *ast.CompositeLit) {
	for _, field := range n.Elts {
		if pair, ok := field.(*ast.KeyValueExpr); ok && (isNamed(pair.Key, "Action") || isNamed(pair.Key, "Flags") || isNamed(pair.Key, "Subcommands")) {
			ast.Inspect(pair.Value, r.visit)
		}
	}
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// text returns the text that an expression comes to, with blanks; ok is false where there is no text in it.
func (r reader) text(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.ParenExpr:
		return r.text(e.X)
	case *ast.Ident:
		text, ok := r.constants[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		left, isText := r.text(e.X)
		right, isToo := r.text(e.Y)
		if e.Op != token.ADD || !isText && !isToo {
			return "", false
		}
		if !isText {
			left = blank
		}
		if !isToo {
			right = blank
		}
		return left + right, true
	}
	return "", false
}

// constantsIn returns the texts that have a name of their own in the package.
func constantsIn(files []*ast.File) map[string]string {
	r := reader{constants: make(map[string]string)}
	doubtful := make(map[string]bool)
	for range 2 { // a constant may be made of later ones
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				decl, ok := n.(*ast.GenDecl)
				if !ok || decl.Tok != token.CONST {
					return true
				}
				for _, spec := range decl.Specs {
					for i, value := range spec.(*ast.ValueSpec).Values {
						name := spec.(*ast.ValueSpec).Names[i].Name
						text, ok := r.text(value)
						if old, again := r.constants[name]; again && old != text {
							doubtful[name] = true
						}
						if ok {
							r.constants[name] = text
						}
					}
				}
				return true
			})
		}
	}
	for name := range doubtful {
		delete(r.constants, name)
	}
	return r.constants
}
