package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	oauth2 "github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// A dialog asks a person, line by line. What it asks is not what a program reads, so out is not stdout.
type dialog struct {
	in  *bufio.Reader
	out io.Writer
}

func newDialog(in io.Reader, out io.Writer) *dialog { return &dialog{bufio.NewReader(in), out} }

// errNoAnswer is the error where nobody answers any more.
var errNoAnswer = errors.New("nothing was written, since the last question has no answer")

// line asks once, and returns what was typed, without blanks around it.
func (d *dialog) line(question string) (string, error) {
	fmt.Fprint(d.out, question)
	line, err := d.in.ReadString('\n')
	if err == io.EOF && line == "" {
		fmt.Fprintln(d.out)
		return "", errNoAnswer
	}
	if err == io.EOF {
		err = nil
	}
	return strings.TrimSpace(line), err
}

// until asks until check has nothing to say against the answer; an empty one counts as normal.
func (d *dialog) until(question, normal string, check func(string) error) (string, error) {
	for {
		answer, err := d.line(question)
		if err != nil {
			return "", err
		}
		answer = cmp.Or(answer, normal)
		if err = check(answer); err == nil {
			return answer, nil
		}
		tell(d.out, "  ", err.Error())
	}
}

// route asks for what no flag said.
func (d *dialog) route(f *configFile, r *newRoute) (err error) {
	if r.match == "" {
		fmt.Fprintln(d.out, "URLs are such as git.example.com, *.example.com/team, or * for every host.")
		r.match, err = d.until("Which URLs? ", "", f.free)
	}
	if err == nil && r.provider == "" {
		r.provider, err = d.provider(f)
	}
	if err == nil && r.username == "" && r.match != "*" {
		r.username, err = d.line("For which account (empty: any)? ")
	}
	if err != nil || len(r.options) > 0 {
		return err
	}
	for {
		if err := d.options(r); err != nil {
			return err
		}
		block, err := r.text()
		if err != nil {
			return err
		}
		if err = f.allows(block); err == nil {
			return nil
		}
		tell(d.out, "  ", err.Error())
		clear(r.options)
	}
}

// A choice is a word to answer, and what it means.
type choice struct{ name, aim string }

// aims say what a provider is for, in the order in which a newcomer wants them.
var aims = []choice{
	{"static", "a token or password in a file, or one that you or a tool hand in"},
	{"env", "a token in an environment variable"},
	{"oauth2", "a person's login, or a machine's own, at an OAuth 2.0 server"},
	{"exec", "what a command prints, or another credential helper"},
	{"pyx", "pyx, or a server that speaks as it did"},
}

// grants say the same of oauth2's.
var grants = []choice{
	{oauth2.Device, "you log in, by a code that you type on any device"},
	{oauth2.Browser, "you log in, in a browser on this machine"},
	{oauth2.ClientCredentials, "the client has a secret of its own"},
	{oauth2.RefreshToken, "somebody gave you a refresh token, in a file"},
	{oauth2.TokenExchange, "the machine has a token, which is exchanged for another"},
}

// offer shows what there is to choose from, and returns the words.
func (d *dialog) offer(choices []choice) (names []string) {
	long := 0
	for _, c := range choices {
		names = append(names, c.name)
		long = max(long, len(c.name))
	}
	for _, c := range choices {
		tell(d.out, fmt.Sprintf("  %-*s ", long+1, c.name), c.aim)
	}
	return names
}

// provider asks where tokens come from.
func (d *dialog) provider(f *configFile) (string, error) {
	fmt.Fprintln(d.out, "Where do tokens come from?")
	choices := slices.Clone(aims)
	for _, p := range f.loaded.Plugins {
		choices = append(choices, choice{p.Name, "your plugin " + p.Path})
	}
	return d.until("One of these (empty: static): ", "static", oneOf(d.offer(choices)))
}

// oneOf wants an answer to be one of some words.
func oneOf(names []string) func(string) error {
	return func(name string) error {
		if !slices.Contains(names, name) {
			return errors.New("want one of " + strings.Join(names, ", "))
		}
		return nil
	}
}

// need asks for an option.
func (d *dialog) need(n need) (string, error) {
	if n.choices == nil {
		return d.line(n.question)
	}
	fmt.Fprintln(d.out, n.question)
	return d.until("One of these: ", "", oneOf(d.offer(n.choices)))
}

// A need is an option that a person is asked for.
type need struct {
	option, question string
	choices          []choice // nil: anything is an answer
}

// needs returns the options without which a provider is of little use, as far as those asked for tell.
func (r *newRoute) needs() []need {
	switch r.provider {
	case "static":
		if r.match == "*" { // a file has one host's
			return nil
		}
		return []need{{"secret_file", "The file with the secret (empty: keep what is handed in)? ", nil}}
	case "exec":
		return []need{{"command", `The command (as typed, or ["PROGRAM", "ARGUMENT"])? `, nil}}
	case "oauth2":
		all := []need{
			{"grant", "How are they obtained?", grants},
			{"issuer", "The server's issuer (https://…)? ", nil},
			{"client_id", "The client id that it gave you? ", nil},
		}
		switch r.options["grant"] {
		case oauth2.ClientCredentials:
			all = append(all, need{"client_secret_file", "The file with the client's secret? ", nil})
		case oauth2.RefreshToken:
			all = append(all, need{"refresh_token_file", "The file with the refresh token? ", nil})
		case oauth2.TokenExchange:
			all = append(all, need{"subject_token_file", "The file with the machine's token? ", nil})
		}
		return all
	}
	return nil
}

// options asks for them one by one: an answer may bring a further question.
func (d *dialog) options(r *newRoute) error {
	for i := 0; i < len(r.needs()); i++ {
		n := r.needs()[i]
		answer, err := d.need(n)
		if err != nil {
			return err
		}
		switch {
		case answer == "":
		case n.option == "command":
			r.options[n.option] = words(answer)
		default:
			r.options[n.option] = answer
		}
	}
	return nil
}

// words reads a command: a list in TOML, or words between blanks. Nothing is a quote in those.
func words(text string) []string {
	var list struct{ V []string }
	if toml.Unmarshal([]byte("V = "+text), &list) == nil {
		return list.V
	}
	return strings.Fields(text)
}

// confirm shows what is going to be written, and asks whether it may be.
func (d *dialog) confirm(path, block string) (bool, error) {
	tell(d.out, "", "\nThis would be added to "+path+":")
	fmt.Fprintf(d.out, "\n%s\n", block)
	answer, err := d.until("Add it (yes or no; empty: yes)? ", "yes", func(answer string) error {
		if !slices.Contains([]string{"yes", "y", "no", "n"}, strings.ToLower(answer)) {
			return errors.New("want yes or no")
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	yes := strings.HasPrefix(strings.ToLower(answer), "y")
	if !yes {
		fmt.Fprintln(d.out, "nothing was written")
	}
	return yes, nil
}
