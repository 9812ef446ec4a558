package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
)

var _ job.Repository = (*Store)(nil)

type jobRow struct {
	Seq         int64     `db:"seq"`
	ID          id.ID     `db:"id"`
	Kind        job.Kind  `db:"kind"`
	Payload     []byte    `db:"payload"`
	Unique      text      `db:"unique_key"`
	State       job.State `db:"state"`
	RunAt       instant   `db:"run_at"`
	Attempt     int       `db:"attempt"`
	MaxAttempts int       `db:"max_attempts"`
	Owner       id.ID     `db:"owner"`
	LeaseUntil  *instant  `db:"lease_until"`
	CreatedAt   instant   `db:"created_at"`
}

func (r jobRow) job() job.Job {
	j := job.Job{
		ID: r.ID, Kind: r.Kind, Payload: r.Payload, Unique: string(r.Unique), State: r.State, RunAt: r.RunAt.Time,
		Attempt: r.Attempt, MaxAttempts: r.MaxAttempts, Owner: r.Owner, CreatedAt: r.CreatedAt.Time,
	}
	if r.LeaseUntil != nil {
		j.LeaseUntil = r.LeaseUntil.Time
	}
	return j
}

// InsertJob implements job.Repository.
func (s *Store) InsertJob(ctx context.Context, j job.Job) error {
	_, err := s.exec(ctx, "INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempt, max_attempts, created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)"+
		" ON CONFLICT (kind, unique_key) WHERE state = 'queued' AND unique_key IS NOT NULL DO NOTHING",
		j.ID, j.Kind, j.Payload, text(j.Unique), j.State, j.RunAt, j.MaxAttempts, j.CreatedAt)
	return err
}

// ClaimJobs implements job.Repository: what is due, and what a dead worker left. Workers
// on PostgreSQL skip each other's rows; on SQLite one statement writes at a time.
func (s *Store) ClaimJobs(ctx context.Context, kinds []job.Kind, owner id.ID, now, until time.Time, limit int) ([]job.Job, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	lock := ""
	if s.Engine == Postgres {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	// Materialized: a planner that ran the selection again for each row would lock more.
	query, args, err := sqlx.In("WITH due AS MATERIALIZED ("+
		"SELECT seq FROM jobs WHERE (state = 'queued' AND run_at <= ? OR state = 'running' AND lease_until <= ?) AND kind IN (?) ORDER BY run_at, seq LIMIT ?"+lock+
		") UPDATE jobs SET state = 'running', owner = ?, lease_until = ?, attempt = attempt + 1 WHERE seq IN (SELECT seq FROM due)"+
		" RETURNING seq, id, kind, payload, unique_key, state, run_at, attempt, max_attempts, owner, lease_until, created_at",
		now, now, kinds, limit, owner, until)
	if err != nil {
		return nil, err
	}
	rows, err := returning[jobRow](ctx, s, sqlx.Rebind(sqlx.DOLLAR, query), args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b jobRow) int { return cmp.Compare(a.Seq, b.Seq) })
	out := make([]job.Job, len(rows))
	for i, r := range rows {
		out[i] = r.job()
	}
	return out, nil
}

// RenewJobs implements job.Repository.
func (s *Store) RenewJobs(ctx context.Context, ids []id.ID, owner id.ID, until time.Time) ([]id.ID, error) {
	var held []id.ID
	for _, j := range ids {
		n, err := s.exec(ctx, "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND owner = $2 AND state = 'running'", j, owner, until)
		if err != nil {
			return held, err
		}
		if n == 1 {
			held = append(held, j)
		}
	}
	return held, nil
}

// FinishJob implements job.Repository.
func (s *Store) FinishJob(ctx context.Context, jobID, owner id.ID, state job.State, lastError string, at time.Time) error {
	_, err := s.exec(ctx, "UPDATE jobs SET state = $3, last_error = $4, finished_at = $5, lease_until = NULL WHERE id = $1 AND owner = $2 AND state = 'running'",
		jobID, owner, state, text(lastError), at)
	return err
}

// RequeueJob implements job.Repository. When the same unique job has been queued in the
// meantime, this one is done: the other does the work.
func (s *Store) RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		n, err := s.exec(ctx, "UPDATE jobs SET state = 'queued', run_at = $3, last_error = $4, lease_until = NULL WHERE id = $1 AND owner = $2 AND state = 'running'"+
			" AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.kind = jobs.kind AND o.unique_key = jobs.unique_key AND o.state = 'queued')",
			jobID, owner, runAt, text(lastError))
		if err != nil || n == 1 {
			return err
		}
		return s.FinishJob(ctx, jobID, owner, job.Done, lastError, runAt)
	})
}

// JobStats implements job.Repository.
func (s *Store) JobStats(ctx context.Context, now time.Time) (job.Stats, error) {
	r, err := one[struct {
		Due       int      `db:"due"`
		Running   int      `db:"running"`
		Failed    int      `db:"failed"`
		OldestDue *instant `db:"oldest_due"`
	}](ctx, s, "SELECT (SELECT count(*) FROM jobs WHERE state = 'queued' AND run_at <= $1) AS due, (SELECT count(*) FROM jobs WHERE state = 'running') AS running,"+
		" (SELECT count(*) FROM jobs WHERE state = 'failed') AS failed, (SELECT min(run_at) FROM jobs WHERE state = 'queued' AND run_at <= $1) AS oldest_due", now)
	return job.Stats{Due: r.Due, Running: r.Running, Failed: r.Failed, OldestDue: r.OldestDue.pointer()}, err
}

// DeleteFinishedJobs implements job.Repository.
func (s *Store) DeleteFinishedJobs(ctx context.Context, before time.Time) error {
	_, err := s.exec(ctx, "DELETE FROM jobs WHERE finished_at < $1", before)
	return err
}
