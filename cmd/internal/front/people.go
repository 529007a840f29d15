package front

import (
	"context"

	"github.com/sesame-auth/sesame/protocols"
)

// Ask runs an operation of a command for people, "token" say, and has the audit log tell of it as of a tool's
// request: whoever starts the command gets an answer too. What run returns is what Ask does.
func Ask(ctx context.Context, s Settings, operation string, run func(context.Context, protocols.Tokens) error) error {
	s.Protocol = "sesame"
	r := &request{tokens: tokens{settings: s}}
	r.deadline.begin()
	err := run(ctx, &r.tokens)
	r.out.written = err == nil
	r.audit(ctx, operation, err)
	return err
}
