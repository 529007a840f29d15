package front

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/digest"
	"github.com/sesame-auth/sesame/core/fileid"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers/concat"
	"github.com/sesame-auth/sesame/providers/quote"
)

// configuration returns the path of the configuration and the routes in it. It has
// none if nobody named a file and there is none at the default path.
func configuration(ctx context.Context, s Settings, store *filestore.Store) (string, routes.Table, error) {
	path := routes.Path(s.Config, getenv)
	if path == "" {
		return "", routes.Table{}, nil
	}
	if !isAbs(path) && s.Config == "" {
		// The working directory is the tool's, often a stranger's repository.
		return "", routes.Table{}, errors.New("SESAME_CONFIG: " + path + " is not an absolute path")
	}
	if !isAbs(path) {
		dir, err := syscall.Getwd()
		if err != nil {
			return "", routes.Table{}, errors.New("configuration " + path + ": " + err.Error())
		}
		path = dir + "/" + path
	}
	identity, exists := fileid.Of(path)
	if !exists && !routes.Named(s.Config, getenv) {
		return "", routes.Table{}, nil
	}
	if !exists {
		return "", routes.Table{}, errors.New("configuration " + path + ": no such file; to make it, type: sesame --config " +
			quote.Posix(path) + " config init")
	}
	if s.Table != nil {
		table, err := s.Table(path)
		return path, table, err
	}
	table, err := compiled(ctx, path, identity, store)
	return path, table, err
}

// compiled returns the compiled form of a configuration. Reading TOML takes longer than
// everything else a front does, so the whole program does it, once for every
// change of the file.
func compiled(ctx context.Context, path, identity string, store *filestore.Store) (routes.Table, error) {
	name := concat.Strings("routes-", digest.Sum(path))
	source := Source(path, identity)
	if table, ok := stored(store, name, source); ok {
		return table, nil
	}
	// One process compiles; the others wait, and read what it stored. Without a folder
	// for the state each compiles for itself.
	if lock, err := store.Lock(ctx, name); err == nil {
		defer lock.Unlock()
		if table, ok := stored(store, name, source); ok {
			return table, nil
		}
	}
	text, err := compile(ctx, path)
	if err != nil {
		return routes.Table{}, err
	}
	table, err := routes.Open([]byte(text))
	if err != nil {
		return routes.Table{}, errors.New("configuration " + path + ": compiled: " + err.Error())
	}
	_ = store.Write(name+".table", []byte(text))
	return table, nil
}

// Source names a state of a configuration file, and the program that reads it.
func Source(path, identity string) string {
	return concat.Strings(core.Version, " ", identity, " ", path)
}

// Compiled reports whether the fronts need not have the configuration at path, which is absolute, read.
func Compiled(path string, store *filestore.Store) bool {
	identity, _ := fileid.Of(path)
	_, ok := stored(store, "routes-"+digest.Sum(path), Source(path, identity))
	return ok
}

func stored(store *filestore.Store, name, source string) (routes.Table, bool) {
	data, err := store.Map(concat.Strings(name, ".table"))
	if err != nil || data == nil {
		return routes.Table{}, false
	}
	table, err := routes.Open(data)
	return table, err == nil && table.Source() == source
}

// compile has the program beside this one read the configuration.
func compile(ctx context.Context, path string) (string, error) {
	program, err := sibling("sesame")
	if err != nil {
		return "", err
	}
	out, complaint, err := run(ctx, program, "--config", path, "compile")
	if err != nil {
		return "", err
	}
	if complaint != "" {
		return "", errors.New(strings.TrimPrefix(strings.TrimSpace(complaint), "sesame: "))
	}
	return out, nil
}
