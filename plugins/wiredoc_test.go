//go:build unix

package plugins_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
)

const wirePath = "../docs/wire.md"

// sections returns the rows of the tables of a page, by the heading that they stand under. A row is its first
// cells, without backquotes.
func sections(page string, cells int) map[string][]string {
	rows := map[string][]string{}
	heading := ""
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(line, "#"); ok {
			heading = strings.Trim(title, "# \n")
			rows[heading] = nil
			continue
		}
		parts := strings.Split(line, " | ")
		first := strings.Trim(parts[0], "| `")
		if strings.HasPrefix(line, "| ") && len(parts) >= cells && first != "no." && first != "method" {
			row := strings.ReplaceAll(strings.Join(parts[:cells], " | "), "`", "")
			rows[heading] = append(rows[heading], strings.Trim(row, "| \n"))
		}
	}
	return rows
}

// typeOf returns a field's type as the page has it.
func typeOf(f protoreflect.FieldDescriptor) string {
	name := f.Kind().String()
	switch f.Kind() {
	case protoreflect.MessageKind:
		name = string(f.Message().Name())
	case protoreflect.EnumKind:
		name = string(f.Enum().Name())
	}
	if f.IsList() {
		return "list of " + name
	}
	return name
}

// Somebody who has this page alone must find every field.
func TestWirePageHasEveryMessage(t *testing.T) {
	page := readFile(t, wirePath)
	file := wire.File_provider_proto
	fields, values := sections(page, 3), sections(page, 2)
	for i := range file.Messages().Len() {
		message := file.Messages().Get(i)
		var want []string
		for j := range message.Fields().Len() {
			field := message.Fields().Get(j)
			want = append(want, fmt.Sprintf("%d | %s | %s", field.Number(), field.Name(), typeOf(field)))
		}
		compareRows(t, fields, string(message.Name()), want)
	}
	for i := range file.Enums().Len() {
		enum := file.Enums().Get(i)
		var want []string
		for j := range enum.Values().Len() {
			value := enum.Values().Get(j)
			want = append(want, fmt.Sprintf("%d | %s", value.Number(), value.Name()))
		}
		compareRows(t, values, string(enum.Name()), want)
	}
	var want []string
	methods := file.Services().Get(0).Methods()
	for i := range methods.Len() {
		method, stream := methods.Get(i), ""
		if method.IsStreamingServer() {
			stream = "stream of "
		}
		want = append(want, fmt.Sprintf("%s | %s | %s%s", method.Name(), method.Input().Name(), stream, method.Output().Name()))
	}
	compareRows(t, fields, "The methods", want)
}

func compareRows(t *testing.T, rows map[string][]string, heading string, want []string) {
	t.Helper()
	if got, ok := rows[heading]; !ok || !slices.Equal(got, want) {
		t.Errorf("%s: the table under %q has\n%s\nwant\n%s", wirePath, heading, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A message that has gone from the wire must go from the page.
func TestWirePageHasNoOtherMessage(t *testing.T) {
	file := wire.File_provider_proto
	for _, heading := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(readFile(t, wirePath), -1) {
		name := protoreflect.Name(heading[1])
		if file.Messages().ByName(name) == nil && file.Enums().ByName(name) == nil {
			t.Errorf("%s has a section on %s, which the wire has not", wirePath, name)
		}
	}
}

// What a plugin copies from the page is what sesame says.
func TestWirePageNamesTheHandshake(t *testing.T) {
	page, handshake := readFile(t, wirePath), wire.Handshake()
	for _, want := range []string{
		"`" + handshake.MagicCookieKey + "` | `" + handshake.MagicCookieValue + "`",
		"`" + wire.ProviderService_ServiceDesc.ServiceName + "`",
		"| 2 | `" + fmt.Sprint(wire.Version) + "`, the version of this wire",
		fmt.Sprintf("A message has %d MiB at most", wire.MaxMessage>>20),
		"`type.googleapis.com/" + string((*wire.ErrorDetail)(nil).ProtoReflect().Descriptor().FullName()) + "`",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s does not say %s", wirePath, want)
		}
	}
}
