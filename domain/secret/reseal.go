package secret

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/alania-go/alania/domain/txn"
)

// Column is where the values of a use are kept.
type Column struct {
	Name string // table.column
	Use  Use
}

// Kept is a sealed value and the key of its row.
type Kept struct {
	Row    any
	Sealed []byte
}

// Repository reads and replaces sealed values, whatever they are for.
type Repository interface {
	SealedColumns() []Column
	// SealedOtherwise returns values that do not begin with head, in the order of their rows, after a row;
	// nil: from the first.
	SealedOtherwise(ctx context.Context, column string, head []byte, after any, limit int) ([]Kept, error)
	// ReplaceSealed replaces a value that is still the old one, and reports whether it was.
	ReplaceSealed(ctx context.Context, column string, row any, old, sealed []byte) (bool, error)
	// CountSealed counts the values of a column by the headLength bytes that they begin with.
	CountSealed(ctx context.Context, column string, headLength int) (map[string]int, error)
}

// headLength is how many bytes of a sealed value say the version and the key.
const headLength = 5

// head is how values begin that the key seals.
func (k key) head() []byte { return append([]byte{version}, k.id[:]...) }

const (
	resealSlice  = 100
	resealPasses = 20
)

// Resealed tells what a Reseal did.
type Resealed struct {
	Columns []ResealedColumn
	Keys    []UsedKey
	// Unknown are the values of keys that the box does not have. Nobody can open them.
	Unknown int
}

// ResealedColumn has how many values of a column were sealed anew.
type ResealedColumn struct {
	Name   string
	Values int
}

// UsedKey is a key of the box, the one in use first, with the number of values that it seals in the end.
type UsedKey struct {
	ID     string
	Values int
}

// Retired reports whether every value is sealed with the key in use.
func (r Resealed) Retired() bool {
	for _, k := range r.Keys[1:] {
		if k.Values > 0 {
			return false
		}
	}
	return true
}

// Reseal seals every value with the key in use that another key seals. It may run at the same time as
// servers that have all the keys: a value that they change meanwhile is theirs, and is looked at once more.
// It may be cut off and run again: what is done stays done.
func Reseal(ctx context.Context, tx txn.Runner, repo Repository, box *Box) (Resealed, error) {
	var out Resealed
	for _, c := range repo.SealedColumns() {
		n := 0
		for range resealPasses {
			changed, again, err := resealColumn(ctx, tx, repo, box, c)
			if err != nil {
				return out, err
			}
			n += changed
			if !again {
				break
			}
		}
		out.Columns = append(out.Columns, ResealedColumn{c.Name, n})
	}
	counts := map[string]int{}
	for _, c := range repo.SealedColumns() {
		found, err := repo.CountSealed(ctx, c.Name, headLength)
		if err != nil {
			return out, err
		}
		for head, n := range found {
			counts[head] += n
		}
	}
	for _, k := range box.keys {
		head := string(k.head())
		out.Keys = append(out.Keys, UsedKey{ID: hex.EncodeToString(k.id[:]), Values: counts[head]})
		delete(counts, head)
	}
	for _, n := range counts {
		out.Unknown += n
	}
	return out, nil
}

// resealColumn goes once through a column, and reports whether a value changed under its hands.
func resealColumn(
	ctx context.Context, tx txn.Runner, repo Repository, box *Box, c Column,
) (changed int, again bool, err error) {
	head := box.keys[0].head()
	var after any
	for {
		list, err := repo.SealedOtherwise(ctx, c.Name, head, after, resealSlice)
		if err != nil || len(list) == 0 {
			return changed, again, err
		}
		done, missed := 0, false
		err = tx.InTx(ctx, func(ctx context.Context) error {
			done, missed = 0, false
			for _, v := range list {
				plain, err := box.Open(v.Sealed, c.Use)
				if errors.Is(err, ErrKey) {
					continue // counted in the end
				}
				if err != nil {
					return err
				}
				was, err := repo.ReplaceSealed(ctx, c.Name, v.Row, v.Sealed, box.Seal(plain, c.Use))
				switch {
				case err != nil:
					return err
				case was:
					done++
				default:
					missed = true
				}
			}
			return nil
		})
		if err != nil {
			return changed, again, err
		}
		changed, again, after = changed+done, again || missed, list[len(list)-1].Row
	}
}
