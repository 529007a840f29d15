package providers

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers/duration"
)

// Options are a route's settings for its provider, in the order of their names. The
// zero value has none.
type Options []Option

// An Option is one setting, as the configuration has it.
type Option struct {
	// Name is the key; that of a key in a nested table is dotted: "fields.token".
	Name string
	// Kind says how the value was written.
	Kind OptionKind
	// Values is the text of the value: one element, or the elements of a list.
	Values []string
}

// An OptionKind says how an option's value was written in the configuration.
type OptionKind byte

// The kinds of value that an option can have.
const (
	StringOption  OptionKind = 's'
	IntegerOption OptionKind = 'i' // decimal
	BooleanOption OptionKind = 'b' // "true" or "false"
	ListOption    OptionKind = 'l' // of strings
)

// Decode stores the options in the struct that v points to, whose fields carry the
// names as tags: `option:"secret_file"`. A field is a string, bool, int, []string,
// time.Duration (written as a string, "50m") or map[string]string (a nested table of
// strings, or of nothing else). An option that no field names is an error that lists
// the known names. No error holds a value, since a value may be a secret.
//
// Decode panics if v is not a pointer to such a struct.
func (o Options) Decode(v any) error {
	target := reflect.ValueOf(v).Elem()
	for _, option := range o {
		field, key := findField(target, option.Name)
		if !field.IsValid() {
			known := ": known are " + strings.Join(OptionNames(v), ", ")
			if len(OptionNames(v)) == 0 {
				known = ": it has none"
			}
			return errors.New("unknown option " + strconv.Quote(option.Name) + known)
		}
		if err := option.set(field, key); err != nil {
			return errors.New("option " + option.Name + ": " + err.Error())
		}
	}
	return nil
}

// OptionNames returns the names that [Options.Decode] knows for v, sorted.
func OptionNames(v any) []string {
	t := reflect.TypeOf(v).Elem()
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("option"); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// findField returns the field for an option, and the rest of the name where the
// field is a table.
func findField(target reflect.Value, name string) (field reflect.Value, key string) {
	table, key, dotted := strings.Cut(name, ".")
	t := target.Type()
	for i := range t.NumField() {
		tag := t.Field(i).Tag.Get("option")
		isTable := t.Field(i).Type.Kind() == reflect.Map
		if tag != "" && (tag == name && !isTable || dotted && tag == table && isTable) {
			return target.Field(i), key
		}
	}
	return reflect.Value{}, ""
}

// set stores the option in field, under key where field is a table.
func (o Option) set(field reflect.Value, key string) error {
	if len(o.Values) != 1 && o.Kind != ListOption {
		return errors.New("want one value")
	}
	if field.Type() == reflect.TypeFor[time.Duration]() {
		return o.setDuration(field)
	}
	switch field.Kind() {
	case reflect.String:
		if o.Kind != StringOption {
			return errors.New("want a string")
		}
		field.SetString(o.Values[0])
	case reflect.Bool:
		if o.Kind != BooleanOption {
			return errors.New("want true or false")
		}
		field.SetBool(o.Values[0] == "true")
	case reflect.Int:
		n, err := strconv.Atoi(o.Values[0])
		if o.Kind != IntegerOption || err != nil {
			return errors.New("want a number")
		}
		field.SetInt(int64(n))
	case reflect.Slice:
		if o.Kind != ListOption {
			return errors.New("want a list of strings")
		}
		field.Set(reflect.ValueOf(slices.Clone(o.Values)))
	case reflect.Map:
		if o.Kind != StringOption {
			return errors.New("want a string")
		}
		if field.IsNil() {
			field.Set(reflect.MakeMap(field.Type()))
		}
		field.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(o.Values[0]))
	default:
		panic("providers: Decode: a field of type " + field.Type().String())
	}
	return nil
}

func (o Option) setDuration(field reflect.Value) error {
	if o.Kind != StringOption {
		return errors.New(`want a duration such as "50m"`)
	}
	d, ok := duration.Parse(o.Values[0])
	if !ok {
		return errors.New(`want a duration such as "50m"`)
	}
	field.SetInt(int64(d))
	return nil
}
