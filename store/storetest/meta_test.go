package storetest

import (
	"testing"

	"github.com/alania-go/alania/store"
)

func TestMeta(t *testing.T) {
	Each(t, func(t *testing.T, e store.Engine) {
		s := open(t, e)
		first, others := unique(), unique()
		got := make([]string, 16)
		must(t, together(16, func(i int) (err error) {
			got[i], err = s.MetaOnce(t.Context(), first, name("%d", i))
			return err
		})...)
		for _, v := range got {
			if v != got[0] {
				t.Fatalf("%v", got)
			}
		}
		for _, value := range []string{"ü", "", `'"\`} {
			must(t, s.SetMeta(t.Context(), first, value), s.SetMeta(t.Context(), others+value, value))
			for _, n := range []string{first, others + value} {
				if v, err := s.MetaOnce(t.Context(), n, "other"); err != nil || v != value {
					t.Fatalf("%q, %v", v, err)
				}
			}
		}
	})
}
