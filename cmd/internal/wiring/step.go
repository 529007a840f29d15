package wiring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// A step is one setting that was written: enough to take it back.
type step struct {
	Setting string `json:"setting"`
	Value   string `json:"value"`
	Before  string `json:"before,omitempty"` // see edit
	Made    bool   `json:"made,omitempty"`

	// Inserted took the place of Removed at byte At. They are bytes: a file need not be UTF-8.
	At       int    `json:"at"`
	Removed  []byte `json:"removed"`
	Inserted []byte `json:"inserted"`
	Digest   string `json:"digest"` // SHA-256 of the text after the step, in hexadecimal

	Created bool     `json:"created,omitempty"` // there was no file
	Folders []string `json:"folders,omitempty"` // that were made for it, the innermost first
}

// steps returns what to remember of edits to a file.
func steps(f file, edits []edit) []step {
	list := make([]step, len(edits))
	before := f.text
	for i, e := range edits {
		list[i] = newStep(before, e)
		before = e.text
	}
	if f.missing && len(list) > 0 {
		list[0].Created, list[0].Folders = true, f.missingFolders()
	}
	return list
}

// newStep compares the texts before and after an edit.
func newStep(before string, e edit) step {
	after := e.text
	start, most := 0, min(len(before), len(after))
	for start < most && before[start] == after[start] {
		start++
	}
	end := 0
	for end < most-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	return step{
		Setting: e.setting, Value: e.value, Before: e.before, Made: e.made,
		At: start, Removed: []byte(before[start : len(before)-end]), Inserted: []byte(after[start : len(after)-end]),
		Digest: digest(after),
	}
}

// revert returns the text before the step, if text is the one after it.
func (s step) revert(text string) (before string, ok bool) {
	end := s.At + len(s.Inserted)
	if digest(text) != s.Digest || s.At < 0 || end > len(text) || text[s.At:end] != string(s.Inserted) {
		return "", false
	}
	return text[:s.At] + string(s.Removed) + text[end:], true
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// An undo takes steps back, the last one first.
type undo struct {
	tool    Tool
	text    string   // as it is by now
	missing bool     // there is no file any more
	folders []string // to be removed with it
	left    []string // what was not touched, and why
	exact   bool     // every step was taken back to the byte
}

// run takes back the steps that the command means, and leaves the others in the record.
func (u *undo) run(ctx context.Context, r *record) error {
	var kept []step
	for _, s := range slices.Backward(r.Steps) {
		if !u.tool.editor.chosen(s.Setting) {
			kept = append(kept, s)
			continue
		}
		if err := u.take(ctx, s); err != nil {
			return err
		}
	}
	slices.Reverse(kept)
	r.Steps = kept
	return nil
}

// take takes one step back.
func (u *undo) take(ctx context.Context, s step) error {
	if u.missing {
		return nil
	}
	if before, ok := s.revert(u.text); ok {
		u.text = before
		if s.Created {
			u.missing, u.folders = true, s.Folders
		}
		return nil
	}
	u.exact = false
	rest, left, err := u.tool.editor.without(ctx, u.text, s)
	if err != nil {
		return err
	}
	u.text = rest
	if left != "" {
		u.left = append(u.left, left)
	}
	return nil
}
