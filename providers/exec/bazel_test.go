package exec

import "testing"

func TestFormatBazelTakesTheHeaderApart(t *testing.T) {
	inAnHour := makeJWT(`{"exp":1893502800}`)
	checkFormat(t, "bazel", []want{
		{name: "Bearer", stdout: `{"headers":{"Authorization":["Bearer t1"]}}` + "\n", token: "Bearer - t1"},
		{name: "in small letters", stdout: `{"headers":{"authorization":["bearer t1"]}}`, token: "Bearer - t1"},
		{name: "another scheme", stdout: `{"headers":{"Authorization":["token t1"]}}`, token: "token - t1"},
		{name: "blanks around it", stdout: `{"headers":{"Authorization":["  Bearer   t1 "]}}`, token: "Bearer - t1"},
		{name: "an expiry", stdout: `{"headers":{"Authorization":["Bearer t1"]},"expires":"2030-01-01T15:00:00+02:00"}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "an expiry with a fraction", stdout: `{"expires":"2030-01-01T13:00:00.999Z","headers":{"Authorization":["Bearer t1"]}}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "Go's zero time", stdout: `{"headers":{"Authorization":["Bearer t1"]},"expires":"0001-01-01T00:00:00Z"}`, token: "Bearer - t1"},
		{name: "null for an expiry", stdout: `{"headers":{"Authorization":["Bearer t1"]},"expires":null}`, token: "Bearer - t1"},
		{name: "a JWT", stdout: `{"headers":{"Authorization":["Bearer ` + inAnHour + `"]}}`, token: "Bearer - " + inAnHour + " 2030-01-01T13:00:00Z"},
		{name: "other headers beside it", stdout: `{"headers":{"X-Team":["a"],"Authorization":["Bearer t1"]},"more":{"x":[1]}}`, token: "Bearer - t1"},
		{name: "the same twice", stdout: `{"headers":{"Authorization":["Bearer t1"],"authorization":["Bearer t1"]}}`, token: "Bearer - t1"},
		{name: "Basic", stdout: `{"headers":{"Authorization":["Basic YW5uOnQxOng="]}}`, token: "Basic ann t1:x"},
		{name: "Basic without a username", stdout: `{"headers":{"Authorization":["basic OnQx"]}}`, token: "Basic - t1"},
		{name: "Basic for that account", stdout: `{"headers":{"Authorization":["Basic YW5uOnQx"]}}`, username: "ann", token: "Basic ann t1"},
		{name: "Bearer for an account", stdout: `{"headers":{"Authorization":["Bearer t1"]}}`, username: "ann", token: "Bearer ann t1"},
		{name: "an empty object", stdout: `{}`, mention: nothings},
		{name: "no headers", stdout: `{"headers":{}}`, mention: nothings},
		{name: "null for headers", stdout: `{"headers":null,"expires":null}`, mention: nothings},
		{name: "a header without a value", stdout: `{"headers":{"Authorization":[]}}`, mention: nothings},
	})
}

func TestFormatBazelRefusesWhatNoOtherToolCanBeGiven(t *testing.T) {
	checkFormat(t, "bazel", []want{
		{name: "other headers only", stdout: `{"headers":{"X-Api-Key":["hunter2"]}}`, mention: "other headers than Authorization only"},
		{name: "two tokens", stdout: `{"headers":{"Authorization":["Bearer hunter2","Bearer hunter3"]}}`, mention: "more than one header"},
		{name: "two names", stdout: `{"headers":{"Authorization":["Bearer hunter2"],"authorization":["Bearer hunter3"]}}`, mention: "more than one header"},
		{name: "no scheme", stdout: `{"headers":{"Authorization":["hunter2"]}}`, mention: "does not begin with a scheme"},
		{name: "an empty value", stdout: `{"headers":{"Authorization":[""]}}`, mention: "does not begin with a scheme"},
		{name: "a scheme alone", stdout: `{"headers":{"Authorization":["Bearer "]}}`, mention: "does not begin with a scheme"},
		{name: "no scheme's name", stdout: `{"headers":{"Authorization":["Bear/er hunter2"]}}`, mention: "does not begin with a scheme"},
		{name: "parameters", stdout: `{"headers":{"Authorization":["Digest username=\"ann\", response=\"hunter2\""]}}`, mention: "white space"},
		{name: "Basic that is not base64", stdout: `{"headers":{"Authorization":["Basic hunter2"]}}`, mention: "not username:password in base64"},
		{name: "Basic without a colon", stdout: `{"headers":{"Authorization":["Basic aHVudGVyMg=="]}}`, mention: "not username:password in base64"},
		{name: "Basic with a line end", stdout: `{"headers":{"Authorization":["Basic YTpiCg=="]}}`, mention: "control character"},
		{name: "Basic of another account", stdout: `{"headers":{"Authorization":["Basic Ym9iOnQx"]}}`, username: "ann", mention: "another account"},
		{name: "Basic without a password", stdout: `{"headers":{"Authorization":["Basic YW5uOg=="]}}`, mention: "its token is empty"},
		{name: "a line end", stdout: `{"headers":{"Authorization":["Bearer hunter2\nX-Evil: 1"]}}`, mention: "control character"},
		{name: "an expiry that has passed", stdout: `{"headers":{"Authorization":["Bearer hunter2"]},"expires":"2030-01-01T12:00:00Z"}`, mention: "its token expired"},
		{name: "the year 1970", stdout: `{"headers":{"Authorization":["Bearer hunter2"]},"expires":"1970-01-01T00:00:00Z"}`, mention: "its expires is not a time"},
		{name: "no time", stdout: `{"headers":{"Authorization":["Bearer hunter2"]},"expires":"tomorrow"}`, mention: "its expires is not a time"},
		{name: "a number for a time", stdout: `{"headers":{"Authorization":["Bearer hunter2"]},"expires":1893502800}`, mention: "not the JSON"},
		{name: "a string for a header", stdout: `{"headers":{"Authorization":"Bearer hunter2"}}`, mention: "not the JSON"},
		{name: "nothing", mention: "it printed nothing"},
		{name: "a line before it", stdout: "INFO\n{}", mention: "not the JSON"},
		{name: "two answers", stdout: "{}{}", mention: "something after its answer"},
	})
}
