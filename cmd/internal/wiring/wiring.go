// Package wiring has a tool ask sesame: it changes .bazelrc, git's configuration or docker's
// config.json, and takes exactly that change away again.
//
// A change is a chain of texts that the file goes through, one for each setting. What is shown is
// the difference between the first and the last; what is written is the last, by rename. Of each
// step the state folder remembers which bytes took the place of which, and the digest of the whole
// text after it. As long as the file has that digest, an undo puts the bytes back. Otherwise
// somebody has changed the file since, and an undo takes the setting alone out of it.
package wiring

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// A Setup changes the file of one tool, or shows how.
type Setup struct {
	// Tool is the tool, and what is to be set.
	Tool Tool
	// State is the folder that remembers what was changed: the one for records.
	State string
	// Out gets what a person asked for: the difference, and what was done.
	Out io.Writer
	// Note tells a person what else to know.
	Note func(message string)
}

// A Tool is one tool's file, and what is to be set in it. [Bazel], [Git] and [Docker] make one.
type Tool struct {
	command []string // what a person types after "sesame setup": which file, which hosts
	options []string // and how
	place   place
	mask    func(text string) string // hides what may be secret, line for line
	editor  editor
}

// An editor knows the syntax of one tool's file.
type editor interface {
	// plan returns how to get from the file as it is to what is to be set.
	plan(ctx context.Context, f file) (plan, error)
	// without takes the setting of a step out of a text that was changed since. What it must not
	// touch it leaves as it is, and says why.
	without(ctx context.Context, text string, s step) (rest, left string, err error)
	// chosen reports whether the command means this setting.
	chosen(setting string) bool
}

// A marker is an editor that finds its settings by marks in the text, too.
type marker interface {
	marked(text string) []step
}

// A plan is what there is to do. Without edits the file is as it should be.
type plan struct {
	edits []edit
	notes []string
}

// An edit is one setting, and the text that has it.
type edit struct {
	setting string // its name
	value   string // as the tool's file says it
	before  string // the value that it takes the place of, in the file's own spelling
	made    bool   // what it stands in was made for it
	text    string // the whole text with it
}

// Preview shows what Write would change, and the command for that. It writes nothing.
func (s *Setup) Preview(ctx context.Context) error {
	f, err := s.Tool.place.read()
	if err != nil {
		return err
	}
	p, err := s.plan(ctx, f)
	if err != nil {
		return err
	}
	if len(p.edits) == 0 {
		return s.say("nothing to change: %s has it already", f.path)
	}
	s.show(f, p.edits[len(p.edits)-1].text, false)
	return s.say("nothing is written yet; to make this change, type: %s",
		command(s.Tool.command, slices.Concat(s.Tool.options, []string{"--write"})...))
}

// Write makes the change. Where there is nothing to change it says so.
func (s *Setup) Write(ctx context.Context) error {
	return s.locked(ctx, func(f file, r *record) error {
		p, err := s.plan(ctx, f)
		if err != nil {
			return err
		}
		if len(p.edits) == 0 {
			return s.say("nothing to change: %s has it already", f.path)
		}
		// First remembered, then done: a kill in between leaves a step that an undo does not find.
		remembered := r.Steps
		r.Steps = append(r.Steps, steps(f, p.edits)...)
		if err := r.save(); err != nil {
			return err
		}
		after := p.edits[len(p.edits)-1].text
		if err := f.replace(after); err != nil {
			r.Steps = remembered
			_ = r.save()
			return err
		}
		s.show(f, after, false)
		return s.say("changed %s; to take this away again, type: %s", f.path,
			command(s.Tool.command, "--undo"))
	})
}

// Undo takes away what Write did, whichever of it the command means. Where there is nothing to
// take away it says so.
func (s *Setup) Undo(ctx context.Context) error {
	return s.locked(ctx, func(f file, r *record) error {
		if m, ok := s.Tool.editor.(marker); ok && len(r.Steps) == 0 {
			r.Steps = m.marked(f.text)
		}
		u := undo{tool: s.Tool, text: f.text, missing: f.missing, exact: true}
		if err := u.run(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		if u.missing && !f.missing {
			if err := f.remove(u.folders); err != nil {
				return err
			}
		} else if u.text != f.text {
			if err := f.replace(u.text); err != nil {
				return err
			}
		}
		if err := r.save(); err != nil {
			return err
		}
		for _, left := range u.left {
			s.Note(f.path + ": " + left)
		}
		return s.undone(ctx, f, u)
	})
}

// undone tells what an undo did.
func (s *Setup) undone(ctx context.Context, f file, u undo) error {
	switch {
	case u.missing == f.missing && u.text == f.text:
		if p, err := s.Tool.editor.plan(ctx, f); err == nil && len(p.edits) == 0 && len(u.left) == 0 {
			return s.say("nothing to undo: %s names sesame, but %s does not remember that sesame setup wrote it; "+
				"remove it by hand", f.path, s.State)
		}
		return s.say("nothing to undo: there is nothing in %s that sesame setup wrote", f.path)
	case u.missing:
		s.show(f, u.text, true)
		return s.say("removed %s, which sesame setup had made", f.path)
	}
	s.show(f, u.text, false)
	if u.exact {
		return s.say("changed %s: it is as it was before", f.path)
	}
	return s.say("changed %s: what was written to it since is kept", f.path)
}

// plan has the editor plan, and tells what else there is to know.
func (s *Setup) plan(ctx context.Context, f file) (plan, error) {
	p, err := s.Tool.editor.plan(ctx, f)
	if err != nil {
		return plan{}, err
	}
	for _, note := range p.notes {
		s.Note(note)
	}
	return p, nil
}

// command returns the line to type.
func command(words []string, more ...string) string {
	line := "sesame setup"
	for _, words := range [][]string{words, more} {
		for _, word := range words {
			line += " " + shell.Word(word)
		}
	}
	return line
}

func (s *Setup) say(format string, args ...any) error {
	_, err := fmt.Fprintf(s.Out, format+"\n", args...)
	return err
}
