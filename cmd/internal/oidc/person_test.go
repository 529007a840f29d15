//go:build linux

package oidc

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A person logs in by the forms of the server's pages, without a browser.
type person struct {
	t      *testing.T
	client http.Client
}

func newPerson(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, client: http.Client{Jar: jar, Timeout: patience}}
}

// visit opens a page, and sends its form as it is, with a name and a password where there are fields for
// them; then that of the next page, until one has none. It does not end with the login, which may have its
// token before the last page is there.
func (p *person) visit(_ context.Context, page string) {
	ctx := p.t.Context()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	for pages := 0; err == nil && request != nil && pages < 10; pages++ {
		request, err = p.next(ctx, request)
	}
	if err != nil || request != nil {
		p.t.Errorf("the person at %s: %v", page, err)
	}
}

var (
	formPattern  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)".*?</form>`)
	inputPattern = regexp.MustCompile(`<input[^>]*>`)
	namePattern  = regexp.MustCompile(`name="([^"]*)"`)
	valuePattern = regexp.MustCompile(`value="([^"]*)"`)
)

// next opens a page and returns the request that its form makes; nil if it has none.
func (p *person) next(ctx context.Context, request *http.Request) (*http.Request, error) {
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	form := formPattern.FindStringSubmatch(string(text))
	if err != nil || form == nil {
		if response.StatusCode != http.StatusOK {
			p.t.Errorf("%s: %s: %s", response.Request.URL.Redacted(), response.Status, text)
		}
		return nil, err
	}
	action, err := response.Request.URL.Parse(html.UnescapeString(form[1]))
	if err != nil {
		return nil, err
	}
	fields := url.Values{}
	for _, input := range inputPattern.FindAllString(form[0], -1) {
		fields.Set(attribute(namePattern, input), attribute(valuePattern, input))
	}
	for _, field := range []string{"login", "password"} {
		if fields.Has(field) {
			fields.Set(field, "ann")
		}
	}
	next, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(fields.Encode()))
	if err == nil {
		next.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return next, err
}

func attribute(pattern *regexp.Regexp, element string) string {
	if found := pattern.FindStringSubmatch(element); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}
