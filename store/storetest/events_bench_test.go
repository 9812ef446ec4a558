package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alania-go/alania/domain/data/events"
)

// BenchmarkPublish tells how many events of 100 bytes are published a second, each durable before the next of its
// publisher.
func BenchmarkPublish(b *testing.B) {
	for _, e := range Engines {
		m, clock, ctx, in := eventful(b, e)
		s := eventsOf(m, clock)
		partitions := 8
		if _, err := s.CreateTopic(ctx, in, "t", events.TopicUpdate{Partitions: &partitions}); err != nil {
			b.Fatal(err)
		}
		for _, publishers := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", e, publishers), func(b *testing.B) {
				var wg sync.WaitGroup
				start := time.Now()
				b.ResetTimer()
				for p := range publishers {
					wg.Go(func() {
						body := fmt.Appendf(nil, `{"topic":"t","key":"k%d","payload":"%098d"}`, p, p)
						for n := p; n < b.N; n += publishers {
							if _, err := s.Publish(ctx, in, body); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "publishes/s")
			})
		}
	}
}
