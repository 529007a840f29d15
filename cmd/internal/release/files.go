package release

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"time"
)

// A file is one file of a release: where it is now, and its name in an archive.
type file struct {
	from, name string
	mode       os.FileMode
}

// programs builds every program for the target.
func (t target) programs(dir string) ([]file, error) {
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", dir+"/", "./cmd/...", "./plugins/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.system, "GOARCH="+t.processor)
	fmt.Println("+ build for", t.system, t.processor)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build for %s/%s: %w: %s", t.system, t.processor, err, out)
	}
	entries, err := os.ReadDir(dir)
	var files []file
	for _, entry := range entries {
		files = append(files, file{filepath.Join(dir, entry.Name()), "bin/" + entry.Name(), 0o755})
	}
	return files, err
}

// sharedFiles makes the files that are the same for every target: manual pages, completions, texts.
func sharedFiles(dir string) ([]file, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	program := filepath.Join(dir, "sesame")
	if _, err := output("go", "build", "-o", program, "./cmd/sesame"); err != nil {
		return nil, err
	}
	var files []file
	add := func(name string, args ...string) error {
		text, err := output(program, args...)
		if err != nil {
			return err
		}
		from := filepath.Join(dir, path.Base(name))
		files = append(files, file{from, name, 0o644})
		return os.WriteFile(from, []byte(text), 0o644)
	}
	for _, page := range []string{"sesame", "bazel-credential-sesame", "docker-credential-sesame", "git-credential-sesame"} {
		if err := add("share/man/man1/"+page+".1", "man", page); err != nil {
			return nil, err
		}
	}
	for name, shell := range map[string]string{
		"share/bash-completion/completions/sesame": "bash", "share/zsh/vendor-completions/_sesame": "zsh",
		"share/fish/vendor_completions.d/sesame.fish": "fish",
	} {
		if shell == "bash" {
			continue // its file has the program's own name: below
		}
		if err := add(name, "completion", shell); err != nil {
			return nil, err
		}
	}
	bash := filepath.Join(dir, "bash")
	text, err := output(program, "completion", "bash")
	if err != nil {
		return nil, err
	}
	files = append(files, file{bash, "share/bash-completion/completions/sesame", 0o644})
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		files = append(files, file{name, "share/doc/sesame/" + name, 0o644})
	}
	return files, os.WriteFile(bash, []byte(text), 0o644)
}

// archive writes name.tar.gz, or name.zip for Windows.
func archive(name string, files []file, when time.Time, windows bool) (err error) {
	suffix, write := ".tar.gz", writeTar
	if windows {
		suffix, write = ".zip", writeZip
	}
	out, err := os.Create(name + suffix)
	if err != nil {
		return err
	}
	if err = write(out, filepath.Base(name)+"/", files, when); err != nil {
		out.Close()
		return fmt.Errorf("%s: %w", out.Name(), err)
	}
	return out.Close()
}

func writeTar(out io.Writer, root string, files []file, when time.Time) error {
	compressed := gzip.NewWriter(out)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		data, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Name: root + f.name, Size: int64(len(data)), Mode: int64(f.mode), ModTime: when, Format: tar.FormatPAX,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func writeZip(out io.Writer, root string, files []file, when time.Time) error {
	archive := zip.NewWriter(out)
	for _, f := range files {
		data, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: root + f.name, Method: zip.Deflate, Modified: when}
		header.SetMode(f.mode)
		w, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}
