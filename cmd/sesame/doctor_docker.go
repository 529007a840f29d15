package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// dockerHub is the name by which docker looks for the account of Docker Hub.
const dockerHub = "https://index.docker.io/v1/"

// dockerFront is the program that docker starts for the name sesame.
const dockerFront = "docker-credential-sesame"

// checkDocker looks at what docker's configuration has it call.
func checkDocker(c *checkup) (found []finding) {
	path := c.dockerConfig()
	if !filepath.IsAbs(path) {
		return []finding{good("docker's configuration is not known: " + homeVariable + " is not set")}
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return []finding{good("there is no " + path + ", so docker does not ask sesame; to change that, type: sesame setup docker")}
	}
	var config struct {
		Store   string            `json:"credsStore"`
		Helpers map[string]string `json:"credHelpers"`
	}
	if err == nil && json.Unmarshal(text, &config) != nil {
		return []finding{wrong(path+": is not what docker can read", "correct the file; sesame setup docker names the line")}
	}
	if err != nil {
		return []finding{wrong(err.Error(), "correct the file")}
	}
	asks := []string{}
	if config.Store == "sesame" {
		asks = append(asks, "every registry")
	}
	if config.Store == dockerFront || slices.Contains(slices.Collect(maps.Values(config.Helpers)), dockerFront) {
		return []finding{wrong(path+": docker puts docker-credential- before "+dockerFront+" itself", "write the name sesame there")}
	}
	for _, registry := range slices.Sorted(maps.Keys(config.Helpers)) {
		if config.Helpers[registry] == "sesame" {
			asks = append(asks, registry)
			found = append(found, c.checkRegistry(path, registry)...)
		}
	}
	if len(asks) == 0 {
		return []finding{good(path + " does not name sesame; to change that, type: sesame setup docker")}
	}
	found = append(found, c.checkCalled("docker", dockerFront)...)
	if c.getenv("DOCKER_AUTH_CONFIG") != "" {
		found = append(found, doubtful("DOCKER_AUTH_CONFIG is set: docker 28.3 and later take what is in it before they ask sesame",
			"unset DOCKER_AUTH_CONFIG"))
	}
	return append(found, good(path+" has docker ask sesame for "+strings.Join(asks, ", ")))
}

func (c *checkup) dockerConfig() string {
	dir := c.getenv("DOCKER_CONFIG")
	if dir == "" {
		dir = filepath.Join(c.getenv(homeVariable), ".docker")
	}
	return filepath.Join(dir, "config.json")
}

// checkRegistry looks at a key of credHelpers. Docker compares it to the letter with a host and port; only that of
// Docker Hub is a URL.
func (c *checkup) checkRegistry(path, registry string) []finding {
	change := "in " + path + ", change the key " + registry + " to "
	switch {
	case registry == dockerHub:
	case slices.Contains([]string{"docker.io", "index.docker.io", "registry-1.docker.io"}, registry):
		return []finding{doubtful("docker asks for Docker Hub by another name than "+registry, change+dockerHub)}
	case strings.ContainsRune(registry, '/'):
		_, host, _ := strings.Cut(registry, "://")
		host, _, _ = strings.Cut(host, "/")
		return []finding{doubtful("docker compares its keys with host and port alone, and never asks for "+registry, change+host)}
	}
	urls := []string{registry}
	if !strings.Contains(registry, "://") {
		urls = []string{"https://" + registry}
		if u, err := providers.ParseURL(urls[0]); err == nil && u.IsLoopback() {
			urls = append(urls, "http://"+registry)
		}
	}
	return c.checkServed("docker", urls...)
}

// checkServed warns where no route serves any of the URLs that a tool has been told to ask sesame for.
func (c *checkup) checkServed(tool string, urls ...string) []finding {
	if c.d == nil {
		return nil
	}
	for _, text := range urls {
		u, err := providers.ParseURL(text)
		if err == nil && c.d.Finder.Find(new(core.Query), u, "") == nil {
			return nil
		}
	}
	return []finding{doubtful(tool+" is told to ask sesame for "+urls[0]+", which no route serves",
		"add a route for it to the configuration, or take it out of "+tool+"'s")}
}

// checkCalled looks whether the program that a tool calls by its name is on PATH.
func (c *checkup) checkCalled(tool, name string) []finding {
	if len(c.onPath(name)) > 0 {
		return nil
	}
	return []finding{wrong(tool+" is told to call "+name+", which is not on PATH",
		addToPath(c.folder))}
}
