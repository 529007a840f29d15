package screen

import (
	"unicode"

	uniwidth "golang.org/x/text/width"
)

// width is how many columns a text takes on a terminal: two for a wide character (Unicode Standard Annex 11), none for
// one that is drawn over the one before, or not at all.
func width(text string) (columns int) {
	for _, r := range text {
		columns += widthOf(r)
	}
	return columns
}

func widthOf(r rune) int {
	switch {
	case r < 0x300: // most texts
		if r == 0xad {
			return 0
		}
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch uniwidth.LookupRune(r).Kind() {
	case uniwidth.EastAsianWide, uniwidth.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens a text to some columns.
func cut(text string, most int) string {
	if width(text) <= most {
		return text
	}
	at := 0
	for i, r := range text {
		if at += widthOf(r); at >= most {
			return text[:i] + "…"
		}
	}
	return text
}
