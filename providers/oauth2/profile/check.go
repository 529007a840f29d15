package profile

import (
	"errors"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// Check returns what is wrong with the options together. No error holds a value, since one
// may be a secret that was written under the wrong name.
func (o Options) Check() error {
	for _, check := range [...]func(Options) error{checkGrant, checkPlace, checkURLs, checkServer, checkClient, checkFiles} {
		if err := check(o); err != nil {
			return err
		}
	}
	return nil
}

func checkGrant(o Options) error {
	switch o.Grant {
	case Device, Browser, RefreshToken, ClientCredentials, TokenExchange:
		return nil
	}
	return errors.New("grant: want " + Device + ", " + Browser + ", " + RefreshToken + ", " + ClientCredentials + " or " +
		TokenExchange)
}

// checkPlace refuses an option that has no meaning for the grant: whoever wrote it expects
// something of it.
func checkPlace(o Options) error {
	for _, option := range [...]struct{ name, value, grant string }{
		{"authorization_url", o.AuthorizationURL, Browser},
		{"redirect_url", o.RedirectURL, Browser},
		{"device_url", o.DeviceURL, Device},
		{"refresh_token_file", o.RefreshTokenFile, RefreshToken},
		{"subject_token_file", o.SubjectTokenFile, TokenExchange},
		{"subject_token_type", o.SubjectTokenType, TokenExchange},
		{"requested_token_type", o.RequestedTokenType, TokenExchange},
	} {
		if option.value != "" && option.grant != o.Grant {
			return errors.New(option.name + " is for the grant " + option.grant)
		}
	}
	return nil
}

func checkURLs(o Options) error {
	for _, option := range [...]struct{ name, value string }{
		{"issuer", o.Issuer},
		{"token_url", o.TokenURL},
		{"authorization_url", o.AuthorizationURL},
		{"device_url", o.DeviceURL},
		{"redirect_url", o.RedirectURL},
	} {
		if option.value == "" {
			continue
		}
		if _, err := CleanURL(option.value); err != nil {
			return errors.New(option.name + ": " + err.Error())
		}
	}
	if strings.IndexByte(o.Issuer, '?') >= 0 {
		return errors.New("issuer: want no query") // RFC 8414, section 2
	}
	if u, _ := providers.ParseURL(o.Redirect()); u.Scheme != "http" || !u.IsLoopback() || strings.IndexByte(o.Redirect(), '?') >= 0 {
		return errors.New("redirect_url: want http to this machine and no query, such as " + DefaultRedirect)
	}
	return nil
}

// checkServer makes sure that the endpoints of the grant are known, or an issuer that names them.
func checkServer(o Options) error {
	if _, ok := findPreset(o.Preset); o.Preset != "" && !ok {
		return errors.New("preset: known are " + presetNames())
	}
	e := o.Endpoints()
	switch {
	case o.Preset != "" && o.Issuer != "":
		return errors.New("want preset or issuer, not both")
	case o.Issuer != "":
		return nil
	case e.Token == "":
		return errors.New("want issuer, preset or token_url")
	case o.Grant == Device && e.Device == "":
		return errors.New("the grant device wants device_url, or an issuer")
	case o.Grant == Browser && e.Authorization == "":
		return errors.New("the grant browser wants authorization_url, or an issuer")
	}
	return nil
}

func checkClient(o Options) error {
	secret := o.ClientSecretFile != "" || o.ClientSecretVariable != ""
	switch {
	case o.ClientSecretFile != "" && o.ClientSecretVariable != "":
		return errors.New("want client_secret_file or client_secret_variable, not both")
	case strings.ContainsAny(o.ClientSecretVariable, "=\x00"):
		return errors.New("client_secret_variable: want the name of an environment variable")
	case o.ClientID == "" && (o.Grant != TokenExchange || secret):
		return errors.New("client_id is missing")
	case o.Grant == ClientCredentials && !secret:
		return errors.New("the grant client_credentials wants client_secret_file or client_secret_variable")
	case o.ClientAuth != "" && !secret:
		return errors.New("client_auth is for a client with a secret")
	case !slices.Contains([]string{"", ClientAuthBasic, ClientAuthPost}, o.ClientAuth):
		return errors.New("client_auth: want " + ClientAuthBasic + " or " + ClientAuthPost)
	}
	return nil
}

func checkFiles(o Options) error {
	switch {
	case o.Grant == RefreshToken && o.RefreshTokenFile == "":
		return errors.New("refresh_token_file is missing: a login is for the grants device and browser")
	case o.Grant == TokenExchange && o.SubjectTokenFile == "":
		return errors.New("subject_token_file is missing")
	}
	return nil
}

// CleanURL returns a URL that a secret may be sent to, and a person, in the one spelling that
// every parser reads alike: https, or http to this machine by its very name; in ASCII, without
// userinfo and fragment (RFC 6749, sections 3.1 and 3.2). Its errors do not repeat text.
func CleanURL(text string) (string, error) {
	u, err := providers.ParseURL(text)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(text, "://")
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	switch {
	case u.Host == "":
		return "", errors.New("its host is neither a name nor an address")
	case u.Scheme != "https" && !(u.Scheme == "http" && u.IsLoopback()):
		return "", errors.New("want https, or http to this machine")
	case strings.IndexByte(text, '#') >= 0 || strings.IndexByte(authority, '@') >= 0:
		return "", errors.New("want no user and no fragment")
	case strings.TrimFunc(text, func(r rune) bool { return r > ' ' && r <= '~' }) != "":
		return "", errors.New("want ASCII")
	case !hasQuery:
		return u.String(), nil
	}
	return u.String() + "?" + query, nil
}
