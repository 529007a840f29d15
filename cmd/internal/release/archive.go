package release

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// archive writes the archive for a target, .zip for Windows and .tar.gz for the others, and returns its path. All
// is in one folder, which has a README of its own.
func (r *release) archive(t target, programs, shared []file) (path string, err error) {
	name := fmt.Sprintf("sesame-%s-%s-%s", r.version, t.system, t.processor)
	suffix, write := ".tar.gz", r.writeTarGz
	if t.system == "windows" {
		suffix, write = ".zip", r.writeZip
	}
	files := []file{{name: "README.txt", mode: 0o644, text: r.readme(t)}}
	files = append(append(files, programs...), shared...)
	for i := range files {
		files[i].name = name + "/" + files[i].name
	}
	out, err := os.Create(filepath.Join(r.dir, name+suffix))
	if err != nil {
		return "", err
	}
	if err = write(out, files); err != nil {
		out.Close()
		return "", fmt.Errorf("%s: %w", out.Name(), err)
	}
	return out.Name(), out.Close()
}

func (r *release) writeTarGz(out io.Writer, files []file) error {
	compressed, err := gzip.NewWriterLevel(out, r.level)
	if err != nil {
		return err
	}
	if err := writeTar(compressed, files, r.when); err != nil {
		return err
	}
	return compressed.Close()
}

// writeTar writes what every tar reads, dpkg's too: every file is root's, and as old as the commit.
func writeTar(out io.Writer, files []file, when time.Time) error {
	archive := tar.NewWriter(out)
	for _, f := range files {
		header := &tar.Header{
			Name: f.name, Mode: int64(f.mode.Perm()), ModTime: when, Uname: "root", Gname: "root",
			Typeflag: tar.TypeReg, Format: tar.FormatGNU,
		}
		var data []byte
		var err error
		switch {
		case f.mode.IsDir():
			header.Typeflag = tar.TypeDir
		case f.link != "":
			header.Typeflag, header.Linkname = tar.TypeSymlink, f.link
		default:
			if data, err = f.content(); err != nil {
				return err
			}
		}
		header.Size = int64(len(data))
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (r *release) writeZip(out io.Writer, files []file) error {
	archive := zip.NewWriter(out)
	for _, f := range files {
		data, err := f.content()
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: r.when}
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
