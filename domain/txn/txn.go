// Package txn lets a service say "these writes are one transaction" without knowing
// what keeps them.
package txn

import "context"

// Runner runs transactions. The store implements it.
type Runner interface {
	// InTx runs fn in one transaction, committed when fn returns nil and rolled back
	// otherwise. Inside a transaction it joins the one that is open. fn may run again
	// when the engine reports a serialization failure, so it must not act outside.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// AfterCommit runs fn once the open transaction has committed, or now when there
	// is none. It does not run when the transaction is rolled back.
	AfterCommit(ctx context.Context, fn func())
}
