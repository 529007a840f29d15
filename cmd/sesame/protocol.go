package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/bazel"
	"github.com/sesame-auth/sesame/protocols/docker"
	"github.com/sesame-auth/sesame/protocols/git"
)

// protocolCommand answers a tool, as the front of the same name does: the same code, after
// the command line.
func protocolCommand(name string) *cli.Command {
	serve, deadline := bazel.Serve, 8*time.Second
	switch name {
	case "git":
		serve, deadline = git.Serve, 30*time.Second
	case "docker":
		docker.Version = core.Version
		serve, deadline = docker.Serve, 30*time.Second
	}
	return &cli.Command{
		Name:            name,
		Usage:           "answer " + name + " on stdin and stdout",
		ArgsUsage:       "OPERATION < REQUEST",
		SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return protocols.UsageError("usage: sesame " + name + " OPERATION < REQUEST")
			}
			s := settings(c)
			s.Protocol = name
			return front.Serve(s, serve, c.Args().First(), deadline)
		},
	}
}
