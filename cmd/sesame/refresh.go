package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

const (
	// refreshLimit bounds one refresh. It is longer than a front waits: a slow issuer's
	// answer is still kept.
	refreshLimit = 60 * time.Second
	// maxJob bounds the job, in bytes.
	maxJob = 1 << 20
)

// refreshCommand does one refresh for a front, under the lock that it inherits.
func refreshCommand() *cli.Command {
	return &cli.Command{
		Name: "refresh", Hidden: true,
		Action: func(c *cli.Context) error {
			outcome := inheritOutcome()
			text, err := protocols.ReadAll(os.Stdin, maxJob)
			if err != nil {
				return err
			}
			job, err := core.DecodeJob(string(text))
			if err != nil {
				return protocols.UsageError("refresh: the job is " + err.Error() +
					"; this command is started by sesame itself")
			}
			if refusal := refresh(c, job, outcome); refusal != "" {
				_, err = outcome.Write(core.Message{Refusal: refusal}.Encode(job.Key))
			}
			return err
		},
	}
}

// refresh does the job, and tells the outcome. It returns why it did not.
func refresh(c *cli.Context, job core.Job, outcome *os.File) (refusal string) {
	if job.Version != core.Version {
		return "version " + core.Version + " was started by version " + job.Version +
			"; install both from one release"
	}
	path := c.String("config")
	finder := core.Finder{Profiles: catalog.Profiles(), Getenv: os.Getenv}
	if path != "" {
		var err error
		if finder.Routes, err = table(path); err != nil {
			return err.Error()
		}
	}
	q, err := job.Query(finder)
	if err != nil {
		return err.Error()
	}
	if q.Key != job.Key {
		return "the configuration has changed; try again"
	}
	ctx, cancel := context.WithTimeout(c.Context, refreshLimit)
	defer cancel()
	store := &filestore.Store{Dir: filestore.Dir(os.Getenv)}
	lock, err := takeLock(ctx, c.Args().First(), store, job, outcome)
	if errors.Is(err, errDone) {
		return "" // the front finds it in the store
	}
	if err != nil {
		return err.Error()
	}
	if job.Call != "" {
		_, err := outcome.Write(callKeeper(ctx, q, job, finder.Routes).Encode(job.Key))
		return refusalOf(err)
	}
	refresher := core.Refresher{
		Store: store, Getenv: os.Getenv, Random: rand.Float64,
		Open: func(ctx context.Context, q *core.Query) (providers.Provider, io.Closer, error) {
			return open(ctx, q, finder.Routes)
		},
		Done: func(result core.Outcome) {
			lock.Free()
			message := core.Message{Warning: result.Warning}
			if result.Unsaved {
				message.Record = result.Record
			}
			_, _ = outcome.Write(message.Encode(job.Key))
			_ = outcome.Close()
		},
	}
	refresher.Refresh(ctx, q, job.Forced)
	return ""
}

func refusalOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// open starts the provider's plugin: the one that the configuration names, else the one
// beside this program.
func open(ctx context.Context, q *core.Query, table routes.Table) (providers.Provider, io.Closer, error) {
	provider, err := openPlugin(ctx, q, table)
	if err != nil {
		return nil, nil, err // not a nil *host.Provider
	}
	return provider, provider, nil
}

// openPlugin is open for what only a plugin can do.
func openPlugin(ctx context.Context, q *core.Query, table routes.Table) (*host.Provider, error) {
	plugin := host.Plugin{Name: q.Profile.Name, Log: newLog().Named(q.Profile.Name)}
	if named, ok := table.Plugin(q.Profile.Name); ok {
		plugin.Path, plugin.SHA256 = named.Path, named.SHA256
	} else {
		executable, err := os.Executable()
		if err != nil {
			return nil, err
		}
		plugin.Path = filepath.Join(filepath.Dir(executable), "sesame-provider-"+q.Profile.Name+extension)
	}
	for _, name := range append(providers.CommonVariables(), q.Variables()...) {
		if value, ok := os.LookupEnv(name); ok {
			plugin.Env = append(plugin.Env, name+"="+value)
		}
	}
	return host.Open(ctx, plugin)
}
