package wire

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sesame-auth/sesame/providers"
)

// errText is the error for text that a protobuf string cannot hold.
var errText = errors.New("is not UTF-8")

func requestMessage(req providers.Request) (*TokenRequest, error) {
	u := req.URL
	message := &TokenRequest{
		Url:       &URL{Scheme: u.Scheme, Host: u.Host, Port: u.Port, Path: u.Path},
		Username:  req.Username,
		GoodUntil: timeMessage(req.GoodUntil),
		Name:      req.Name,
	}
	switch {
	case !utf8.ValidString(u.Scheme + u.Host + u.Port + u.Path):
		return nil, fmt.Errorf("the URL: %w", errText)
	case !utf8.ValidString(req.Username):
		return nil, fmt.Errorf("the username: %w", errText)
	case !utf8.ValidString(req.Name):
		return nil, fmt.Errorf("the tool's name for the URL: %w", errText)
	}
	for _, option := range req.Options {
		o, err := optionMessage(option)
		if err != nil {
			return nil, fmt.Errorf("option %q: %w", option.Name, err)
		}
		message.Options = append(message.Options, o)
	}
	if req.Previous != nil {
		previous, err := tokenMessage(req.Previous)
		if err != nil {
			return nil, fmt.Errorf("the previous token: %w", err)
		}
		message.Previous = previous
	}
	return message, nil
}

func requestOf(message *TokenRequest) (providers.Request, error) {
	u := message.GetUrl()
	req := providers.Request{
		URL: providers.URL{
			Scheme: u.GetScheme(), Host: u.GetHost(), Port: u.GetPort(), Path: u.GetPath(),
		},
		Username: message.GetUsername(),
		Name:     message.GetName(),
	}
	for _, m := range message.GetOptions() {
		option, err := optionOf(m)
		if err != nil {
			return providers.Request{}, fmt.Errorf("option %q: %w", m.GetName(), err)
		}
		req.Options = append(req.Options, option)
	}
	if message.GetPrevious() != nil {
		previous, err := tokenOf(message.GetPrevious())
		if err != nil {
			return providers.Request{}, fmt.Errorf("previous: %w", err)
		}
		req.Previous = previous
	}
	var err error
	if req.GoodUntil, err = timeOf(message.GetGoodUntil()); err != nil {
		return providers.Request{}, fmt.Errorf("good_until: %w", err)
	}
	return req, nil
}

func tokenMessage(token *providers.Token) (*Token, error) {
	switch {
	case !utf8.ValidString(token.Username):
		return nil, fmt.Errorf("its username: %w", errText)
	case !utf8.ValidString(token.Value.Reveal()):
		return nil, fmt.Errorf("its value: %w", errText)
	case !utf8.ValidString(token.Scheme):
		return nil, fmt.Errorf("its scheme: %w", errText)
	}
	return &Token{
		Username: token.Username,
		Value:    token.Value.Reveal(),
		Scheme:   token.Scheme,
		Issued:   timeMessage(token.Issued),
		Expires:  timeMessage(token.Expires),
		State:    []byte(token.State.Reveal()),
	}, nil
}

func tokenOf(message *Token) (*providers.Token, error) {
	issued, err := timeOf(message.GetIssued())
	if err != nil {
		return nil, fmt.Errorf("issued: %w", err)
	}
	expires, err := timeOf(message.GetExpires())
	if err != nil {
		return nil, fmt.Errorf("expires: %w", err)
	}
	return &providers.Token{
		Username: message.GetUsername(),
		Value:    providers.NewSecret(message.GetValue()),
		Scheme:   message.GetScheme(),
		Issued:   issued,
		Expires:  expires,
		State:    providers.NewSecret(string(message.GetState())),
	}, nil
}

func optionMessage(option providers.Option) (*Option, error) {
	message := &Option{Name: option.Name, Values: option.Values}
	switch option.Kind {
	case providers.StringOption:
		message.Kind = OptionKind_OPTION_KIND_STRING
	case providers.IntegerOption:
		message.Kind = OptionKind_OPTION_KIND_INTEGER
	case providers.BooleanOption:
		message.Kind = OptionKind_OPTION_KIND_BOOLEAN
	case providers.ListOption:
		message.Kind = OptionKind_OPTION_KIND_LIST
	}
	for _, text := range append([]string{option.Name}, option.Values...) {
		if !utf8.ValidString(text) {
			return nil, errText
		}
	}
	return message, checkOption(message)
}

func optionOf(message *Option) (providers.Option, error) {
	option := providers.Option{Name: message.GetName(), Values: message.GetValues()}
	switch message.GetKind() {
	case OptionKind_OPTION_KIND_STRING:
		option.Kind = providers.StringOption
	case OptionKind_OPTION_KIND_INTEGER:
		option.Kind = providers.IntegerOption
	case OptionKind_OPTION_KIND_BOOLEAN:
		option.Kind = providers.BooleanOption
	case OptionKind_OPTION_KIND_LIST:
		option.Kind = providers.ListOption
	}
	return option, checkOption(message)
}

// checkOption refuses what [providers.Options.Decode] may rely on never to see.
func checkOption(message *Option) error {
	kind := message.GetKind()
	if kind < OptionKind_OPTION_KIND_STRING || kind > OptionKind_OPTION_KIND_LIST {
		return errors.New("is of an unknown kind")
	}
	if n := len(message.GetValues()); n != 1 && kind != OptionKind_OPTION_KIND_LIST {
		return fmt.Errorf("has %d values, want one", n)
	}
	return nil
}

// timeMessage returns nil for the zero time, which means unknown.
func timeMessage(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func timeOf(message *timestamppb.Timestamp) (time.Time, error) {
	if message == nil {
		return time.Time{}, nil
	}
	if err := message.CheckValid(); err != nil {
		return time.Time{}, errors.New("is no time between the years 1 and 9999")
	}
	return message.AsTime(), nil
}
