package core

import (
	"strings"

	"github.com/sesame-auth/sesame/core/fields"
	"github.com/sesame-auth/sesame/providers"
)

// A Message is what the program that does a [Job] tells the front that started it.
type Message struct {
	// Refusal says why the job was not done.
	Refusal string
	// Warning says why the record could not be stored; Record is then that record.
	Warning string
	Record  *Record
	// Token, Accounts and Failure are what a provider that keeps tokens itself answered.
	Token    *providers.Token
	Accounts []providers.Account
	Failure  *providers.Error
}

// Encode returns the message as text.
func (m Message) Encode(key string) []byte {
	w := fields.NewWriter(messageKind)
	w.String("refusal", m.Refusal)
	w.String("warning", m.Warning)
	if m.Record != nil {
		w.String("record", string(m.Record.Encode(key)))
	}
	w.String("token", encodeToken(m.Token))
	for _, account := range m.Accounts {
		w.String("account", account.Host+" "+account.Username)
	}
	if f := m.Failure; f != nil {
		w.String("failure", kindName(f.Kind))
		w.String("failure-message", f.Message)
		w.String("failure-repair", f.Repair)
	}
	return w.Bytes()
}

// DecodeMessage reads what Encode wrote for the same key.
func DecodeMessage(text, key string) (Message, error) {
	var m Message
	var record, token, kind string
	var failure Failure
	err := fields.Read(text, messageKind, func(name string, v fields.Value) error {
		switch name {
		case "refusal":
			return v.String(&m.Refusal)
		case "warning":
			return v.String(&m.Warning)
		case "record":
			return v.String(&record)
		case "token":
			return v.String(&token)
		case "account":
			return m.appendAccount(v)
		case "failure":
			return v.String(&kind)
		}
		return failure.decode(name, v)
	})
	if err == nil && record != "" {
		m.Record, err = DecodeRecord(record, key)
	}
	if err == nil {
		m.Token, err = decodeToken(token)
	}
	if kind != "" {
		failure.Err.Kind = kindOf(kind)
		m.Failure = &failure.Err
	}
	return m, err
}

func (m *Message) appendAccount(v fields.Value) error {
	var text string
	err := v.String(&text)
	host, username, _ := strings.Cut(text, " ")
	m.Accounts = append(m.Accounts, providers.Account{Host: host, Username: username})
	return err
}
