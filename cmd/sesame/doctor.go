package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
)

// doctorLimit bounds all checks together, and checkLimit whatever a check waits for.
const (
	doctorLimit = time.Minute
	checkLimit  = 5 * time.Second
)

// doctorCommand looks for what is wrong.
func doctorCommand() *cli.Command {
	return &cli.Command{
		Name: "doctor", Usage: "look for what is wrong, and say how to repair it",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "for programs"},
			&cli.BoolFlag{Name: "offline", Usage: "do not look whether issuers can be reached"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return protocols.UsageError("usage: sesame doctor [--json] [--offline]")
			}
			ctx, cancel := context.WithTimeout(c.Context, doctorLimit)
			defer cancel()
			deadline, _ := ctx.Deadline()
			p := waitFor("the checks", deadline)
			d := diagnosis{Findings: examine(newCheckup(ctx, settings(c), c.Bool("offline")))}
			p.Done()
			d.count()
			if err := d.print(screen.New(c.App.Writer, os.Getenv), c.Bool("json")); err != nil {
				return err
			}
			if d.Faults > 0 {
				return protocols.Exit(1)
			}
			return nil
		},
	}
}

// A diagnosis is what doctor prints. Its JSON names are stable.
type diagnosis struct {
	Findings []finding `json:"findings"`
	Faults   int       `json:"faults"`
	Warnings int       `json:"warnings"`
}

// A finding is what a check found.
type finding struct {
	// Check is the name of the check.
	Check string `json:"check"`
	// Status is ok, warning or fault: only a fault makes the program fail.
	Status string `json:"status"`
	What   string `json:"what"`
	// Repair is what to type or to change.
	Repair string `json:"repair,omitempty"`
}

// The statuses.
const (
	statusOK      = "ok"
	statusWarning = "warning"
	statusFault   = "fault"
)

func good(what string) finding { return finding{Status: statusOK, What: what} }
func doubtful(what, repair string) finding {
	return finding{Status: statusWarning, What: what, Repair: repair}
}
func wrong(what, repair string) finding {
	return finding{Status: statusFault, What: what, Repair: repair}
}

// checks are all of them, in the order in which they are made and told.
var checks = []struct {
	name string
	run  func(*checkup) []finding
}{
	{"installation", checkInstallation},
	{"path", checkPath},
	{"configuration", checkConfiguration},
	{"files", checkFiles},
	{"plugins", checkPlugins},
	{"routes", checkRoutes},
	{"locks", checkLocks},
	{"issuers", checkIssuers},
	{"clock", checkClock},
	{"bazel", checkBazel},
	{"git", checkGit},
	{"docker", checkDocker},
}

// A checkup is what the checks look at. They change nothing, and reach nothing that the
// configuration does not name.
type checkup struct {
	ctx      context.Context
	set      front.Settings
	getenv   func(string) string
	folder   string // of this program, links resolved
	cwd      string // may be ""
	offline  bool
	path     string // of the configuration
	named    bool   // by a person
	loaded   routes.Config
	loadErr  error
	store    *filestore.Store
	d        *core.Dispatcher // nil where sesame cannot work
	openErr  error            // why not
	survey   *core.Survey     // empty then, or where the store cannot be read
	storeErr error
	skews    []skew // of the issuers that answered
}

// newCheckup reads what most checks need.
func newCheckup(ctx context.Context, set front.Settings, offline bool) *checkup {
	set.Warn = nil // what is wrong is found again
	c := &checkup{
		ctx: ctx, set: set, getenv: os.Getenv, offline: offline, survey: new(core.Survey),
		path: configFor(set.Config), named: routes.Named(set.Config, os.Getenv),
		store: &filestore.Store{Dir: filestore.Dir(os.Getenv)},
	}
	if executable, err := os.Executable(); err == nil {
		c.folder = filepath.Dir(realPath(executable))
	}
	c.cwd, _ = os.Getwd()
	c.loaded, c.loadErr = config.Load(c.path, catalog.Profiles())
	if c.d, c.openErr = front.Dispatcher(ctx, set); c.openErr != nil {
		c.d = nil
		return c
	}
	if survey, err := c.d.Survey(ctx, builtInURLs(os.Environ(), os.Getenv)); err != nil {
		c.storeErr = err
	} else {
		c.survey = survey
	}
	return c
}

// realPath resolves links, where that can be done.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// examine makes all checks.
func examine(c *checkup) (all []finding) {
	for _, check := range checks {
		for _, f := range check.run(c) {
			f.Check = check.name
			all = append(all, f)
		}
	}
	return all
}

func (d *diagnosis) count() {
	for _, f := range d.Findings {
		switch f.Status {
		case statusFault:
			d.Faults++
		case statusWarning:
			d.Warnings++
		}
	}
}

// print writes the diagnosis.
func (d *diagnosis) print(s screen.Screen, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(s.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(d)
	}
	const indent = 24
	colors := map[string]screen.Color{statusOK: screen.Good, statusWarning: screen.Doubt, statusFault: screen.Bad}
	for _, f := range d.Findings {
		if err := s.Paragraph(fmt.Sprintf("%-8s %s", f.Status, f.Check), colors[f.Status], indent, f.What); err != nil {
			return err
		}
		if f.Repair == "" {
			continue
		}
		if err := s.Paragraph("", screen.Plain, indent, repairText(f.Repair)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.Out, "\n%s, %s\n", count(d.Faults, "fault"), count(d.Warnings, "warning"))
	return err
}

// typed are the words that a command begins with where a repair has one.
var typed = []string{"sesame ", "git ", "chmod ", "mkdir ", "rm ", "ln ", "fuser ", "export ", "sudo ", "(umask ",
	"icacls ", "attrib ", "del ", "tasklist ", "certutil ", "w32tm "}

// repairText says what to do, and to type where that is a command: it is then laid out as one, in a line of its own.
func repairText(advice string) string {
	for _, word := range typed {
		if strings.HasPrefix(advice, word) {
			return "to repair it, type: " + advice
		}
		if first, command, ok := strings.Cut(advice, ": "+word); ok && !strings.HasSuffix(first, "type") {
			return "to repair it, " + first + "; type: " + word + command
		}
	}
	return "to repair it, " + advice
}
