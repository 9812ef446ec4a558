// Package detach makes contexts for work that must not end because its caller went away:
// what others wait for, too, and what has to be cleaned up.
package detach

import (
	"context"
	"time"
)

// Most is the longest that detached work may take.
const Most = 30 * time.Second

// Shared returns a context for work that others wait for, too. It does not end when ctx is
// cancelled, but at its deadline: nobody is to wait for longer than the first one may.
func Shared(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if latest := time.Now().Add(Most); !ok || end.After(latest) {
		end = latest
	}
	return context.WithDeadline(context.WithoutCancel(ctx), end)
}

// CleanUp returns a context for what has to be released after ctx has ended.
func CleanUp(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
