package fields

import (
	"math"
	"strings"
	"testing"
	"time"
)

const kind = "sesame test 1"

type everything struct {
	text  string
	count int64
	when  time.Time
}

func (e everything) encode() string {
	w := NewWriter(kind)
	w.String("text", e.text)
	w.Int("count", e.count)
	w.Time("when", e.when)
	return string(w.Bytes())
}

func decode(text string) (everything, error) {
	var e everything
	err := Read(text, kind, func(name string, v Value) error {
		switch name {
		case "text":
			return v.String(&e.text)
		case "count":
			return v.Int(&e.count)
		case "when":
			return v.Time(&e.when)
		}
		return nil
	})
	return e, err
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, want := range []everything{
		{}, {text: "a b\n\"\\\x00\x1b\xffé"}, {count: math.MinInt64}, {count: 1, when: time.Unix(7, 9)},
		{text: strings.Repeat("x", 1<<16)},
	} {
		got, err := decode(want.encode())
		if err != nil || got.text != want.text || got.count != want.count || !got.when.Equal(want.when) {
			t.Errorf("got %+v and %v, want %+v", got, err, want)
		}
	}
}

// A cut file that was taken for a whole one would be a token without its expiry.
func TestWhatNoWriterWroteIsDamaged(t *testing.T) {
	for _, text := range []string{
		"", kind, kind + "\n", kind + "\nend", "sesame test 2\nend\n", kind + "\nend\nmore\n",
		kind + "\ntext\nend\n", kind + "\n x\nend\n", kind + "\ntext \"a\nend\n", kind + "\ntext a\nend\n",
		kind + "\ntext `a`\nend\n", kind + "\ntext 'a'\nend\n", kind + "\ntext \nend\n",
		kind + "\ncount 1x\nend\n", kind + "\ncount 99999999999999999999\nend\n", kind + "\nwhen \"1\"\nend\n",
	} {
		if e, err := decode(text); err != ErrDamaged {
			t.Errorf("%q: got %+v and %v", text, e, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(everything{text: "a", count: -1, when: time.Unix(1, 1)}.encode())
	f.Add(kind + "\nend\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := decode(text)
		if err != nil {
			return
		}
		if again, err := decode(e.encode()); err != nil || again.encode() != e.encode() {
			t.Errorf("%+v reads back as %+v and %v", e, again, err)
		}
	})
}
