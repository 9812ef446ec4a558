package events

import (
	"fmt"
	"testing"
)

// The partition of a key is the one that Kafka's clients choose: these are the hashes of its own tests.
func TestHashesAreKafkas(t *testing.T) {
	for key, want := range map[string]int32{
		"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536,
		"a-little-bit-longer-string": -1486304829, "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	} {
		if got := int32(murmur2(key)); got != want { //nolint:gosec // as Java has it
			t.Errorf("%s: %d, not %d", key, got, want)
		}
	}
}

// Whatever members there are, each partition has one owner when each of them has polled twice, and shares differ by
// one.
func TestPartitionsAreDivided(t *testing.T) {
	for partitions := range MaxPartitions + 1 {
		places := make([]Place, partitions)
		for i := range places {
			places[i] = Place{Partition: i, Committed: 1, Delivered: 5}
		}
		for _, members := range [][]string{
			{"a"}, {"a", "b", "c"}, {"b", "c", "d", "e", "f"}, {"f"}, {"a", "b", "f"},
		} {
			for range 2 {
				for _, m := range members {
					Assign(places, members, m)
				}
			}
			own := map[string]int{}
			for _, p := range places {
				own[p.Member]++
			}
			for _, m := range members {
				if n := own[m]; n < partitions/len(members) || n > (partitions+len(members)-1)/len(members) {
					t.Errorf("%d partitions, %v: %v", partitions, members, fmt.Sprint(own))
				}
			}
			if own[""] > 0 {
				t.Errorf("%d partitions, %v: %d are nobody's", partitions, members, own[""])
			}
		}
	}
}
