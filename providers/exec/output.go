package exec

import "strings"

// A collector keeps what is written to it, maxStdout at most.
type collector struct {
	strings.Builder
	full func() // called once there is more
	over bool   // there is
}

// Write never fails, so that whoever writes is not held up.
func (c *collector) Write(text []byte) (int, error) {
	if c.over || c.Len()+len(text) > maxStdout {
		c.over = true
		c.full()
		return len(text), nil
	}
	return c.Builder.Write(text)
}

// A tail keeps the end of what is written to it.
type tail struct {
	end []byte
	cut bool // there was more before it
}

// Write never fails.
func (t *tail) Write(text []byte) (int, error) {
	t.end = append(t.end, text...)
	if over := len(t.end) - maxStderr; over > 0 {
		t.end = append(t.end[:0], t.end[over:]...)
		t.cut = true
	}
	return len(text), nil
}

// text returns whole lines: no secret is found in half of it.
func (t *tail) text() string {
	text := string(t.end)
	if t.cut {
		text = text[strings.IndexAny(text, "\r\n")+1:]
		if len(text) == len(t.end) {
			return ""
		}
	}
	return text
}
