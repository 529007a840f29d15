package providers

// A Secret holds text that must not be printed. No fmt verb, JSON encoder or log
// shows it, not even as an unexported field of another value: what fmt finds
// there is a pointer. [Secret.Reveal] is the only way to the text, so that a search for
// "Reveal(" finds every place that uses one.
type Secret struct {
	text *string
}

// NewSecret returns a Secret that holds text. The empty text gives the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text; "" for the zero Secret.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the Secret holds no text.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether both hold the same text, in time that depends on the
// length of other alone.
func (s Secret) Equal(other Secret) bool {
	a, b := s.Reveal(), other.Reveal()
	if len(a) != len(b) {
		return false
	}
	var differ byte
	for i := range len(a) {
		differ |= a[i] ^ b[i]
	}
	return differ == 0
}

const redacted = "[secret]"

// String returns a placeholder.
func (s Secret) String() string { return redacted }

// GoString returns a placeholder, for %#v.
func (s Secret) GoString() string { return redacted }

// MarshalText returns a placeholder, for encoders and structured logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns a placeholder.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
