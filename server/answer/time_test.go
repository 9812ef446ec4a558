package answer_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/server/answer"
)

// A time has three digits of a second, whatever it is made of, and reads as it was written.
func TestTime(t *testing.T) {
	east := time.FixedZone("east", 3*60*60)
	for in, want := range map[time.Time]string{
		time.Date(2024, 1, 15, 10, 0, 0, 0, time.UTC):              "2024-01-15T10:00:00.000Z",
		time.Date(2024, 1, 15, 10, 0, 0, 120_000_000, time.UTC):    "2024-01-15T10:00:00.120Z",
		time.Date(2024, 1, 15, 10, 0, 0, 123_999_999, time.UTC):    "2024-01-15T10:00:00.123Z",
		time.Date(2024, 1, 15, 13, 0, 0, 0, east):                  "2024-01-15T10:00:00.000Z",
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC):                   "0001-01-01T00:00:00.000Z",
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC): "9999-12-31T23:59:59.999Z",
	} {
		at := answer.At(in)
		text, err := json.Marshal(at)
		if err != nil || string(text) != `"`+want+`"` || at.String() != want {
			t.Errorf("%s is %s, %v", in, text, err)
		}
		var back answer.Time
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(in.Truncate(time.Millisecond)) {
			t.Errorf("%s is read as %s, %v", text, back, err)
		}
	}
	type row struct {
		At    answer.Time                    `json:"at"`
		Ended nullable.Nullable[answer.Time] `json:"ended"`
		Left  *answer.Time                   `json:"left,omitempty"`
	}
	r := row{At: answer.At(time.Unix(0, 0)), Ended: nullable.NewNullNullable[answer.Time]()}
	if err := same(r); err != nil {
		t.Error(err)
	}
	r.Ended.Set(answer.At(time.Unix(1, 0)))
	if err := same(r); err != nil {
		t.Error(err)
	}
}
