package exec

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/exec/profile"
)

// bazelRequest writes the request of Bazel's credential helpers, without a line end, as
// Bazel does.
func bazelRequest(a ask) string {
	if a.url.Path == "" {
		a.url.Path = "/"
	}
	request, _ := json.Marshal(map[string]string{"uri": a.url.String()}) // strings cannot fail
	return string(request)
}

// readBazel reads the format bazel. Of the headers only Authorization can be handed to other
// tools; others beside it are dropped.
func readBazel(_ ask, r reply) (answer, error) {
	var got struct {
		Headers map[string][]string `json:"headers"`
		Expires string              `json:"expires"`
	}
	if err := decode(r.stdout, &got); err != nil {
		return answer{}, err
	}
	header, err := authorization(got.Headers)
	if err != nil {
		return answer{}, err
	}
	a, err := takeApart(header)
	if err == nil && got.Expires != "" {
		a.expires, err = rfc3339(got.Expires)
	}
	return a, err
}

// rfc3339 reads an expiry.
func rfc3339(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	t, ok := believe(t)
	if err != nil || !ok {
		return time.Time{}, errors.New("its expires is not a time of RFC 3339")
	}
	return t, nil
}

// authorization returns the value of the header Authorization.
func authorization(headers map[string][]string) (value string, err error) {
	var values []string
	others := 0
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		switch {
		case strings.EqualFold(name, "Authorization"):
			values = append(values, headers[name]...)
		case len(headers[name]) > 0:
			others++
		}
	}
	switch values = slices.Compact(values); {
	case len(values) == 1:
		return values[0], nil
	case len(values) > 1:
		return "", errors.New("its answer has more than one header Authorization")
	case others > 0:
		return "", errors.New("its answer has other headers than Authorization only, which no other tool can be given")
	}
	return "", errNothing
}

// takeApart takes the value of a header Authorization apart (RFC 9110, section 11.6.2).
func takeApart(header string) (answer, error) {
	scheme, value, ok := strings.Cut(strings.Trim(header, " \t"), " ")
	value = strings.Trim(value, " \t")
	switch {
	case !ok || !profile.IsScheme(scheme):
		return answer{}, errors.New("its header Authorization does not begin with a scheme such as Bearer")
	case strings.EqualFold(scheme, providers.Basic):
		return basic(value)
	case strings.EqualFold(scheme, providers.Bearer):
		scheme = providers.Bearer
	}
	return answer{value: value, scheme: scheme}, nil
}

// basic takes apart what the scheme Basic carries (RFC 7617, section 2).
func basic(credentials string) (answer, error) {
	text, err := base64.StdEncoding.DecodeString(credentials)
	username, password, ok := strings.Cut(string(text), ":")
	if err != nil || !ok {
		return answer{}, errors.New("its credentials for the scheme Basic are not username:password in base64")
	}
	return answer{username: username, value: password, scheme: providers.Basic}, nil
}
