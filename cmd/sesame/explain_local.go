package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/exec"
	"github.com/sesame-auth/sesame/providers/exec/profile"
	oauth2 "github.com/sesame-auth/sesame/providers/oauth2/profile"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/static"
)

// obstacle tells what on this machine keeps the provider from being asked, or from having an answer. Nobody is
// asked: files are looked at.
func (r *report) obstacle(e *core.Explanation, f core.Finder) {
	if e.Query.InProcess() {
		return // it was asked already
	}
	found := obstacleOf(e, f)
	if found == nil {
		return
	}
	text := withRepair(found).Error()
	switch {
	case r.Outcome == outcomeRefresh || r.Outcome == outcomeAsks:
		r.fails(text)
	case r.Outcome == outcomeFails:
		r.Warnings = append(r.Warnings, "the next try fails too: "+text)
		_, command := screen.Command(text)
		r.Repair = command
	default:
		r.Warnings = append(r.Warnings, "the next refresh will fail: "+text)
	}
}

// obstacleOf returns what is wrong; nil if nothing is to be seen.
func obstacleOf(e *core.Explanation, f core.Finder) error {
	q := e.Query
	if q.Keeping == providers.KeepsInStore {
		return nil
	}
	if err := checkPluginFile(q, f.Routes); err != nil {
		return err
	}
	if q.Keeping == providers.KeepsNothing && e.Verdict == core.Absent && wantsLogin(q, f.Getenv) {
		return &providers.Error{
			Kind: providers.ErrLoginRequired, Message: "nobody is logged in for " + q.URL.String(), Repair: "sesame login " + q.URL.String(),
		}
	}
	return checkNamed(q, f.Getenv)
}

// checkNamed looks at the files and the program that a route's options name.
func checkNamed(q *core.Query, getenv func(string) string) error {
	if err := checkOptionFiles(q, getenv); err != nil {
		return err
	}
	var o profile.Options
	if q.Profile.Name != profile.Profile().Name || q.Route.Options.Decode(&o) != nil || len(o.Command) == 0 {
		return nil
	}
	_, err := exec.Find(o.Command[0], getenv("PATH"))
	return err
}

// checkPluginFile looks at the plugin's executable as its start would.
func checkPluginFile(q *core.Query, table routes.Table) error {
	plugin := host.Plugin{Name: q.Profile.Name}
	if named, ok := table.Plugin(q.Profile.Name); ok {
		plugin.Path, plugin.SHA256 = named.Path, named.SHA256
		_, err := host.Check(plugin)
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	folder := filepath.Dir(executable)
	plugin.Path = filepath.Join(folder, "sesame-provider-"+q.Profile.Name+extension)
	if _, err := os.Stat(plugin.Path); errors.Is(err, fs.ErrNotExist) {
		return &providers.Error{
			Kind: providers.ErrUnavailable, Message: "plugin " + q.Profile.Name + ": there is no " + plugin.Path +
				": install the programs of one release into " + folder,
		}
	}
	_, err = host.Check(plugin)
	return err
}

// wantsLogin reports whether the first token is had by a person's login alone.
func wantsLogin(q *core.Query, getenv func(string) string) bool {
	var o oauth2.Options
	switch q.Profile.Name {
	case oauth2.Profile().Name:
		return q.Route.Options.Decode(&o) == nil && (o.Grant == oauth2.Device || o.Grant == oauth2.Browser)
	case pyx.Profile().Name:
		s, err := pyx.Read(getenv)
		return err == nil && !pyxInUse(s, getenv)
	}
	return false
}

// checkOptionFiles looks at the files that a route to the provider oauth2 names.
func checkOptionFiles(q *core.Query, getenv func(string) string) error {
	var o oauth2.Options
	if q.Profile.Name != oauth2.Profile().Name || q.Route.Options.Decode(&o) != nil {
		return nil
	}
	for _, name := range []string{o.ClientSecretFile, o.RefreshTokenFile, o.SubjectTokenFile} {
		if name == "" {
			continue
		}
		path := inHome(name, getenv)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return &providers.Error{
				Kind: providers.ErrLoginRequired, Message: "there is no " + path + ", which the route names", Repair: static.WriteCommand(path),
			}
		}
	}
	return nil
}

// inHome makes a path that begins with "~/" whole.
func inHome(path string, getenv func(string) string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(getenv(homeVariable), rest)
	}
	return path
}
