//go:build unix

package sesame_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the exported API as it is now to testdata/api")

// stable are the packages that others build their plugins against.
var stable = []string{"providers", "providers/providerstest", "plugins/sdk"}

// A name that goes, or means something else, breaks plugins that nobody here knows.
func TestAPIOfStablePackagesOnlyGrows(t *testing.T) {
	exports := compiled(t)
	for _, name := range stable {
		got := api(t, exports, module+name)
		file := filepath.Join("testdata", "api", path.Base(name)+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSpace(string(text)), "\n")
		gone, added := without(want, got), without(got, want)
		if len(gone) > 0 {
			t.Errorf("package %s, which is stable, has no longer:\n\t%s\nThat breaks the plugins of others: put it back, "+
				"and add what you need beside it.", name, strings.Join(gone, "\n\t"))
		}
		if len(added) > 0 {
			t.Errorf("package %s, which is stable, has besides:\n\t%s\nIt stays for ever. If that is meant, and has its doc comment, type: "+
				"go test . -run API -update", name, strings.Join(added, "\n\t"))
		}
	}
}

func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}

// compiled returns the files that hold what a compiler must know of the stable packages and of what they import.
func compiled(t *testing.T) map[string]string {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export"}
	for _, name := range stable {
		args = append(args, "./"+name)
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := decoder.Decode(&p); err == io.EOF {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		files[p.ImportPath] = p.Export
	}
}

// api returns the exported API of a package, sorted: one line for each name, field and method.
func api(t *testing.T, exports map[string]string, name string) (lines []string) {
	t.Helper()
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	pkg, err := importer.ForCompiler(token.NewFileSet(), "gc", lookup).Import(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pkg.Scope().Names() {
		if object := pkg.Scope().Lookup(name); object.Exported() {
			lines = append(lines, describe(object)...)
		}
	}
	slices.Sort(lines)
	return lines
}

// describe returns the lines of one name. What somebody may rely on is in them: the value of a constant, a
// field's type and tag, that a struct can be compared.
func describe(object types.Object) []string {
	name, text := object.Name(), typeText(object.Type())
	switch o := object.(type) {
	case *types.Const:
		return []string{fmt.Sprintf("const %s %s = %s", name, text, o.Val().ExactString())}
	case *types.Var:
		return []string{"var " + name + " " + text}
	case *types.Func:
		return []string{"func " + name + strings.TrimPrefix(text, "func")}
	}
	named, isNamed := object.Type().(*types.Named)
	if !isNamed || object.(*types.TypeName).IsAlias() {
		return []string{"type " + name + " = " + text}
	}
	return append(describeType(name, named.Underlying()), methods(name, named)...)
}

// describeType returns the lines of a type, but for its methods.
func describeType(name string, underlying types.Type) (lines []string) {
	fields, isStruct := underlying.(*types.Struct)
	if !isStruct {
		return []string{"type " + name + " " + typeText(underlying)}
	}
	lines = []string{"type " + name + " struct"}
	if types.Comparable(underlying) {
		lines = append(lines, "type "+name+" struct, comparable")
	}
	for i := range fields.NumFields() {
		if field := fields.Field(i); field.Exported() {
			line := fmt.Sprintf("type %s struct, field %s %s %s", name, field.Name(), typeText(field.Type()), fields.Tag(i))
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// methods returns a line for each exported method of a type and of a pointer to it, the promoted ones too.
func methods(name string, named *types.Named) (lines []string) {
	if types.IsInterface(named) {
		return nil // they are in the type's own line
	}
	byValue := types.NewMethodSet(named)
	all := types.NewMethodSet(types.NewPointer(named))
	for i := range all.Len() {
		method := all.At(i).Obj()
		if !method.Exported() {
			continue
		}
		receiver := name
		if byValue.Lookup(method.Pkg(), method.Name()) == nil {
			receiver = "*" + name
		}
		lines = append(lines, fmt.Sprintf("method (%s) %s%s", receiver, method.Name(),
			strings.TrimPrefix(typeText(method.Type()), "func")))
	}
	return lines
}

// typeText returns a type with the names of packages, and without those of parameters, which nobody relies on.
func typeText(t types.Type) string {
	return types.TypeString(nameless(t), func(p *types.Package) string { return p.Name() })
}

// nameless returns a type whose functions name neither parameters nor results.
func nameless(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, namelessTuple(t.Params()), namelessTuple(t.Results()), t.Variadic())
	case *types.Interface:
		var methods []*types.Func
		for i := range t.NumMethods() { // those of embedded interfaces too
			m := t.Method(i)
			methods = append(methods, types.NewFunc(token.NoPos, m.Pkg(), m.Name(), nameless(m.Type()).(*types.Signature)))
		}
		return types.NewInterfaceType(methods, nil)
	}
	return t
}

func namelessTuple(tuple *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for i := range tuple.Len() {
		vars = append(vars, types.NewVar(token.NoPos, nil, "", nameless(tuple.At(i).Type())))
	}
	return types.NewTuple(vars...)
}
