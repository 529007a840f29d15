package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"
)

// followEvery is how often --follow looks for new lines.
const followEvery = 500 * time.Millisecond

// A follower reads what is appended to a file, and goes on with the next one when it is renamed.
type follower struct {
	path string
	file *os.File
	rest []byte // of a line whose end has not been written yet
}

func follow(path string) *follower { return &follower{path: path} }

// Close closes the file.
func (f *follower) Close() {
	if f.file != nil {
		f.file.Close()
	}
}

// read returns the whole lines that are new. The error matches fs.ErrNotExist where there is no file yet.
func (f *follower) read() ([]byte, error) {
	if f.file == nil {
		var err error
		if f.file, err = os.Open(f.path); err != nil {
			return nil, err
		}
	}
	renamed := f.renamed()
	// What was written before it was renamed is there by now.
	text, err := io.ReadAll(f.file)
	text = append(f.rest, text...)
	end := bytes.LastIndexByte(text, '\n') + 1
	text, f.rest = text[:end], text[end:]
	if err != nil || !renamed {
		return text, err
	}
	if len(f.rest) > 0 { // its disk was full
		text, f.rest = append(append(text, f.rest...), '\n'), nil
	}
	f.Close()
	f.file = nil
	more, err := f.read()
	if errors.Is(err, os.ErrNotExist) {
		err = nil // it is not made yet
	}
	return append(text, more...), err
}

// renamed reports whether the name leads to another file by now.
func (f *follower) renamed() bool {
	open, err := f.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(f.path)
	return err == nil && !os.SameFile(open, named) || errors.Is(err, os.ErrNotExist)
}
