package release

import (
	"bytes"
	"compress/gzip"
	"crypto/md5" // #nosec G501 -- deb-md5sums(5) wants it, against accidents only
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// private is where a package has the programs. They look for one another in their own folder; the PATH has links to those that
// tools and people start, and not to the plugins.
const private = "usr/libexec/sesame/"

// debian writes the Debian package (deb(5)) for one processor, and returns its path: the programs, where the tools find them;
// manual pages and completions where man and the shells look.
func (r *release) debian(processor string, programs, shared []file) (path string, err error) {
	version := strings.Replace(r.version, "-", "~", 1)
	files, err := r.installed(version, programs, shared)
	if err != nil {
		return "", err
	}
	control, err := controlFiles(version, processor, files)
	if err != nil {
		return "", err
	}
	out, err := os.Create(filepath.Join(r.dir, "sesame_"+version+"_"+processor+".deb"))
	if err != nil {
		return "", err
	}
	if err := r.writeDeb(out, control, files); err != nil {
		out.Close()
		return "", fmt.Errorf("%s: %w", out.Name(), err)
	}
	return out.Name(), out.Close()
}

// installed returns everything that the package installs, folders included.
func (r *release) installed(version string, programs, shared []file) ([]file, error) {
	var files []file
	for _, f := range programs {
		name := path.Base(f.name)
		f.name = private + name
		files = append(files, f)
		if !strings.HasPrefix(name, "sesame-provider-") {
			files = append(files, file{name: "usr/bin/" + name, mode: 0o777, link: "../libexec/sesame/" + name})
		}
	}
	shared = append(slices.Clone(shared),
		file{name: docs + "copyright", mode: 0o644, text: r.copyright()},
		file{name: docs + "changelog", mode: 0o644, text: r.changelog(version)},
		file{name: "share/lintian/overrides/sesame", mode: 0o644, text: overrides})
	for _, f := range shared {
		f.name = "usr/" + f.name
		switch path.Base(f.name) {
		case "LICENSE": // it is in every Debian, and copyright says where
			continue
		case "sesame.1", "changelog", "CHANGELOG.md", "THIRD-PARTY-LICENSES":
			f.name += ".gz"
		default:
			if strings.HasPrefix(f.name, "usr/share/man/") {
				f.name += ".gz"
			}
		}
		if strings.HasSuffix(f.name, ".gz") {
			if err := f.compress(); err != nil {
				return nil, err
			}
		}
		files = append(files, f)
	}
	return withFolders(files), nil
}

// compress replaces a file's content by its compressed form, in which there is no name and no time.
func (f *file) compress() error {
	data, err := f.content()
	if err != nil {
		return err
	}
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	f.from = ""
	err = w.Close()
	f.text = compressed.String()
	return err
}

// withFolders adds the folders of files, each before what is in it, and has all names begin with "./", as dpkg writes them.
func withFolders(files []file) []file {
	known := map[string]bool{".": true}
	all := []file{{name: "./", mode: fs.ModeDir | 0o755}}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	for _, f := range files {
		var missing []string
		for dir := path.Dir(f.name); !known[dir]; dir = path.Dir(dir) {
			known[dir] = true
			missing = append(missing, dir)
		}
		for _, dir := range slices.Backward(missing) {
			all = append(all, file{name: "./" + dir + "/", mode: fs.ModeDir | 0o755})
		}
		f.name = "./" + f.name
		all = append(all, f)
	}
	return all
}

// controlFiles returns what dpkg is told about the package.
func controlFiles(version, processor string, files []file) ([]file, error) {
	var digests strings.Builder
	size := 0
	for _, f := range files {
		if f.mode.IsDir() || f.link != "" {
			size++
			continue
		}
		data, err := f.content()
		if err != nil {
			return nil, err
		}
		size += (len(data) + 1023) / 1024
		fmt.Fprintf(&digests, "%x  %s\n", md5.Sum(data), strings.TrimPrefix(f.name, "./")) // #nosec G401 -- as above
	}
	return []file{
		{name: "./", mode: fs.ModeDir | 0o755},
		{name: "./control", mode: 0o644, text: fmt.Sprintf(control, version, processor, size)},
		{name: "./md5sums", mode: 0o644, text: digests.String()},
	}, nil
}

// writeDeb writes the three members of a package.
func (r *release) writeDeb(out io.Writer, control, files []file) error {
	members := []struct {
		name string
		data bytes.Buffer
	}{{name: "debian-binary"}, {name: "control.tar.gz"}, {name: "data.tar.gz"}}
	members[0].data.WriteString("2.0\n")
	if err := r.writeTarGz(&members[1].data, control); err != nil {
		return err
	}
	if err := r.writeTarGz(&members[2].data, files); err != nil {
		return err
	}
	if _, err := io.WriteString(out, "!<arch>\n"); err != nil {
		return err
	}
	for i := range members {
		m := &members[i]
		size := m.data.Len()
		if size%2 == 1 { // members begin at even offsets
			m.data.WriteByte('\n')
		}
		// ar(5): name, time, owner, group, mode in octal, size.
		_, err := fmt.Fprintf(out, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", m.name, r.when.Unix(), 0, 0, 0o100644, size)
		if err != nil {
			return err
		}
		if _, err := m.data.WriteTo(out); err != nil {
			return err
		}
	}
	return nil
}
