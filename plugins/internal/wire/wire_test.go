package wire

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sesame-auth/sesame/providers"
)

// answers is a provider that returns what it is told, and keeps what it was asked.
type answers struct {
	token *providers.Token
	err   error
	asked providers.Request
}

func (a *answers) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	a.asked = req
	return a.token, a.err
}

// connect returns the host's end of a connection to p.
func connect(t *testing.T, p providers.Provider) *Client {
	t.Helper()
	hclog.DefaultOutput = io.Discard // of go-plugin's test connection
	conn, _ := plugin.TestPluginGRPCConn(t, false, Versions(p)[Version])
	t.Cleanup(func() { conn.Close() }) // stops the server, too
	raw, err := conn.Dispense(ServiceName)
	if err != nil {
		t.Fatal(err)
	}
	client := raw.(*Client)
	if err := client.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}

func fullToken() *providers.Token {
	return &providers.Token{
		Username: "jane", Value: providers.NewSecret("value"), Scheme: providers.Basic,
		Issued: time.Unix(1000, 1).UTC(), Expires: time.Unix(2000, 999999999).UTC(),
		State: providers.NewSecret("state \xff\x00 of any bytes"),
	}
}

func fullRequest() providers.Request {
	return providers.Request{
		URL:      providers.URL{Scheme: "https", Host: "acme.example", Port: "8443", Path: "/a%2Fb"},
		Username: "jane",
		Name:     "https://acme.example:8443/a/",
		Options: providers.Options{
			{Name: "fields.token", Kind: providers.StringOption, Values: []string{""}},
			{Name: "limit", Kind: providers.IntegerOption, Values: []string{"7"}},
			{Name: "quick", Kind: providers.BooleanOption, Values: []string{"true"}},
			{Name: "scopes", Kind: providers.ListOption, Values: []string{"a", "b"}},
		},
		Previous:  fullToken(),
		GoodUntil: time.Unix(3000, 0).UTC(),
	}
}

// A field that is lost on the way makes a provider behave differently as a plugin.
func TestEveryFieldPassesTheBoundary(t *testing.T) {
	for _, v := range []reflect.Value{reflect.ValueOf(fullRequest()), reflect.ValueOf(*fullToken())} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Fatalf("this test knows no %s.%s", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	for _, row := range []struct {
		name  string
		req   providers.Request
		token *providers.Token
	}{
		{"full", fullRequest(), fullToken()},
		{"empty", providers.Request{}, &providers.Token{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := &answers{token: row.token}
			token, err := connect(t, p).Token(t.Context(), row.req)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p.asked, row.req) {
				t.Errorf("the provider was asked %#v, want %#v", p.asked, row.req)
			}
			if !reflect.DeepEqual(token, row.token) {
				t.Errorf("the token is %#v, want %#v", token, row.token)
			}
		})
	}
}

// What is no request, or no token, must not reach the provider, or the core.
func TestMalformedMessagesAreRefused(t *testing.T) {
	bad := &timestamppb.Timestamp{Seconds: 1 << 60}
	for _, row := range []struct {
		name string
		req  *TokenRequest
		want string
	}{
		{"a string without a value", &TokenRequest{Options: []*Option{{Name: "o", Kind: OptionKind_OPTION_KIND_STRING}}}, `option "o": has 0 values, want one`},
		{"two numbers", &TokenRequest{Options: []*Option{{Name: "o", Kind: OptionKind_OPTION_KIND_INTEGER, Values: []string{"1", "2"}}}}, `option "o": has 2 values, want one`},
		{"no kind", &TokenRequest{Options: []*Option{{Name: "o", Values: []string{"1"}}}}, `option "o": is of an unknown kind`},
		{"a kind of tomorrow", &TokenRequest{Options: []*Option{{Name: "o", Kind: 9, Values: []string{"1"}}}}, `option "o": is of an unknown kind`},
		{"no time", &TokenRequest{GoodUntil: bad}, "good_until: is no time"},
		{"a previous token without a time", &TokenRequest{Previous: &Token{Expires: bad}}, "previous: expires: is no time"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := &answers{token: fullToken()}
			_, err := connect(t, p).service.Token(t.Context(), row.req)
			if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
			if p.asked.Options != nil {
				t.Error("the provider was asked")
			}
		})
	}
	for _, message := range []*Token{{Issued: bad}, {Expires: bad}} {
		if _, err := tokenOf(message); err == nil {
			t.Errorf("%v is a token", message)
		}
	}
}

// Text that a protobuf string cannot hold is named, instead of gRPC's error for it.
func TestTextThatIsNoUTF8IsNamed(t *testing.T) {
	client := connect(t, &answers{token: fullToken()})
	for want, change := range map[string]func(*providers.Request){
		"the URL: is not UTF-8":                     func(r *providers.Request) { r.URL.Path = "/\xff" },
		"the username: is not UTF-8":                func(r *providers.Request) { r.Username = "\xff" },
		"the tool's name for the URL: is not UTF-8": func(r *providers.Request) { r.Name = "\xff" },
		`option "o": is not UTF-8`: func(r *providers.Request) {
			r.Options = providers.Options{{Name: "o", Kind: 's', Values: []string{"\xff"}}}
		},
		`option "o": is of an unknown kind`: func(r *providers.Request) {
			r.Options = providers.Options{{Name: "o", Kind: 'x', Values: []string{""}}}
		},
		"the previous token: its value: is not UTF-8":    func(r *providers.Request) { r.Previous = &providers.Token{Value: providers.NewSecret("\xff")} },
		"the previous token: its username: is not UTF-8": func(r *providers.Request) { r.Previous = &providers.Token{Username: "\xff"} },
		"the previous token: its scheme: is not UTF-8":   func(r *providers.Request) { r.Previous = &providers.Token{Scheme: "\xff"} },
	} {
		req := fullRequest()
		change(&req)
		_, err := client.Token(t.Context(), req)
		if e, ok := errors.AsType[*CallError](err); !ok || e.Message != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A provider that returns nothing at all, or what is no token, is told so.
func TestAnswersThatAreNoneAreErrors(t *testing.T) {
	for _, row := range []struct {
		name  string
		token *providers.Token
		want  string
	}{
		{"nothing", nil, "the provider returned neither a token nor an error"},
		{"not UTF-8", &providers.Token{Value: providers.NewSecret("\xff")}, "the provider's token: its value: is not UTF-8"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := connect(t, &answers{token: row.token}).Token(t.Context(), providers.Request{})
			if e, ok := errors.AsType[*providers.Error](err); !ok || e.Message != row.want {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
	empty := &Client{service: emptyService{}}
	if _, err := empty.Token(t.Context(), providers.Request{}); err == nil || !errors.Is(err, providers.ErrUnavailable) {
		t.Errorf("an answer without a token: error %v", err)
	}
}

// emptyService answers with a message that holds nothing, as a plugin in another language may.
type emptyService struct{ ProviderServiceClient }

func (emptyService) Token(context.Context, *TokenRequest, ...grpc.CallOption) (*TokenResponse, error) {
	return &TokenResponse{}, nil
}

// Whatever bytes a host or a plugin sends, reading them does not panic, and what can be
// read is sent again as it was.
func FuzzTokenRequest(f *testing.F) {
	message, err := requestMessage(fullRequest())
	if err != nil {
		f.Fatal(err)
	}
	encoded, err := proto.Marshal(message)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encoded)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var message TokenRequest
		if proto.Unmarshal(data, &message) != nil {
			return
		}
		req, err := requestOf(&message)
		if err != nil {
			return
		}
		again, err := requestMessage(req)
		if err != nil {
			t.Fatalf("a request that was read cannot be sent: %v", err)
		}
		back, err := requestOf(again)
		if err != nil || !reflect.DeepEqual(back, req) {
			t.Errorf("%v, error %v; want %v", back, err, req)
		}
	})
}
