package edge

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/server/contract"
)

// Metrics counts requests for Prometheus. Labels come from the bundle and from HTTP
// statuses, never from a caller.
type Metrics struct {
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
	refused  prometheus.Counter
	bytes    *prometheus.CounterVec

	mu    sync.RWMutex
	known map[series]prometheus.Observer // those that have had a request
}

// series names one of the histograms of requests.
type series struct {
	op     *contract.Operation
	status int
}

// NewMetrics registers the metrics of the edge.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		known: map[series]prometheus.Observer{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alania_http_request_duration_seconds", Help: "Time to answer a request, by operation and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"contract", "operation", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "alania_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "alania_http_rate_limited_total", Help: "Requests refused by a rate limit.",
		}),
	}
	m.bytes = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "alania_http_stream_bytes_total", Help: "Bytes of the bodies of operations that are streams, by direction.",
	}, []string{"contract", "operation", "direction"})
	r.MustRegister(m.requests, m.inFlight, m.refused, m.bytes)
	return m
}

func (m *Metrics) begin()   { m.inFlight.Inc() }
func (m *Metrics) limited() { m.refused.Inc() }

func (m *Metrics) end(op *contract.Operation, status int, took time.Duration) {
	m.inFlight.Dec()
	m.of(series{op, status}).Observe(took.Seconds())
}

// of looks its labels up once.
func (m *Metrics) of(s series) prometheus.Observer {
	m.mu.RLock()
	o, ok := m.known[s]
	m.mu.RUnlock()
	if ok {
		return o
	}
	name, operation := "none", "none"
	if s.op != nil {
		name, operation = s.op.Contract.Name, s.op.ID
	}
	o = m.requests.WithLabelValues(name, operation, strconv.Itoa(s.status))
	m.mu.Lock()
	m.known[s] = o
	m.mu.Unlock()
	return o
}

// stream counts the bytes of a stream, at its end.
func (m *Metrics) stream(op *contract.Operation, received, sent int64) {
	if op == nil || op.Stream == nil {
		return
	}
	m.bytes.WithLabelValues(op.Contract.Name, op.ID, "received").Add(float64(received))
	m.bytes.WithLabelValues(op.Contract.Name, op.ID, "sent").Add(float64(sent))
}
