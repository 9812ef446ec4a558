package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/alania-go/alania/domain/clock"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/secret"
	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/task"
)

// Sink takes entries elsewhere, such as to a SIEM. Send returns nil only once all of
// them are safe there; it may see an entry again after a crash. An error that tells more is a
// *SendError.
type Sink interface {
	Send(ctx context.Context, entries []Entry) error
}

// SendError tells how far a Send came.
type SendError struct {
	Taken     int  // of the entries, the first so many are safe there
	Permanent bool // one of those after them is not what the sink takes: to repeat it changes nothing
	Cause     error
}

// Error is for the log.
func (e *SendError) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Cause }

// Cursor is a place in the order of entries. Entries stand in the order of the transactions that
// wrote them, and one is in it only when no transaction is open that could still write
// before it: a cursor passes over nothing.
type Cursor struct{ Tx, Seq int64 }

// SinkState is whether a sink is sent to.
type SinkState string

// The states of a sink.
const (
	SinkActive SinkState = "active"
	SinkPaused SinkState = "paused"
)

// SinkRow is a sink that entries are exported to, with its place.
type SinkRow struct {
	ID        id.ID
	OrgID     id.ID // zero: the operator's, which takes the entries of all orgs
	SealedURL []byte
	State     SinkState
	Cursor    Cursor
	Failures  int // in a row
	SetAside  int64
	LastError string
	DueAt     time.Time
}

// Placed is an entry with its place.
type Placed struct {
	Entry
	At Cursor
}

// SinkRepository keeps sinks and their places.
type SinkRepository interface {
	// OperatorSink returns the operator's sink; false when there is none yet.
	OperatorSink(ctx context.Context) (SinkRow, bool, error)
	// InsertOperatorSink adds it, at the first entry that was not exported before there were
	// rows; it does nothing when there is one.
	InsertOperatorSink(ctx context.Context, s SinkRow, now time.Time) error
	// SetSink changes the URL and the state of a sink, and has it due at once.
	SetSink(ctx context.Context, s SinkRow, now time.Time) error
	// ClaimSinks leases to owner, and returns, the active sinks that are due and nobody's.
	ClaimSinks(ctx context.Context, owner id.ID, now, until time.Time, limit int) ([]SinkRow, error)
	// AdvanceSink writes where a sink is, and extends its lease or, with a zero time, ends it;
	// false when it is another's by now.
	AdvanceSink(ctx context.Context, s SinkRow, owner id.ID, until, now time.Time) (bool, error)
	// ReleaseSinks ends the leases of owner.
	ReleaseSinks(ctx context.Context, owner id.ID) error
	// EntriesAfter returns entries after a place, in order; with an org only its own.
	EntriesAfter(ctx context.Context, orgID id.ID, after Cursor, limit int) ([]Placed, error)
	// Renumber puts the places in order when the database was restored into a cluster that
	// counts its transactions from a lower number.
	Renumber(ctx context.Context) error
}

// How entries are exported.
const (
	exportBatch   = 500
	sendTimeout   = 30 * time.Second
	sinkLease     = 2 * sendTimeout
	turnTime      = 10 * time.Second // that one sink is sent to before others have their turn
	exporters     = 16               // sinks that one process sends to at once
	pollEntries   = time.Second
	refusedTries  = 3 // of one entry
	maxSendWait   = 5 * time.Minute
	maxSinkReason = 500
)

// Exporter sends entries to sinks. Of all processes one at a time works on a sink.
type Exporter struct {
	repo  SinkRepository
	box   *secret.Box
	open  func(url string) (Sink, error)
	owner id.ID
	share *share.Pool
	now   clock.Clock
	log   *slog.Logger
	wake  chan struct{}

	mu    sync.Mutex
	sinks map[id.ID]opened
}

// opened is a sink with the sealed URL that it was opened of.
type opened struct {
	sealed string
	sink   Sink
}

// NewExporter makes the exporter; Run starts it. open makes a sink of a URL.
func NewExporter(
	repo SinkRepository, box *secret.Box, open func(url string) (Sink, error), owner id.ID, log *slog.Logger,
	now clock.Clock,
) *Exporter {
	return &Exporter{
		repo: repo, box: box, open: open, owner: owner, now: now, log: log, wake: make(chan struct{}, 1),
		sinks: map[id.ID]opened{},
		share: share.New("audit_exports", exporters, share.Options{}),
	}
}

var sinkSealedFor = secret.NewUse("audit sink")

// Operator has the entries of all orgs sent to a URL; with an empty one the operator's sink
// pauses, and goes on from its place when it is set again.
func (x *Exporter) Operator(ctx context.Context, url string) error {
	now := x.now()
	row, found, err := x.repo.OperatorSink(ctx)
	switch {
	case err != nil:
		return err
	case !found && url == "":
		return nil
	case !found:
		row = SinkRow{ID: id.New(), SealedURL: x.box.Seal([]byte(url), sinkSealedFor), State: SinkActive, DueAt: now}
		return x.repo.InsertOperatorSink(ctx, row, now)
	case url == "":
		row.State = SinkPaused
		return x.repo.SetSink(ctx, row, now)
	}
	was, err := x.box.Open(row.SealedURL, sinkSealedFor)
	if err == nil && string(was) == url && row.State == SinkActive {
		return nil
	}
	row.SealedURL, row.State = x.box.Seal([]byte(url), sinkSealedFor), SinkActive
	return x.repo.SetSink(ctx, row, now)
}

// Wake has the exporter look for entries now.
func (x *Exporter) Wake() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Run exports until ctx ends.
func (x *Exporter) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer func() {
		wg.Wait()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		// A claim that was cut off may have succeeded.
		if err := x.repo.ReleaseSinks(ctx, x.owner); err != nil {
			x.log.Warn("give audit sinks back; their leases end by themselves", "error", err)
		}
	}()
	if err := x.repo.Renumber(ctx); err != nil && ctx.Err() == nil {
		x.log.Error("put the audit trail in order", "error", err)
	}
	tick := time.NewTicker(pollEntries)
	defer tick.Stop()
	for {
		x.claim(ctx, &wg)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-x.wake:
		}
	}
}

// claim takes the sinks that are due, and sends to all of them at the same time.
func (x *Exporter) claim(ctx context.Context, wg *sync.WaitGroup) {
	free := x.share.Free()
	if free == 0 {
		return
	}
	now := x.now()
	rows, err := x.repo.ClaimSinks(ctx, x.owner, now, now.Add(sinkLease), free)
	if err != nil {
		if ctx.Err() == nil {
			x.log.Error("look for audit sinks", "error", err)
		}
		return
	}
	for _, row := range rows {
		permit, ok := x.share.TryAcquire(row.OrgID, "")
		if !ok { // its turn comes again
			row.DueAt = now
			x.advance(ctx, &row, time.Time{})
			continue
		}
		task.In(wg, "export audit entries", func() {
			defer permit.Release()
			x.export(ctx, row)
		})
	}
}

// export sends what comes after a sink's place, until there is no more or its turn is over.
func (x *Exporter) export(ctx context.Context, row SinkRow) {
	size := exportBatch
	if row.Failures > 0 { // perhaps for one entry: the others are not sent again and again
		size = 1
	}
	sink, err := x.sink(row)
	began := x.now()
	for err == nil && x.now().Sub(began) < turnTime && ctx.Err() == nil {
		var entries []Placed
		if entries, err = x.repo.EntriesAfter(ctx, row.OrgID, row.Cursor, size); err != nil || len(entries) == 0 {
			break
		}
		taken := 0
		if taken, err = x.send(ctx, sink, entries); taken > 0 {
			row.Cursor, row.Failures, row.LastError = entries[taken-1].At, 0, ""
		}
		var refused *SendError
		if errors.As(err, &refused) && refused.Permanent {
			if left := len(entries) - taken; left > 1 {
				size, err = (left+1)/2, nil
			} else if row.Failures+1 >= refusedTries {
				x.setAside(&row, entries[taken], err)
				err = nil
			}
		} else if err == nil {
			size = min(2*size, exportBatch)
		}
		if err == nil && !x.advance(ctx, &row, x.now().Add(sinkLease)) {
			return
		}
	}
	row.DueAt = x.now()
	if err != nil && ctx.Err() == nil {
		row.Failures++
		row.LastError = err.Error()[:min(len(err.Error()), maxSinkReason)]
		row.DueAt = row.DueAt.Add(sendWait(row.Failures))
		x.log.Warn("export audit entries", "sink", row.ID.UUID(), "failures", row.Failures, "error", err)
	}
	x.advance(ctx, &row, time.Time{})
}

// sendWait is the wait after failures in a row: a second doubled each time to maxSendWait.
func sendWait(failures int) time.Duration {
	d := min(time.Second<<min(failures-1, 10), maxSendWait)
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// setAside passes over an entry that the sink does not take.
func (x *Exporter) setAside(row *SinkRow, e Placed, err error) {
	row.Cursor, row.Failures, row.SetAside = e.At, 0, row.SetAside+1
	row.LastError = fmt.Sprintf("The sink does not take the entry %s: it was set aside.", e.ID.Prefixed(id.AuditPrefix))
	x.log.Error("audit entry set aside: the sink does not take it", "sink", row.ID.UUID(), "entry",
		e.ID.Prefixed(id.AuditPrefix), "error", err)
}

// send sends entries, and returns how many are safe.
func (x *Exporter) send(ctx context.Context, sink Sink, placed []Placed) (int, error) {
	entries := make([]Entry, len(placed))
	for i, p := range placed {
		entries[i] = p.Entry
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := sink.Send(ctx, entries)
	var part *SendError
	switch {
	case err == nil:
		return len(entries), nil
	case errors.As(err, &part):
		return min(part.Taken, len(entries)), err
	}
	return 0, err
}

// sink opens the sink of a row, once for each URL.
func (x *Exporter) sink(row SinkRow) (Sink, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if o, ok := x.sinks[row.ID]; ok && o.sealed == string(row.SealedURL) {
		return o.sink, nil
	}
	url, err := x.box.Open(row.SealedURL, sinkSealedFor)
	if err != nil {
		return nil, err
	}
	s, err := x.open(string(url))
	if err == nil {
		x.sinks[row.ID] = opened{string(row.SealedURL), s}
	}
	return s, err
}

func (x *Exporter) advance(ctx context.Context, row *SinkRow, until time.Time) bool {
	// What was sent is kept as sent, also when the process stops now: else the next one would send it again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	mine, err := x.repo.AdvanceSink(ctx, *row, x.owner, until, x.now())
	if err != nil {
		x.log.Error("keep the place of an audit sink", "sink", row.ID.UUID(), "error", err)
	}
	return mine && err == nil
}
