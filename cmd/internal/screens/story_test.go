//go:build linux

package screens

import (
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// folder is where the pictures are.
const folder = "../../../docs/pictures"

// A picture shows what was once true. This one has what the programs print now.
func TestThePictureOfTheReadmeIsTrue(t *testing.T) {
	programs.Need(t, "tmux", "tmux")
	programs.Need(t, "git", "git")
	ctx, cancel := context.WithTimeout(t.Context(), storyLimit)
	defer cancel()
	begin := time.Now()
	drawn, err := pictures(ctx, bin)
	if err != nil {
		t.Fatal(err)
	}
	for name, now := range drawn {
		committed, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		got, want := timeless(words(t, string(committed))), timeless(words(t, now))
		if got == want {
			continue
		}
		if time.Since(begin) > 45*time.Second { // the failure in the picture is remembered for a minute
			t.Skip("this machine took too long for the picture")
		}
		t.Errorf("%s shows\n%s\nand the programs print\n%s\ntype: go run ./cmd/internal/picture/main.go", name, got, want)
	}
}

// times are what differs between two runs of the same programs.
var times = regexp.MustCompile(`\bjust now\b|\b([0-9]+[hms])+( ago)?\b`)

func timeless(text string) string { return times.ReplaceAllString(text, "TIME") }

// words returns what is written in a picture, wherever its lines end.
func words(t *testing.T, picture string) string {
	t.Helper()
	var b strings.Builder
	inText := false
	for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
		token, err := decoder.Token()
		if err == io.EOF {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.CharData:
			if inText {
				b.WriteString(string(token) + " ")
			}
		}
	}
}

// A README is loaded by everybody who looks at the project, and read by some who see no pictures.
func TestPicturesAreSmallAndFitTheirWindow(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.svg"))
	if err != nil || len(paths) != 2 {
		t.Fatalf("there are %q, %v", paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := words(t, string(data))
		if len(data) > 30<<10 || len(text) < 500 {
			t.Errorf("%s has %d bytes, and %d of text", path, len(data), len(text))
		}
		var drawn struct {
			Width float64 `xml:"width,attr"`
			Role  string  `xml:"role,attr"`
			Title string  `xml:"title"`
			Texts []struct {
				X      float64 `xml:"x,attr"`
				Length float64 `xml:"textLength,attr"`
				Text   string  `xml:",chardata"`
			} `xml:"text"`
		}
		if err := xml.Unmarshal(data, &drawn); err != nil || drawn.Role != "img" || drawn.Title == "" {
			t.Fatalf("%s: %v, role %q, title %q", path, err, drawn.Role, drawn.Title)
		}
		for _, at := range drawn.Texts {
			if at.X+at.Length > drawn.Width {
				t.Errorf("%s: %q ends at %g of %g", path, at.Text, at.X+at.Length, drawn.Width)
			}
		}
		for _, place := range []string{"/tmp", "127.0.0.1", "/root"} {
			if strings.Contains(text, place) {
				t.Errorf("%s shows %s, which is of the machine that drew it", path, place)
			}
		}
	}
}
