package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/domain/job"
)

const jobsUsage = `usage: alania jobs list [-state queued|running|done|failed|cancelled] [-limit N]
       alania jobs retry JOB_ID`

// jobs shows an operator the background work, and has what failed done again.
func (c command) jobs(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "list" && args[0] != "retry" {
		return errors.New(jobsUsage)
	}
	fs := flag.NewFlagSet("alania jobs "+args[0], flag.ContinueOnError)
	state := fs.String("state", "", "only jobs in this state")
	limit := fs.Int("limit", 50, "how many, the newest first")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	var jobID id.ID
	switch {
	case args[0] == "list" && fs.NArg() > 0, args[0] == "retry" && fs.NArg() != 1:
		return errors.New(jobsUsage)
	case args[0] == "retry":
		var err error
		if jobID, err = id.ParsePrefixed(id.JobPrefix, fs.Arg(0)); err != nil {
			return errors.New("a job id has the form job_01…")
		}
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	switch args[0] {
	case "list":
		list, err := s.Queue.List(ctx, job.State(*state), *limit)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "JOB ID\tKIND\tSTATE\tATTEMPT\tRUN AT\tPROBLEM")
		for _, j := range list {
			problem := j.LastError
			if j.Problem != nil {
				problem = j.Problem.Code + ": " + j.Problem.Message
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", j.ID.Prefixed(id.JobPrefix), j.Kind, j.State, j.Attempt,
				j.RunAt.Format(time.RFC3339), problem)
		}
		return w.Flush()
	default: // retry
		ok, err := s.Queue.Retry(ctx, jobID)
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("no failed or cancelled job has this id")
		}
		fmt.Fprintln(c.out, "Queued again. A running server takes it within a second.")
		return nil
	}
}
