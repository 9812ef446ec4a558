package pipeline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// Pipelines that would run for hours end soon after their context.
func TestTimeIsBounded(t *testing.T) {
	loop := `{"$reduce":{"input":{"$range":[0,100000]},"initialValue":0,"in":`
	for name, text := range map[string]string{
		"nested loops":              `[{"$project":{"x":` + loop + loop + loop + `{"$add":["$$value",1]}}}}}}}}}]`,
		"an expression of a filter": `[{"$match":{"$expr":` + loop + loop + `{"$add":["$$value","$$this"]}}}}}}}]`,
		"a window": `[{"$setWindowFields":{"sortBy":{"_id":1},"output":{"x":{"$push":"$_id",` +
			`"window":{"documents":[-1000,1000]}}}}}]`,
		"a lookup of everything": `[{"$lookup":{"from":"c","pipeline":[{"$match":{"$expr":{"$eq":["$a","none"]}}}],` +
			`"as":"x"}},{"$match":{"x":1}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			o := pipeline.Options{Memory: 1 << 30, Documents: among(20_000)}
			err := compile(t, text).Run(ctx, orders(20_000), o, func(value.Value) error { return nil })
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Timeout {
				t.Errorf("error %v", err)
			}
			select {
			case <-ctx.Done():
			default:
				t.Error("it ended by itself")
			}
			if late := time.Since(deadline(ctx)); late > 5*time.Second {
				t.Errorf("it ended %v after its time", late)
			}
		})
	}
}

func deadline(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}
