//go:build unix

package host

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/sesame-auth/sesame/providers"
)

// What a plugin says goes to a terminal: as it is for the page and the code, in their order, and fit to be shown.
func TestLoginShowsStepsThatATerminalCanTake(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	req, _, _ := secrets("/login")
	p.filter.add("secret-in-hand") // in the page, which is for the person's eyes
	var steps []providers.Step
	token, err := p.Login(t.Context(), req, func(step providers.Step) { steps = append(steps, step) })
	if err != nil || token.Value.Reveal() != "value-of-the-login" || token.State.Reveal() != "state-of-the-login" {
		t.Errorf("Login = %v, %v", token, err)
	}
	want := []providers.Step{
		{Open: "https://acme.example/device?code=secret-in-hand", Code: "ABCD-1234"},
		{Code: `\x1b[31mA`, Message: `waiting\nfor \x1b[2J [secret]`},
		{Message: strings.Repeat("é", maxMessage/2)},
	}
	if !reflect.DeepEqual(steps, want) {
		t.Errorf("the steps are %.300q, want %.300q", steps, want)
	}
	_, err = p.Login(t.Context(), request("/said"), nil)
	if err == nil || err.Error() != "not [secret], not [secret]" {
		t.Errorf("the error shows the token of the login before: %v", err)
	}
	p.Close()
	w.nothingLeft(1)
}

// A plugin that shows steps for ever must end, and not fill the terminal first.
func TestLoginWithTooManyStepsEnds(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	steps := 0
	_, err := p.Login(t.Context(), request("/endless"), func(providers.Step) { steps++ })
	if e := w.check(err); !strings.HasSuffix(e.Message, "its login shows more than 1000 steps") || steps != maxSteps {
		t.Errorf("error %q after %d steps", e.Message, steps)
	}
	req := request("/many")
	req.Username = strings.Repeat("x", maxSteps)
	steps = 0
	if _, err := p.Login(t.Context(), req, func(providers.Step) { steps++ }); err != nil || steps != maxSteps {
		t.Errorf("error %v after %d steps, want none after %d", err, steps, maxSteps)
	}
	p.Close()
	w.nothingLeft(1)
}

// The tail of its stderr is what tells why, and the person was in the middle of something.
func TestCrashInTheMiddleOfALoginIsAnError(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	req, _, spellings := secrets("/crash")
	shown := filepath.Join(t.TempDir(), "shown")
	req.Username = shown
	_, err := p.Login(t.Context(), req, func(step providers.Step) {
		if err := os.WriteFile(shown, []byte(step.Message), 0o600); err != nil {
			t.Error(err)
		}
	})
	e := w.check(err)
	for _, want := range []string{"it ended instead of answering (exit status 4)", "fatal: out of cheese"} {
		if !strings.Contains(e.Message, want) {
			t.Errorf("error %q: want %q", e.Message, want)
		}
	}
	for _, spelling := range spellings {
		if strings.Contains(e.Message, spelling) {
			t.Errorf("%q is in %s", spelling, e.Message)
		}
	}
	if text, err := os.ReadFile(shown); err != nil || string(text) != "waiting" {
		t.Errorf("the step before the crash: %q, %v", text, err)
	}
	p.Close()
	w.nothingLeft(1)
}

// A page goes to a browser, or to whatever else the system opens it with.
func TestLoginOpensNothingButSafePages(t *testing.T) {
	for _, page := range []string{
		"https://acme.example", "https://acme.example:8443/device?user_code=A%20B&x=$(y);'#z", "http://localhost:8080/?state=1",
		"http://127.0.0.1:1/", "http://[::1]:1/", "HTTPS://ACME.example/", "https://127.0.0.1/~x",
		"https://acme.example/" + strings.Repeat("a", maxOpen-21),
	} {
		if err := checkOpen(page); err != nil {
			t.Errorf("%.100q: %v", page, err)
		}
	}
	for want, pages := range map[string][]string{
		"want https, or http on loopback": {
			"http://acme.example/", "ftp://acme.example/", "file://localhost/etc/passwd", "javascript://acme.example/%0aalert(1)",
			"http://localhost.acme.example/", "http://127.0.0.1.acme.example/", "vscode://acme.example/x", "http://0.0.0.0/",
		},
		"no URL": {
			"acme.example", "file:///etc/passwd", "javascript:alert(1)", "-https://acme.example", "https://", "https:///x", "//acme.example",
			"https://acme.example/a b", "https://acme.example/\n", "https://acme.example/\x1b[2J", "https://acme.example\\@evil.example/",
			"https://acme.example/\u202e", "https://acmé.example/", "https://acme.example/\"x", "https://acme.example/`x`",
			"https://acme.example/a|b", "https://acme.example/<x>", "https://acme.example/{x}", "https://acme.example/^", "https://acme.example/\xff",
			"https://acme.example/%zz", "https://ac_me.example/", "https://[::1%25eth0]/",
		},
		"with a username": {"https://login.example@evil.example/", "https://a:b@acme.example/", "http://@127.0.0.1/"},
		"8192 bytes":      {"https://acme.example/" + strings.Repeat("a", maxOpen)},
	} {
		for _, page := range pages {
			if err := checkOpen(page); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%.100q: error %v, want %q", page, err, want)
			}
		}
	}
}

// A step that is refused ends the login, and is not shown.
func TestLoginEndsWithAStepThatIsRefused(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	for _, row := range []struct{ path, text, want string }{
		{"/open", "http://acme.example/?code=secret-code", "its login shows the page http://acme.example/: want https, or http on loopback"},
		{"/open", "https://acme.example/\x1b]0;secret-code\a", "its login shows a page that is no URL"},
		{"/code", strings.Repeat("9", maxCode+1), "its login shows a code of more than 128 bytes"},
	} {
		req := request(row.path)
		req.Username = row.text
		token, err := p.Login(t.Context(), req, func(step providers.Step) { t.Errorf("shown: %q", step) })
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || token != nil || !strings.HasSuffix(e.Message, row.want) || strings.Contains(e.Message, "secret-code") {
			t.Errorf("Login = %v, %v; want the error %q", token, err, row.want)
		}
	}
	if got := w.ask(p, request("/token")); got == "" {
		t.Error("no answer to the call after")
	}
}

// What is on its way when a step is refused must not be shown after it, nor make up for it.
func TestNothingIsShownAfterAStepThatIsRefused(t *testing.T) {
	p := &Provider{filter: newFilter(nil)}
	var shown []string
	ends := 0
	s := &screen{check: p.checkStep, end: func() { ends++ }, show: func(step providers.Step) { shown = append(shown, step.Message) }}
	for _, step := range []providers.Step{{Message: "first"}, {Message: "refused", Open: "file:///x"}, {Message: "after"}} {
		s.add(step)
	}
	if !reflect.DeepEqual(shown, []string{"first"}) || s.refused == nil || ends != 1 {
		t.Errorf("shown %q, refused %v, ended %d times", shown, s.refused, ends)
	}
}

// Whatever a plugin shows, a terminal is not driven by it, and a browser is given one page of one host.
func FuzzCheckStep(f *testing.F) {
	f.Add("https://acme.example/?a=b", "ABCD-EFGH", "open the page")
	f.Add("http://[::1]:80/#x", "\x1b[2J", "token-1234\n")
	f.Fuzz(func(t *testing.T, open, code, message string) {
		p := &Provider{filter: newFilter(nil)}
		p.filter.add("token-1234-of-a-person")
		step, err := p.checkStep(providers.Step{Open: open, Code: code, Message: message})
		if err != nil {
			return
		}
		text := step.Open + step.Code + step.Message
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }) || len(step.Message) > maxMessage {
			t.Errorf("the step is %q", step)
		}
		if strings.Contains(step.Message, "token-1234-of-a-person") || step.Open != open {
			t.Errorf("the step is %q", step)
		}
		if step.Open == "" {
			return
		}
		u, err := url.Parse(step.Open)
		if err != nil || u.User != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
			t.Fatalf("%q is opened: %v", open, err)
		}
		ours, err := providers.ParseURL(step.Open)
		sameHost := strings.EqualFold(ours.Host, u.Hostname()) || strings.Contains(ours.Host, ":") // IPv6 has many spellings
		if err != nil || u.Scheme == "http" && !ours.IsLoopback() || !sameHost {
			t.Errorf("%q is opened, on %q and %q", open, ours.Host, u.Hostname())
		}
	})
}
