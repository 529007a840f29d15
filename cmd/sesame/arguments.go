package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst returns the arguments of the program in the order that the library reads: each option before what is no
// option, since people type "sesame explain URL --json". Those of the whole program may stand behind a command too.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) == 0 || args[len(args)-1] == "--generate-bash-completion" {
		return args
	}
	s := sorter{global: app.Flags}
	s.sort(args[1:], app.Flags, app.Commands)
	return slices.Concat(args[:1], s.hoisted, s.sorted)
}

// A sorter sorts arguments. Hoisted are the options of the whole program, sorted is all else.
type sorter struct {
	global          []cli.Flag
	hoisted, sorted []string
}

// sort sorts the arguments behind a command that has flags, and perhaps commands below it.
func (s *sorter) sort(args []string, flags []cli.Flag, below []*cli.Command) {
	var own, unknown, rest []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			if command := commandNamed(below, arg); command != nil && len(rest) == 0 {
				s.sorted = append(append(s.sorted, own...), arg)
				if command.SkipFlagParsing { // what follows is a tool's
					s.sorted = slices.Concat(s.sorted, unknown, args[i+1:])
					return
				}
				s.sort(slices.Concat(unknown, args[i+1:]), command.Flags, command.Subcommands)
				return
			}
			rest = append(rest, arg)
			continue
		}
		words := args[i : i+1]
		flag, to := flagNamed(flags, arg), &own
		if flag == nil {
			if flag, to = flagNamed(s.global, arg), &s.hoisted; flag == nil {
				to = &unknown
			}
		}
		wants := takesValue(flag) && !strings.Contains(arg, "=")
		if wants && i+1 == len(args) {
			rest = nil // or the first of them would be its value
		} else if wants {
			i++
			words = args[i-1 : i+1]
		}
		*to = append(*to, words...)
	}
	s.sorted = slices.Concat(s.sorted, own, unknown, rest)
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(name) })
	if i < 0 {
		return nil
	}
	return commands[i]
}

// flagNamed returns the flag that an argument is for; nil if there is none.
func flagNamed(flags []cli.Flag, arg string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	i := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 {
		return nil
	}
	return flags[i]
}

func takesValue(flag cli.Flag) bool {
	f, ok := flag.(cli.DocGenerationFlag)
	return ok && f.TakesValue()
}
