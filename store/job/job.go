// Package job is the SQL of domain/job.
package job

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
	"github.com/alania-go/alania/store/db"
)

// Store implements the repository of the domain package.
type Store struct{ *db.DB }

// New returns the area's part of a database.
func New(d *db.DB) *Store { return &Store{d} }

var _ job.Repository = (*Store)(nil)

// EndLeases ends the leases of processes that are gone. Its values are a time and their owners.
const EndLeases = "UPDATE jobs SET lease_until = ? WHERE state = 'running' AND owner IN (?)"

// OrgTables are deleted with an org.
var OrgTables = []db.OrgTable{{Name: "jobs", Key: "seq"}}

type jobRow struct {
	Seq         int64     `db:"seq"`
	ID          id.ID     `db:"id"`
	Kind        job.Kind  `db:"kind"`
	Payload     []byte    `db:"payload"`
	Unique      db.Text   `db:"unique_key"`
	State       job.State `db:"state"`
	RunAt       db.Time   `db:"run_at"`
	Attempt     int       `db:"attempt"`
	MaxAttempts int       `db:"max_attempts"`
	Takeovers   int       `db:"takeovers"`
	Owner       id.ID     `db:"owner"`
	LeaseUntil  *db.Time  `db:"lease_until"`
	LastError   db.Text   `db:"last_error"`
	CreatedAt   db.Time   `db:"created_at"`
	StartedAt   *db.Time  `db:"started_at"`
	FinishedAt  *db.Time  `db:"finished_at"`
	OrgID       id.ID     `db:"org_id"`
	WorkspaceID id.ID     `db:"workspace_id"`
	SubjectKind db.Text   `db:"subject_kind"`
	SubjectID   id.ID     `db:"subject_id"`
	Code        db.Text   `db:"problem_code"`
	Message     db.Text   `db:"problem_message"`
}

const jobColumns = "seq, id, kind, payload, unique_key, state, run_at, attempt, max_attempts, takeovers, owner, " +
	"lease_until, last_error, created_at," +
	" started_at, finished_at, org_id, workspace_id, subject_kind, subject_id, problem_code, problem_message"

func (r jobRow) job() job.Job {
	j := job.Job{
		ID: r.ID, Kind: r.Kind, Payload: r.Payload, Unique: string(r.Unique), State: r.State, RunAt: r.RunAt.Time,
		Attempt: r.Attempt, MaxAttempts: r.MaxAttempts, Takeovers: r.Takeovers, Owner: r.Owner,
		LastError: string(r.LastError),
		CreatedAt: r.CreatedAt.Time, StartedAt: r.StartedAt.Pointer(), FinishedAt: r.FinishedAt.Pointer(), OrgID: r.OrgID,
		WorkspaceID: r.WorkspaceID, SubjectKind: string(r.SubjectKind), SubjectID: r.SubjectID,
	}
	if r.Code != "" {
		j.Problem = &job.Problem{Code: string(r.Code), Message: string(r.Message)}
	}
	if r.LeaseUntil != nil {
		j.LeaseUntil = r.LeaseUntil.Time
	}
	return j
}

// InsertJob implements job.Repository.
func (s *Store) InsertJob(ctx context.Context, j job.Job) (bool, error) {
	n, err := s.Exec(ctx,
		"INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempt, max_attempts, created_at, org_id, "+
			"workspace_id,"+
			" subject_kind, subject_id) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12)"+
			" ON CONFLICT (kind, unique_key) WHERE state = 'queued' AND unique_key IS NOT NULL DO NOTHING",
		j.ID, j.Kind, j.Payload, db.Text(j.Unique), j.State, j.RunAt, j.MaxAttempts, j.CreatedAt, orgKey(j.OrgID),
		j.WorkspaceID,
		db.Text(j.SubjectKind), j.SubjectID)
	return n == 1, err
}

// orgKey is the org of a row that belongs to one or to the platform: an index is not walked
// along from NULL to the next.
func orgKey(orgID id.ID) string { return orgID.UUID() }

// suspects says which jobs of a kind belong to a class.
func suspects(c job.Class) string {
	if c.Suspects {
		return "takeovers >= " + strconv.Itoa(job.Suspicious)
	}
	return "takeovers < " + strconv.Itoa(job.Suspicious)
}

// DueOrgs implements job.Repository. It goes through the index from one org to the next:
// however many jobs one has waiting, they are not read.
func (s *Store) DueOrgs(ctx context.Context, c job.Class, from id.ID, now time.Time, limit int) ([]id.ID, error) {
	next := "(SELECT j.org_id FROM jobs j WHERE j.state = 'queued' AND j.kind = $1 AND j.org_id "
	active := ""
	if c.Pauses {
		active = db.NotOfSuspended("o.org_id") + " AND "
	}
	return db.All[id.ID](ctx, s.DB, "WITH RECURSIVE o(org_id) AS (SELECT "+next+">= $2 ORDER BY j.org_id LIMIT 1)"+
		" UNION ALL SELECT "+next+"> o.org_id ORDER BY j.org_id LIMIT 1) FROM o WHERE o.org_id IS NOT NULL)"+
		" SELECT o.org_id FROM o WHERE o.org_id IS NOT NULL AND "+active+"EXISTS (SELECT 1 FROM jobs j"+
		" WHERE j.state = 'queued' AND j.kind = $1 AND j.org_id = o.org_id AND j.run_at <= $3 AND j."+suspects(c)+
		") LIMIT $4",
		c.Kind, orgKey(from), now, limit)
}

// ClaimJobs implements job.Repository. Workers on PostgreSQL skip each other's rows; on
// SQLite one statement writes at a time.
func (s *Store) ClaimJobs(
	ctx context.Context, c job.Class, orgs []id.ID, perOrg int, owner id.ID, now, until time.Time,
) ([]job.Job, error) {
	if len(orgs) == 0 {
		return nil, nil
	}
	orgs = db.Padded(orgs)
	values := make([][]any, len(orgs))
	for i, o := range orgs {
		values[i] = []any{orgKey(o)}
	}
	text, args := s.Values([]string{db.UUIDType}, values, []any{c.Kind, now, perOrg, owner, until})
	due := "SELECT j.seq FROM jobs j WHERE j.state = 'queued' AND j.kind = $1 AND j.org_id = o.id AND j.run_at <= $2 " +
		"AND j." + suspects(c) +
		" ORDER BY j.run_at, j.seq LIMIT $3"
	pick := "SELECT p.seq FROM o JOIN jobs p ON p.seq IN (" + due + ")"
	if s.Engine == db.Postgres {
		pick = "SELECT p.seq FROM (SELECT DISTINCT id FROM o) o CROSS JOIN LATERAL (" + due + " FOR UPDATE SKIP LOCKED) p"
	}
	// Materialized: a planner that ran the selection again for each row would lock more.
	rows, err := db.Returning[jobRow](ctx, s.DB, "WITH o(id) AS (VALUES "+text+"), due AS MATERIALIZED ("+pick+")"+
		" UPDATE jobs SET state = 'running', owner = $4, lease_until = $5, attempt = attempt + 1, started_at = "+
		"COALESCE(started_at, $2),"+
		" problem_code = NULL, problem_message = NULL WHERE seq IN (SELECT seq FROM due) RETURNING "+jobColumns, args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b jobRow) int { return cmp.Compare(a.Seq, b.Seq) })
	return db.Convert(rows, jobRow.job), nil
}

// LostJobs implements job.Repository.
func (s *Store) LostJobs(ctx context.Context, now time.Time, limit int) ([]job.Job, error) {
	rows, err := db.All[jobRow](ctx, s.DB,
		"SELECT "+jobColumns+" FROM jobs WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until LIMIT $2", now,
		limit)
	return db.Convert(rows, jobRow.job), err
}

// TakeOver implements job.Repository.
func (s *Store) TakeOver(ctx context.Context, j job.Job, now time.Time) (bool, error) {
	n := 0
	err := s.InTx(ctx, func(ctx context.Context) (err error) {
		n, err = s.Exec(ctx,
			"UPDATE jobs SET takeovers = takeovers + 1 WHERE id = $1 AND owner = $2 AND state = 'running' AND lease_until <= $3",
			j.ID, j.Owner, now)
		if err != nil || n == 0 {
			return err
		}
		return s.requeue(ctx, j.ID, j.Owner, j.RunAt, j.LastError, "takeovers")
	})
	return n == 1, err
}

// SetAside implements job.Repository.
func (s *Store) SetAside(ctx context.Context, j job.Job, p job.Problem, now time.Time) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE jobs SET state = 'failed', finished_at = $3, lease_until = NULL, problem_code = $4, problem_message = $5"+
			" WHERE id = $1 AND owner = $2 AND state = 'running' AND lease_until <= $3", j.ID, j.Owner, now, p.Code, p.Message)
	return n == 1, err
}

// Suspects implements job.Repository.
func (s *Store) Suspects(ctx context.Context, now time.Time) ([]job.Kind, error) {
	return db.All[job.Kind](ctx, s.DB,
		"SELECT DISTINCT kind FROM jobs WHERE state = 'queued' AND takeovers >= "+strconv.Itoa(job.Suspicious)+
			" AND run_at <= $1", now)
}

// GetsOn implements job.Repository.
func (s *Store) GetsOn(ctx context.Context, jobID, owner id.ID) error {
	_, err := s.Exec(ctx,
		"UPDATE jobs SET takeovers = 0 WHERE id = $1 AND owner = $2 AND state = 'running' AND takeovers > 0", jobID, owner)
	return err
}

// RenewJobs implements job.Repository.
func (s *Store) RenewJobs(ctx context.Context, ids []id.ID, owner id.ID, until time.Time) ([]id.ID, error) {
	var held []id.ID
	for _, j := range ids {
		n, err := s.Exec(ctx, "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND owner = $2 AND state = 'running'", j, owner,
			until)
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
func (s *Store) FinishJob(
	ctx context.Context, jobID, owner id.ID, state job.State, lastError string, at time.Time,
) error {
	_, err := s.Exec(ctx,
		"UPDATE jobs SET state = $3, last_error = $4, finished_at = $5, lease_until = NULL WHERE id = $1 AND owner = $2 "+
			"AND state = 'running'",
		jobID, owner, state, db.CleanText(lastError), at)
	return err
}

// RequeueJob implements job.Repository. When the same unique job has been queued in the
// meantime, this one is done: the other does the work. One that was to be cancelled is.
func (s *Store) RequeueJob(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError string) error {
	return s.requeue(ctx, jobID, owner, runAt, lastError, "0")
}

func (s *Store) requeue(ctx context.Context, jobID, owner id.ID, runAt time.Time, lastError, takeovers string) error {
	err := s.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Exec(ctx,
			"UPDATE jobs SET state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'queued' END, finished_at = CASE WHEN "+
				"cancel_requested THEN $5 ELSE finished_at END,"+
				" run_at = $3, last_error = $4, lease_until = NULL, takeovers = "+takeovers+
				" WHERE id = $1 AND owner = $2 AND state = 'running'"+
				" AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.kind = jobs.kind AND o.unique_key = jobs.unique_key AND o.state = "+
				"'queued')",
			jobID, owner, runAt, db.CleanText(lastError), s.Now())
		if err != nil || n == 1 {
			return err
		}
		return s.FinishJob(ctx, jobID, owner, job.Done, lastError, runAt)
	})
	if fault.IsCode(err, fault.Conflict) { // queued by a transaction that was still open
		return s.FinishJob(ctx, jobID, owner, job.Done, lastError, runAt)
	}
	return err
}

// JobStats implements job.Repository.
func (s *Store) JobStats(ctx context.Context, now time.Time) (job.Stats, error) {
	r, err := db.One[struct {
		Due       int      `db:"due"`
		Running   int      `db:"running"`
		Failed    int      `db:"failed"`
		OldestDue *db.Time `db:"oldest_due"`
	}](ctx, s.DB,
		"WITH due AS (SELECT run_at AS since FROM jobs WHERE state = 'queued' AND run_at <= $1 AND "+
			db.NotOfSuspended("org_id")+" UNION ALL SELECT "+
			"lease_until FROM jobs WHERE state = 'running' AND lease_until <= $1)"+
			" SELECT (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM jobs WHERE state = 'running' AND lease_until > "+
			"$1) AS running,"+
			" (SELECT count(*) FROM jobs WHERE state = 'failed') AS failed, (SELECT min(since) FROM due) AS oldest_due", now)
	return job.Stats{Due: r.Due, Running: r.Running, Failed: r.Failed, OldestDue: r.OldestDue.Pointer()}, err
}

// DeleteFinishedJobs implements job.Repository.
func (s *Store) DeleteFinishedJobs(ctx context.Context, before time.Time) error {
	return s.ExecSlices(ctx, "DELETE FROM jobs WHERE seq IN (SELECT seq FROM jobs WHERE finished_at < $1 LIMIT $2)",
		before)
}

// SetProblem implements job.Repository.
func (s *Store) SetProblem(ctx context.Context, jobID, owner id.ID, p job.Problem) error {
	_, err := s.Exec(ctx,
		"UPDATE jobs SET problem_code = $3, problem_message = $4 WHERE id = $1 AND owner = $2 AND state = 'running'", jobID,
		owner, db.CleanText(p.Code), db.CleanText(p.Message))
	return err
}

// Job implements job.Repository.
func (s *Store) Job(ctx context.Context, orgID, jobID id.ID) (job.Job, error) {
	r, err := db.One[jobRow](ctx, s.DB, "SELECT "+jobColumns+" FROM jobs WHERE org_id = $1 AND id = $2", orgID, jobID)
	return r.job(), db.NoRow(err, fault.NewNotFound("job"))
}

// CancelJob implements job.Repository, in one statement: between two the job could be
// released, and neither would find it.
func (s *Store) CancelJob(ctx context.Context, jobID id.ID, at time.Time) (job.State, error) {
	found, err := db.Returning[job.State](ctx, s.DB,
		"UPDATE jobs SET finished_at = CASE state WHEN 'queued' THEN $2 ELSE finished_at END, cancel_requested = (state = "+
			"'running'),"+
			" state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END WHERE id = $1 AND state IN ('queued', "+
			"'running') RETURNING state", jobID, at)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return job.Done, nil
	case found[0] == job.Cancelled:
		return job.Queued, nil
	}
	return job.Running, nil
}

// CancelRequested implements job.Repository.
func (s *Store) CancelRequested(ctx context.Context, jobID id.ID) (bool, error) {
	n, err := db.One[int](ctx, s.DB, "SELECT count(*) FROM jobs WHERE id = $1 AND cancel_requested", jobID)
	return n == 1, err
}

// ListJobs implements job.Repository.
func (s *Store) ListJobs(ctx context.Context, state job.State, limit int) ([]job.Job, error) {
	where, args := "", []any{limit}
	if state != "" {
		where, args = " WHERE state = $2", append(args, state)
	}
	rows, err := db.All[jobRow](ctx, s.DB, "SELECT "+jobColumns+" FROM jobs"+where+" ORDER BY seq DESC LIMIT $1", args...)
	return db.Convert(rows, jobRow.job), err
}

// RetryJob implements job.Repository.
func (s *Store) RetryJob(ctx context.Context, jobID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx,
		"UPDATE jobs SET state = 'queued', run_at = $2, attempt = 0, takeovers = 0, finished_at = NULL, cancel_requested = "+
			"false, problem_code = NULL, problem_message = NULL"+
			" WHERE id = $1 AND state IN ('failed', 'cancelled')", jobID, at)
	return n == 1, err
}
