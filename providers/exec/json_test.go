package exec

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// fields returns options that name fields, given in pairs.
func fields(pairs ...string) providers.Options {
	var options providers.Options
	for i := 0; i < len(pairs); i += 2 {
		options = append(options, stringOption("fields."+pairs[i], pairs[i+1]))
	}
	return options
}

func TestFormatJSONReadsTheFieldsThatItIsToldOf(t *testing.T) {
	nested := `{"credential":{"access_token":"t1","token_expiry":"2030-01-01T13:00:00Z","user":{"name":"ann"}}}`
	checkFormat(t, "json", []want{
		{name: "a token", stdout: `{"token":"t1"}` + "\n", token: "Bearer - t1"},
		{name: "of OAuth", stdout: `{"access_token":"t1","token_type":"bearer","expires_in":3600}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "seconds as text", stdout: `{"access_token":"t1","expires_in":"3600"}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "of Azure", stdout: `{"accessToken":"t1","expiresOn":"2030-01-01 14:00:00.000000","expires_on":1893502800,"tenant":"x"}`,
			token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "of GitHub", stdout: `{"token":"t1","expires_at":"2030-01-01T13:00:00Z","permissions":{}}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "of AWS, over lines", stdout: "{\n  \"authorizationToken\": \"t1\",\n  \"expiration\": 1893502800.123\n}\n",
			options: fields("token", "authorizationToken", "expires", "expiration"), token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "of gcloud, nested", stdout: nested, options: fields("token", "credential.access_token", "expires", "credential.token_expiry"),
			token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "a nested username", stdout: nested, options: fields("token", "credential.access_token", "username", "credential.user.name"),
			token: "Basic ann t1"},
		{name: "a username", stdout: `{"username":"ann","token":"t1"}`, token: "Basic ann t1"},
		{name: "a username and a scheme", stdout: `{"username":"ann","token":"t1"}`,
			options: providers.Options{stringOption("scheme", "Bearer")}, token: "Bearer ann t1"},
		{name: "the first of two tokens", stdout: `{"access_token":"t2","token":"t1"}`, token: "Bearer - t1"},
		{name: "a time before seconds", stdout: `{"token":"t1","expires_in":60,"expires":1893502800000}`, token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "a time before a JWT's", stdout: `{"token":"` + makeJWT(`{"exp":1893506400}`) + `","expires_at":"2030-01-01T13:00:00Z"}`,
			token: "Bearer - " + makeJWT(`{"exp":1893506400}`) + " 2030-01-01T13:00:00Z"},
		{name: "no time, a JWT", stdout: `{"token":"` + makeJWT(`{"exp":1893506400}`) + `","expires":null}`,
			token: "Bearer - " + makeJWT(`{"exp":1893506400}`) + " 2030-01-01T14:00:00Z"},
		{name: "Go's zero time, a lifetime", stdout: `{"token":"t1","expires":"0001-01-01T00:00:00Z"}`,
			options: providers.Options{stringOption("lifetime", "10m")}, token: "Bearer - t1 2030-01-01T12:10:00Z"},
		{name: "a field that an option names is null", stdout: `{"token":"t1","end":null}`, options: fields("expires", "end"), token: "Bearer - t1"},
		{name: "that account", stdout: `{"username":"ann","token":"t1"}`, username: "ann", token: "Basic ann t1"},
		{name: "for an account", stdout: `{"token":"t1"}`, username: "ann", token: "Basic ann t1"},
	})
}

func TestFormatJSONRefusesWhatItIsNotToldOf(t *testing.T) {
	checkFormat(t, "json", []want{
		{name: "another account", stdout: `{"username":"bob","token":"hunter2"}`, username: "ann", mention: "another account"},
		{name: "nothing", mention: "it printed nothing"},
		{name: "blanks", stdout: " \n", mention: "it printed nothing"},
		{name: "no JSON", stdout: "hunter2", mention: "not the JSON"},
		{name: "a text", stdout: `"hunter2"`, mention: "not a JSON object"},
		{name: "a list", stdout: `[{"token":"hunter2"}]`, mention: "not a JSON object"},
		{name: "null", stdout: `null`, mention: "not a JSON object"},
		{name: "two", stdout: `{"token":"hunter2"}{"token":"hunter2"}`, mention: "something after its answer"},
		{name: "text after it", stdout: `{"token":"hunter2"} hunter2`, mention: "something after its answer"},
		{name: "not UTF-8", stdout: "{\"token\":\"hunter2\xff\"}", mention: "not UTF-8"},
		{name: "very deep", stdout: strings.Repeat(`{"token":`, 20000), mention: "not the JSON"},
		{name: "no token", stdout: `{"Token":"hunter2"}`, mention: "want one of the fields token, access_token, accessToken"},
		{name: "an empty token", stdout: `{"token":""}`, mention: "has no token"},
		{name: "a number for a token", stdout: `{"token":1}`, mention: "field for token is not a string"},
		{name: "an object for a token", stdout: `{"token":{"value":"hunter2"}}`, mention: "field for token is not a string"},
		{name: "a misspelt field", stdout: `{"token":"hunter2"}`, options: fields("token", "tokn"), mention: "the field that the option fields.token names"},
		{name: "a misspelt expiry", stdout: `{"token":"hunter2","expires":1}`, options: fields("expires", "end.at"), mention: "the option fields.expires names"},
		{name: "a path through a text", stdout: `{"token":"hunter2"}`, options: fields("token", "token.value"), mention: "the option fields.token names"},
		{name: "an expiry that is no time", stdout: `{"token":"hunter2","expires":"soon"}`, mention: "expires is not a time"},
		{name: "an expiry without a zone", stdout: `{"token":"hunter2","expires":"2030-01-01T13:00:00"}`, mention: "expires is not a time"},
		{name: "seconds in the place of a time", stdout: `{"token":"hunter2","expires":3600}`, mention: "expires is not a time"},
		{name: "true for a time", stdout: `{"token":"hunter2","expires":true}`, mention: "expires is neither a number nor a string"},
		{name: "no seconds", stdout: `{"token":"hunter2","expires_in":"1h"}`, mention: "expires_in is not a number of seconds"},
		{name: "zero seconds", stdout: `{"token":"hunter2","expires_in":0}`, mention: "expires_in is not a number of seconds"},
		{name: "fewer", stdout: `{"token":"hunter2","expires_in":-5}`, mention: "expires_in is not a number of seconds"},
		{name: "far too many", stdout: `{"token":"hunter2","expires_in":1e300}`, mention: "expires_in is not a number of seconds"},
		{name: "an expiry that has passed", stdout: `{"token":"hunter2","expires":"2030-01-01T12:00:00Z"}`, mention: "its token expired at 2030-01-01T12:00:00Z"},
		{name: "a line end in the token", stdout: `{"token":"hunter2\n"}`, mention: "control character"},
	})
}
