package main

import (
	"context"
	"errors"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// callKeeper makes the call of a job at a provider that keeps tokens itself, through its plugin.
func callKeeper(ctx context.Context, q *core.Query, job core.Job, table routes.Table) core.Message {
	message, err := keeperAnswer(ctx, q, job, table)
	if err == nil {
		return message
	}
	failure := core.AsError(err)
	return core.Message{Failure: &failure}
}

func keeperAnswer(ctx context.Context, q *core.Query, job core.Job, table routes.Table) (core.Message, error) {
	keeper, err := openPlugin(ctx, q, table)
	if err != nil {
		return core.Message{}, err
	}
	defer keeper.Close()
	req := q.Request()
	switch job.Call {
	case core.KeeperToken:
		token, err := q.Ask(ctx, keeper)
		return core.Message{Token: token}, err
	case core.KeeperKeep:
		req.Name, req.Username = job.Name, job.Token.Username
		return core.Message{}, keeper.Keep(ctx, req, job.Token)
	case core.KeeperDrop:
		value := providers.Secret{}
		if job.Token != nil {
			value = job.Token.Value
		}
		return core.Message{}, keeper.Drop(ctx, req, value)
	case core.KeeperList:
		accounts, err := keeper.Kept(ctx, req)
		return core.Message{Accounts: accounts}, err
	}
	return core.Message{}, errors.New("no such call: " + job.Call)
}
