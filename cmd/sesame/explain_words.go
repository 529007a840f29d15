package main

import (
	"errors"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

func (s *story) answering() time.Duration {
	if s.Answer == nil {
		return 0
	}
	return s.Answer.answering
}

// answerText says what the tool is told in the end.
func (s *story) answerText() string {
	p := s.preview
	switch {
	case errors.Is(p.Err, providers.ErrNotFound) && p.Answer.Exclusive:
		return "there is nothing here, and nobody else has anything"
	case errors.Is(p.Err, providers.ErrNotFound):
		return "there is nothing here"
	case p.Err != nil:
		return p.Err.Error()
	case p.Unknown:
		return "what the provider says"
	case p.Answer.Token == nil:
		return "the new token, or why there is none"
	}
	text := "the token"
	if p.Refresh {
		text = "the new token, or if the refresh fails the one in hand"
	}
	if expires := p.Answer.Token.Expires; !expires.IsZero() {
		text += "; the tool may keep it until " + expires.Local().Format(time.RFC3339)
	}
	return text
}

// othersText says what happens to those who ask at the same time.
func (s *story) othersText() string {
	switch {
	case s.e == nil || s.e.Query.InProcess() || s.e.Query.Keeping != providers.KeepsNothing:
		return "do the same, each by itself"
	case s.preview.Refresh && s.preview.Answer.Token != nil && s.Verdict == core.Expiring.String():
		return "are served the token in hand meanwhile"
	case s.preview.Refresh:
		return "wait for the same refresh, and find its token in the store"
	}
	return "do the same reading, and nothing else"
}
