package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
)

// protocolNames are the protocols, as people name them.
var protocolNames = []string{"bazel", "git", "docker"}

// followers are what may follow a command, or an option with a value: what package cli does not know by itself.
var followers = map[string]func(*cli.Context) []string{
	"explain": routeURLs, "login": routeURLs, "logout": routeURLs, "token": routeURLs, "forget": routeURLs,
	"completion": always(shells), "man": always(programsWithPage),
	"--protocol": always(protocolNames), "--provider": providerNames,
}

func always(words []string) func(*cli.Context) []string {
	return func(*cli.Context) []string { return words }
}

// completeWords has commands, and those below them, complete what may follow them.
func completeWords(commands []*cli.Command) {
	for _, command := range commands {
		command.BashComplete = func(c *cli.Context) {
			typed := os.Args[max(0, len(os.Args)-2)]
			if words := followers[typed]; words != nil && strings.HasPrefix(typed, "--") {
				printWords(c, words(c))
				return
			}
			cli.DefaultCompleteWithFlags(command)(c)
			if words := followers[command.Name]; words != nil && c.NArg() == 0 && !strings.HasPrefix(typed, "-") {
				printWords(c, words(c))
			}
		}
		completeWords(command.Subcommands)
	}
}

// printWords prints one word a line. In zsh a colon begins its description.
func printWords(c *cli.Context, words []string) {
	for _, word := range words {
		if strings.HasSuffix(os.Getenv("0"), "zsh") { // as package cli tells
			word = strings.ReplaceAll(word, ":", `\:`)
		}
		fmt.Fprintln(c.App.Writer, word)
	}
}

// routeURLs returns the URLs that the configuration has routes for, as short as a command takes them: bash breaks
// words at a colon. A configuration with a fault has none.
func routeURLs(c *cli.Context) []string {
	loaded, _, _ := loadConfig(c)
	var all []string
	for _, route := range loaded.Routes {
		if !route.Pattern.Wildcard {
			all = append(all, strings.TrimPrefix(route.Pattern.Example().String(), "https://"))
		}
	}
	return all
}

// providerNames returns the providers that a route may name.
func providerNames(c *cli.Context) []string {
	loaded, _, _ := loadConfig(c)
	var names []string
	for _, profile := range catalog.Profiles() {
		names = append(names, profile.Name)
	}
	for _, plugin := range loaded.Plugins {
		names = append(names, plugin.Name)
	}
	return names
}
