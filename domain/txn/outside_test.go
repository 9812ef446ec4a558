package txn

import (
	"context"
	"testing"
)

func TestOutside(t *testing.T) {
	breach := func(ctx context.Context) (found bool) {
		defer func() { _, found = recover().(Breach) }()
		Outside(ctx, "webhook")
		return false
	}
	if breach(t.Context()) {
		t.Error("a call without a transaction is refused")
	}
	ctx, end := Begin(t.Context())
	for name, c := range map[string]context.Context{
		"the transaction's": ctx, "one without its end": context.WithoutCancel(ctx),
	} {
		if !breach(c) {
			t.Errorf("a call with the context %s goes out", name)
		}
	}
	if end(); breach(ctx) {
		t.Error("a call after the commit is refused")
	}
}
