package providers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// A secret in one debug line is a secret in every log collector.
func TestSecretIsNeverPrinted(t *testing.T) {
	const text = "hunter2-hunter2"
	type hidden struct{ secret Secret }
	secret := NewSecret(text)
	token := Token{Username: "u", Value: secret, State: secret}
	request := Request{Previous: &token}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%o", "%c", "%U", "%e"} {
		for _, value := range []any{secret, &secret, token, &token, request, hidden{secret}, &hidden{secret}, []Secret{secret}, map[string]Secret{"k": secret}} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	for _, value := range []any{secret, token, request, hidden{secret}} {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(encoded)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("m", "secret", secret, "token", token, "hidden", hidden{secret})
	}
	printed := out.String()
	for _, leak := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text)} {
		if strings.Contains(printed, leak) {
			t.Errorf("printed %q", leak)
		}
	}
	if !strings.Contains(printed, redacted) {
		t.Error("nothing stands in its place")
	}
}

func TestSecretRevealsAndCompares(t *testing.T) {
	a, b := NewSecret("a"), NewSecret("b")
	if a.Reveal() != "a" || !(Secret{}).IsZero() || !NewSecret("").IsZero() || a.IsZero() || (Secret{}).Reveal() != "" {
		t.Error("a secret does not hold its text")
	}
	if !a.Equal(NewSecret("a")) || a.Equal(b) || a.Equal(Secret{}) || a.Equal(NewSecret("aa")) || !(Secret{}).Equal(NewSecret("")) {
		t.Error("equal secrets differ, or others do not")
	}
}
