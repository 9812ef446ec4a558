package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
)

const secretsUsage = `usage: alania secrets reseal`

// secrets lets the operator retire a key of ALANIA_SECRET_KEY.
func (c command) secrets(ctx context.Context, args []string) error {
	if len(args) != 1 || args[0] != "reseal" {
		return errors.New(secretsUsage)
	}
	s, err := c.open(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	done, err := s.Reseal(ctx)
	if err != nil {
		return fmt.Errorf("%w\nWhat was sealed anew stays so: run it again", err)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "COLUMN\tSEALED ANEW")
	for _, col := range done.Columns {
		fmt.Fprintf(w, "%s\t%d\n", col.Name, col.Values)
	}
	fmt.Fprintln(w, "\nKEY\tVALUES\t")
	for i, k := range done.Keys {
		note := "the key in use"
		switch {
		case i > 0 && k.Values == 0:
			note = "a former key that nothing needs"
		case i > 0:
			note = "a former key that is still needed"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\n", k.ID, k.Values, note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if done.Unknown > 0 {
		fmt.Fprintf(c.out, "\n%d values are sealed with keys that ALANIA_SECRET_KEY does not have. Nobody can open them.\n",
			done.Unknown)
	}
	switch {
	case !done.Retired():
		return errors.New("a server that seals with a former key is running: restart it with the new key first, and run " +
			"this again")
	case len(done.Keys) > 1:
		fmt.Fprintln(c.out, "\nTake the former keys out of ALANIA_SECRET_KEY and restart.")
	default:
		fmt.Fprintln(c.out, "\nALANIA_SECRET_KEY has one key, and everything is sealed with it.")
	}
	return nil
}
