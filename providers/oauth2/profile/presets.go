package profile

// Endpoints are the URLs of an authorization server; "" where it has none, or none is
// known.
type Endpoints struct {
	Authorization string // RFC 6749, section 3.1
	Token         string // RFC 6749, section 3.2
	Device        string // RFC 8628, section 3.1
	Revocation    string // RFC 7009, section 2
}

// A preset is what the documentation of a well-known host says.
type preset struct {
	name       string
	endpoints  Endpoints
	clientAuth string
}

// presets is an array, and not a map, since a map would be built at every start of a front.
var presets = [...]preset{
	// developer.atlassian.com/cloud/bitbucket/oauth-2
	{"bitbucket", Endpoints{
		Authorization: "https://bitbucket.org/site/oauth2/authorize",
		Token:         "https://bitbucket.org/site/oauth2/access_token",
	}, ClientAuthBasic},
	// docs.github.com: Authorizing OAuth apps; Refreshing user access tokens. Revoking
	// is not as in RFC 7009.
	{"github", Endpoints{
		Authorization: "https://github.com/login/oauth/authorize",
		Token:         "https://github.com/login/oauth/access_token",
		Device:        "https://github.com/login/device/code",
	}, ClientAuthPost},
	// docs.gitlab.com/api/oauth2
	{"gitlab", Endpoints{
		Authorization: "https://gitlab.com/oauth/authorize",
		Token:         "https://gitlab.com/oauth/token",
		Device:        "https://gitlab.com/oauth/authorize_device",
		Revocation:    "https://gitlab.com/oauth/revoke",
	}, ClientAuthPost},
	// huggingface.co/docs/hub/oauth
	{"huggingface", Endpoints{
		Authorization: "https://huggingface.co/oauth/authorize",
		Token:         "https://huggingface.co/oauth/token",
		Device:        "https://huggingface.co/oauth/device",
	}, ClientAuthBasic},
}

func findPreset(name string) (preset, bool) {
	for _, p := range presets {
		if p.name == name {
			return p, true
		}
	}
	return preset{}, false
}

// presetNames is for an error.
func presetNames() string {
	names := ""
	for i, p := range presets {
		if i > 0 {
			names += ", "
		}
		names += p.name
	}
	return names
}

// Endpoints returns the endpoints that the options name: their own before the preset's. Those of
// an issuer are not among them. The options must have passed [Options.Check].
func (o Options) Endpoints() Endpoints {
	p, _ := findPreset(o.Preset)
	e := p.endpoints
	override(&e.Authorization, o.AuthorizationURL)
	override(&e.Token, o.TokenURL)
	override(&e.Device, o.DeviceURL)
	return e
}

func override(endpoint *string, option string) {
	if clean, err := CleanURL(option); err == nil {
		*endpoint = clean
	}
}
