package core

import (
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// fullRecord has something in every field.
func fullRecord() *Record {
	return &Record{
		Token: &providers.Token{
			Username: "robot", Value: providers.NewSecret(strings.Repeat("T", 800)), Scheme: "Bearer",
			Issued: start, Expires: start.Add(time.Hour), State: providers.NewSecret("s\n\"\\\x00\xff"),
		},
		Obtained: start.Add(1), Sources: []string{"a.b "}, Refused: []string{"f", "g"}, Quick: 2,
		Attempt: start.Add(2), Intent: start.Add(3), Host: "https://h.test:8443",
		Failure: &Failure{
			Err:   providers.Error{Kind: providers.ErrLoginRequired, Message: "m", Repair: "r", RetryAfter: 5},
			Count: 3, At: start.Add(4), Next: start.Add(5), Interrupted: start.Add(6),
		},
	}
}

// A field that is written and not read is a promise that the next process breaks.
func TestRecordSurvivesItsText(t *testing.T) {
	text := string(fullRecord().Encode("k"))
	got, err := DecodeRecord(text, "k")
	if err != nil {
		t.Fatal(err)
	}
	if again := string(got.Encode("k")); again != text {
		t.Errorf("got\n%s\nwant\n%s", again, text)
	}
	if !got.Token.State.Equal(fullRecord().Token.State) {
		t.Error("the state changed")
	}
}

func TestRecordOfAnotherKeyOrCutAnywhereIsDamaged(t *testing.T) {
	text := string(fullRecord().Encode("k"))
	if _, err := DecodeRecord(text, "other"); err == nil {
		t.Error("a record of another key was read")
	}
	for n := range len(text) {
		if _, err := DecodeRecord(text[:n], "k"); err == nil {
			t.Fatalf("cut to %d of %d bytes it was read", n, len(text))
		}
	}
}

// An older sesame must read what a newer one of the same format adds.
func TestRecordWithAnUnknownFieldIsRead(t *testing.T) {
	text := strings.Replace(string(fullRecord().Encode("k")), "end\n", "colour \"red\"\nend\n", 1)
	if _, err := DecodeRecord(text, "k"); err != nil {
		t.Error(err)
	}
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(string(fullRecord().Encode("k")))
	f.Add(string((&Record{}).Encode("k")))
	f.Add("sesame token 1\nkey \"k\"\nexpires -1\nvalue \"\\u0000\"\nend\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := DecodeRecord(text, "k")
		if err != nil {
			if strings.Contains(err.Error(), "T") {
				t.Errorf("the error %q repeats the text", err)
			}
			return
		}
		again, err := DecodeRecord(string(r.Encode("k")), "k")
		if err != nil {
			t.Fatalf("what it encodes to cannot be read: %v", err)
		}
		if string(again.Encode("k")) != string(r.Encode("k")) {
			t.Error("its text is not stable")
		}
	})
}

func TestJobAndMessageSurviveTheirText(t *testing.T) {
	job := Job{
		Version: "1", Key: "k", URL: "https://h/p", Username: "u\n",
		Tolerance: time.Minute, Forced: time.Unix(0, start.UnixNano()),
	}
	if got, err := DecodeJob(string(job.Encode())); err != nil || got != job {
		t.Errorf("got %+v and %v, want %+v", got, err, job)
	}
	message := Message{Refusal: "no", Warning: "w", Record: fullRecord()}
	got, err := DecodeMessage(string(message.Encode("k")), "k")
	if err != nil || got.Refusal != "no" || got.Warning != "w" ||
		string(got.Record.Encode("k")) != string(message.Record.Encode("k")) {
		t.Errorf("got %+v and %v", got, err)
	}
	for _, text := range []string{"", "sesame job 1\n", "sesame outcome 1\nrecord \"x\"\nend\n"} {
		if _, err := DecodeJob(text); err == nil {
			t.Errorf("read the job %q", text)
		}
		if _, err := DecodeMessage(text, "k"); err == nil {
			t.Errorf("read the message %q", text)
		}
	}
}

func TestOnlyTheNewestRefusalsAreKept(t *testing.T) {
	var r Record
	for i := range 2 * maxRefused {
		r.Refuse(providers.NewSecret(strings.Repeat("x", i+1)))
	}
	if len(r.Refused) != maxRefused || !r.IsRefused(providers.NewSecret(strings.Repeat("x", 2*maxRefused))) {
		t.Errorf("kept %d, and the newest %v", len(r.Refused), r.Refused)
	}
}

func BenchmarkDecodeRecord(b *testing.B) {
	r := fullRecord()
	r.Failure, r.Refused = nil, nil
	text := string(r.Encode("k"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeRecord(text, "k"); err != nil {
			b.Fatal(err)
		}
	}
}

// To judge is arithmetic, and allocates nothing.
func BenchmarkDecide(b *testing.B) {
	r, p := tokenOf(time.Hour), Policy{Tolerance: 5 * time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		if action, _ := p.Decide(r, start, time.Time{}); action != Serve {
			b.Fatal(action)
		}
	}
}

// From the URL to the key, without the look into the configuration's routes.
func BenchmarkFind(b *testing.B) {
	f := Finder{
		Getenv: func(string) string { return "" },
		Profiles: []providers.Profile{{
			Name:      "issuer",
			Serves:    func(providers.URL, func(string) string) bool { return true },
			Variables: func(providers.URL, providers.Options) []string { return []string{"A", "B"} },
		}},
	}
	u, err := providers.ParseURL("https://git.example.com/team")
	if err != nil {
		b.Fatal(err)
	}
	var q Query
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Find(&q, u, ""); err != nil {
			b.Fatal(err)
		}
	}
}
