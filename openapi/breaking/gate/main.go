// Command gate fails when a bundle breaks clients of the one that was published before
// it: `make breaking`. It is no part of the alania program, which needs no oasdiff.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alania-go/alania/openapi/breaking"
)

func main() {
	broken, err := run(os.Args[1:], os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "gate: "+err.Error())
		os.Exit(2)
	}
	if broken {
		os.Exit(1)
	}
}

// run reports whether a contract breaks.
func run(args []string, out io.Writer) (bool, error) {
	fs := flag.NewFlagSet("gate", flag.ContinueOnError)
	baseline := fs.String("baseline", "openapi/baseline", "folder of the published bundles")
	dist := fs.String("dist", "openapi/dist", "folder of the bundles to publish")
	now := fs.String("now", time.Now().UTC().Format(time.DateOnly), "the date that sunsets are compared with")
	if err := fs.Parse(args); err != nil {
		return false, err
	}
	at, err := time.Parse(time.DateOnly, *now)
	if err != nil {
		return false, fmt.Errorf("-now must be a date such as 2027-03-31")
	}
	pairs, err := breaking.Pairs(*baseline, *dist)
	if err != nil {
		return false, err
	}
	broken := 0
	for _, p := range pairs {
		if p.Was == nil {
			fmt.Fprintf(out, "%s: not published before\n", p.Contract)
			continue
		}
		changes, err := compare(p, at)
		if err != nil {
			return false, fmt.Errorf("%s: %w", p.Contract, err)
		}
		broken += report(out, p.Contract, changes)
	}
	if broken > 0 {
		fmt.Fprintf(out, "\n%d breaking. CONTRIBUTING.md, \"Changing a published contract\", says how to go about it.\n",
			broken)
	}
	return broken > 0, nil
}

// report prints what breaks and what may, and counts the former.
func report(out io.Writer, contract string, changes []breaking.Change) int {
	count := map[breaking.Level]int{}
	for _, c := range changes {
		count[c.Level]++
	}
	fmt.Fprintf(out, "%s: %d breaking, %d warnings, %d compatible\n", contract, count[breaking.Breaking],
		count[breaking.Warning], count[breaking.Compatible])
	for _, c := range changes {
		if c.Level == breaking.Compatible {
			continue
		}
		level := "BREAKS "
		if c.Level == breaking.Warning {
			level = "warning"
		}
		what := c.What
		if what == "" {
			what = "is gone"
		}
		fmt.Fprintf(out, "  %s %s: %s [%s]\n", level, c.Where, what, c.ID)
		if why := strings.TrimSpace(c.Why); why != "" {
			fmt.Fprintf(out, "          %s\n", why)
		}
	}
	return count[breaking.Breaking]
}
