package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
)

// logCommand prints the audit log.
func logCommand() *cli.Command {
	return &cli.Command{
		Name: "log", Usage: "print the audit log: one line for every answer that a tool got",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "file", Usage: "read `FILE` (default: the file that the tools' answers are told in)"},
			&cli.IntFlag{Name: "lines", Aliases: []string{"n"}, Value: 50, Usage: "the last `N` lines; 0 is all"},
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with new lines until it is interrupted"},
			&cli.BoolFlag{Name: "json", Usage: "the lines as they are in the file"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 || c.Int("lines") < 0 {
				return protocols.UsageError("usage: sesame log [--file FILE] [--lines N] [--follow] [--json]")
			}
			path, err := logPath(c)
			if err != nil {
				return err
			}
			p := newLinePrinter(screen.New(c.App.Writer, os.Getenv), c.Bool("json"))
			return printLog(c, path, p)
		},
	}
}

// logPath returns the file to read: the one that a person names, or else the one that the tools write to.
func logPath(c *cli.Context) (string, error) {
	if path := c.String("file"); path != "" {
		return path, nil
	}
	variable, set := os.LookupEnv(audit.Variable)
	if set && variable == "" {
		return "", errors.New("the audit log is off, since " + audit.Variable + " is empty; to turn it on, type: unset " + audit.Variable)
	}
	var loaded routes.Config
	if !set {
		var err error
		if loaded, _, err = loadConfig(c); err != nil {
			return "", err
		}
	}
	path := audit.Path(loaded.AuditLog, os.LookupEnv)
	if path == "" {
		dir, file := filestore.Dir(os.Getenv), configPath(c)
		if dir == "" || file == "" {
			return "", errNoPlace
		}
		return "", fmt.Errorf("the audit log is off; to turn it on, put this line at the top of %s: audit_log = '%s'",
			file, filepath.Join(dir, "audit.log"))
	}
	return path, nil
}

// printLog prints the last lines of the log at path, and goes on if that is wanted.
func printLog(c *cli.Context, path string, p *linePrinter) error {
	old, err := readLog(audit.Old(path))
	if err != nil {
		return err
	}
	tail := follow(path)
	defer tail.Close()
	now, err := tail.read()
	if errors.Is(err, fs.ErrNotExist) && len(old) == 0 && !c.Bool("follow") {
		return fmt.Errorf("audit log %s: no line has been written yet", path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := p.print(lastLines(append(old, now...), c.Int("lines"))); err != nil || !c.Bool("follow") {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return watch(ctx, followEvery, func() error {
		more, err := tail.read()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return p.print(more)
	})
}

// readLog returns the whole of a file of the log; nothing if it is not there.
func readLog(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// lastLines returns the last n lines; all if n is zero.
func lastLines(text []byte, n int) []byte {
	if n == 0 {
		return text
	}
	at := len(bytes.TrimSuffix(text, []byte("\n")))
	for ; n > 0 && at > 0; n-- {
		at = max(bytes.LastIndexByte(text[:at], '\n'), 0)
	}
	return bytes.TrimPrefix(text[at:], []byte("\n"))
}

// A linePrinter prints lines of the log for people, or as they are.
type linePrinter struct {
	screen screen.Screen
	asIs   bool
	titled bool
	day    string // of the line before
}

func newLinePrinter(s screen.Screen, asIs bool) *linePrinter {
	return &linePrinter{screen: s, asIs: asIs}
}

// print prints whole lines. One that is none, since its disk was full, is told as such.
func (p *linePrinter) print(text []byte) error {
	if p.asIs {
		_, err := p.screen.Out.Write(text)
		return err
	}
	out := bufio.NewWriter(p.screen.Out)
	s := p.screen
	s.Out = out
	for line := range bytes.Lines(text) {
		var l struct {
			audit.Line
			Milliseconds float64 `json:"ms"`
		}
		if err := json.Unmarshal(line, &l); err != nil || l.Time.IsZero() {
			fmt.Fprintf(out, "(a damaged line of %d bytes)\n", len(line))
			continue
		}
		l.Took = time.Duration(l.Milliseconds * float64(time.Millisecond))
		if err := p.row(s, &l.Line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// row prints one line, behind the date where it is another than that of the line before.
func (p *linePrinter) row(s screen.Screen, l *audit.Line) error {
	at := l.Time.Local()
	if !p.titled {
		p.titled = true
		if err := printRow(s, "TIME", "TOOL", "HOST", "VERDICT", "OUTCOME", "MS", "TOKEN"); err != nil {
			return err
		}
	}
	if day := at.Format(time.DateOnly); day != p.day {
		p.day = day
		if _, err := io.WriteString(s.Out, day+"\n"); err != nil {
			return err
		}
	}
	// The process that asked may be called anything; the protocol is what it spoke.
	tool := cmp.Or(l.Tool, l.Protocol)
	verdict := l.Verdict
	if verdict == "not stored" {
		verdict = ""
	}
	return printRow(s, at.Format(time.TimeOnly), tool, orDash(strings.TrimPrefix(l.Host, "https://")), orDash(verdict),
		l.Outcome, milliseconds(l.Took), orDash(l.Token))
}

// printRow prints a row of columns whose widths are the same in every row, since more may follow.
func printRow(s screen.Screen, cells ...string) error {
	widths := [...]int{8, 6, 0, 8, 11, 5, 8}
	table := &screen.Table{Wide: 2, Most: 14}
	row := make([]screen.Cell, len(cells))
	for i, text := range cells {
		row[i].Text = text
		table.Least = append(table.Least, widths[i])
	}
	row[5].Text = strings.Repeat(" ", max(0, widths[5]-len(cells[5]))) + cells[5]
	row[4].Color = outcomeColor(cells[4])
	table.Row(row...)
	return s.Table(table)
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64)
}

func outcomeColor(outcome string) screen.Color {
	switch outcome {
	case audit.LoginRequired, audit.Unavailable, audit.Failed:
		return screen.Bad
	case audit.Refreshed:
		return screen.Good
	}
	return screen.Plain
}
