package oauth2

import (
	"html"
	"io"
	"net/http"
	"net/url"

	"github.com/sesame-auth/sesame/providers"
)

// An outcome is what the browser brings back: a code, or why there is none.
type outcome struct {
	code, refusal string
}

// A redirect waits for the browser to come back (RFC 6749, section 4.1.2).
type redirect struct {
	path        string
	state       providers.Secret // what this login was begun with: nobody else's is taken
	issuer      string           // "" if it is not known
	namesItself bool             // the issuer says who it is, each time (RFC 9207)
	outcome     chan outcome     // with room for one
}

// ServeHTTP takes the first answer that is the server's. Whatever else comes to the port does not
// end the login.
func (b *redirect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.EscapedPath() != b.path && r.URL.EscapedPath() != b.path+"/" {
		http.NotFound(w, r)
		return
	}
	o, ok := b.read(r.URL.Query())
	if !ok {
		page(w, http.StatusBadRequest, "This is not the answer that sesame waits for. The login is not over.")
		return
	}
	select {
	case b.outcome <- o:
	default:
		page(w, http.StatusBadRequest, "This login is over. You may close this window.")
		return
	}
	if o.code == "" {
		page(w, http.StatusOK, "The login was refused: "+o.refusal+". You may close this window.")
		return
	}
	page(w, http.StatusOK, "sesame has the answer. You may close this window.")
}

// read returns false unless the answer belongs to this login.
func (b *redirect) read(query url.Values) (o outcome, ok bool) {
	for _, name := range []string{"state", "code", "error", "error_description", "iss"} {
		if len(query[name]) > 1 {
			return outcome{}, false // RFC 6749, section 3.1
		}
	}
	issuer := query.Get("iss")
	switch {
	case !b.state.Equal(providers.NewSecret(query.Get("state"))):
		return outcome{}, false
	case b.issuer != "" && issuer != b.issuer && (issuer != "" || b.namesItself):
		return outcome{}, false // another server's code must not be sent to this one
	case query.Get("error") != "":
		text := clean(query.Get("error"), 64)
		if description := clean(query.Get("error_description"), 256); description != "" {
			text += ": " + description
		}
		return outcome{refusal: text}, true
	}
	return outcome{code: query.Get("code")}, query.Get("code") != ""
}

// page shows one sentence, which may hold a server's words.
func page(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("Connection", "close")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html lang=\"en\"><title>sesame</title>\n<p>"+html.EscapeString(text)+"</p>\n")
}
