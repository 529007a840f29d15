package exec

import (
	"testing"
	"time"
)

// A time that is misread makes a token look good that is not, or a refresh of every call.
func TestParseTimeReadsWhatIssuersWrite(t *testing.T) {
	inAnHour := time.Date(2030, 1, 1, 13, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"2030-01-01T13:00:00Z", "2030-01-01T15:00:00+02:00", "2030-01-01T13:00:00.999999999Z", "2030-01-01T08:00:00.5-05:00",
		"2030-01-01T13:00:00+0000", "2030-01-01T15:00:00+0200", "Tue, 01 Jan 2030 13:00:00 GMT", "Tue, 01 Jan 2030 14:00:00 +0100",
		"1893502800", "1893502800.999", "1893502800000", "1893502800999", "1893502800999.5", "1.8935028e9",
	} {
		if got, ok := parseTime(text); !ok || !got.Equal(inAnHour) {
			t.Errorf("%s: got %v, %v, want %v", text, got, ok, inAnHour)
		}
	}
	if got, ok := parseTime("0001-01-01T00:00:00Z"); !ok || !got.IsZero() {
		t.Errorf("Go's zero time: got %v, %v", got, ok)
	}
	for _, row := range []struct {
		text string
		want time.Time
	}{
		{"100000000", time.Unix(1e8, 0)}, {"99999999999", time.Unix(99999999999, 0)}, {"100000000000", time.Unix(1e8, 0)},
		{"253402300799000", time.Unix(maxTime, 0)}, {"9999-12-31T23:59:59Z", time.Unix(maxTime, 0)},
	} {
		if got, ok := parseTime(row.text); !ok || !got.Equal(row.want) {
			t.Errorf("%s, the edge: got %v, %v, want %v", row.text, got, ok, row.want)
		}
	}
}

// A wrong guess of a zone is off by hours, and a number that is no time by decades.
func TestParseTimeRefusesWhatItWouldHaveToGuess(t *testing.T) {
	for _, text := range []string{
		"", " ", "soon", "2030-01-01", "2030-01-01 13:00:00", "2030-01-01T13:00:00", "2030-01-01T13:00Z", "20300101T130000Z",
		"Tue, 01 Jan 2030 13:00:00 PST", "Tue Jan  1 13:00:00 2030", "2030-13-01T13:00:00Z", "1893502800s", "-1893502800", "+1893502800",
		"0", "3600", "99999999", "253402300800000", "1893502800000000", "1e400", "0x70DBD8D0", "1_893_502_800", "inf", "NaN", "e", "1e", "--1",
		"1970-01-01T00:00:00Z", "1973-03-03T09:46:39Z", "0001-01-01T00:00:01Z",
	} {
		if got, ok := parseTime(text); ok {
			t.Errorf("%q: got %v, want none", text, got)
		}
	}
}

func TestParseSecondsReadsALifetime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1": time.Second, "3600": time.Hour, "3600.9": time.Hour, "1e3": 1000 * time.Second, "1000000000": 1e9 * time.Second,
	} {
		if got, ok := parseSeconds(text); !ok || got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "0", "0.9", "-1", "1h", "1000000001", "1e300", "NaN", "inf", " 1"} {
		if got, ok := parseSeconds(text); ok {
			t.Errorf("%q: got %v, want none", text, got)
		}
	}
}

// The core goes by both: a life that began elsewhere says how late a refresh may be.
func TestTokenHasTheTimesOfAJWTTogether(t *testing.T) {
	s := settingsOf(t, "token")
	token, err := s.readAt(noon, "", makeJWT(`{"iat":1893498000,"exp":1893502800}`))
	if err != nil || !token.Issued.Equal(noon.Add(-20*time.Minute)) || !token.Expires.Equal(noon.Add(time.Hour)) {
		t.Errorf("token %+v, error %v", token, err)
	}
	if token, err = s.readAt(noon, "", makeJWT(`{"iat":1893498000}`)); err != nil || !token.Issued.IsZero() {
		t.Errorf("without an end: token %+v, error %v", token, err)
	}
}
