package picture

import (
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// A picture that is no XML is a broken image in a README, and what a program printed must not become a part of it.
func TestPictureIsWellFormedWhateverIsOnTheScreen(t *testing.T) {
	screen := "\x1b[1m$ echo '<b>&\"'\x1b[0m\n<script>  \x1b[31mred\x1b[0m]]> \x01é\n\n  end"
	drawn, err := Draw("a < b & c", 40, Lines(screen), Light)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for decoder := xml.NewDecoder(strings.NewReader(drawn)); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, drawn)
		}
		if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
			texts = append(texts, string(text))
		}
	}
	if got, want := strings.Join(append(texts[:1:1], texts[2:]...), "|"), "a < b & c|$ echo '<b>&\"'|<script>|red|]]> \ufffdé|end"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{`class="bold">$ echo`, `x="100" y="83" textLength="25.2" class="c1">red`, ".c1 { fill: " + Light.Colors[1]} {
		if !strings.Contains(drawn, want) {
			t.Errorf("there is no %s in\n%s", want, drawn)
		}
	}
}

func TestPictureRefusesALineThatIsTooLong(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"as long as the window", "12345", ""},
		{"blanks behind it", "12345  \x1b[31m  ", ""},
		{"one column more", "1\x1b[31m23456", "line 1 of a picture: of 5 columns: has 6"},
		{"bytes are no columns", "äöü…⋮", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Draw("", 5, Lines(row.line), Dark)
			if got := message(err); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Who has a light page must not get a text for dark ones. 4.5 to 1 is what the Web Content Accessibility Guidelines 2.2 want
// (section 1.4.3).
func TestEveryColourCanBeReadOnItsGround(t *testing.T) {
	for _, row := range []struct {
		name  string
		theme Theme
	}{{"light", Light}, {"dark", Dark}} {
		t.Run(row.name, func(t *testing.T) {
			for i, color := range append(row.theme.Colors[:], row.theme.Text) {
				if ratio := contrast(t, color, row.theme.Ground); ratio < 4.5 {
					t.Errorf("colour %d, %s on %s: %.1f to 1", i, color, row.theme.Ground, ratio)
				}
			}
		})
	}
}

// contrast is the contrast ratio of the guidelines.
func contrast(t *testing.T, a, b string) float64 {
	light, dark := luminance(t, a), luminance(t, b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

// luminance is the relative luminance of the guidelines.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	bits, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(part uint64) float64 {
		c := float64(part&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(bits>>16) + 0.7152*linear(bits>>8) + 0.0722*linear(bits)
}
