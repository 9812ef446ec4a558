package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alania-go/alania/domain/share"
	"github.com/alania-go/alania/domain/webhook"
	"github.com/alania-go/alania/server/assembly"
)

// gauges reads the queue, the recurring work and the connections when Prometheus asks.
type gauges struct {
	services *assembly.Services
	engine   *webhook.Engine
}

// ofTask is the label of recurring work.
var ofTask = []string{"task"}

var (
	jobsDesc       = prometheus.NewDesc("alania_jobs", "Background jobs, by state.", []string{"state"}, nil)
	deliveriesDesc = prometheus.NewDesc("alania_webhook_deliveries",
		"Webhook deliveries that are pending: all of them in the database, and those in this process.", []string{"where"},
		nil)
	breakersDesc = prometheus.NewDesc("alania_webhook_breakers_open",
		"Endpoints whose circuit breaker is open in this process.", nil, nil)
	runsDesc  = prometheus.NewDesc("alania_sync_runs", "Sync runs under way, by state.", []string{"state"}, nil)
	auditDesc = prometheus.NewDesc("alania_audit_sinks_failing", "Audit sinks that take no entries at present.", nil,
		nil)
	asideDesc = prometheus.NewDesc("alania_audit_entries_set_aside_total", "Audit entries that a sink did not take.",
		nil, nil)
	sharesDesc = prometheus.NewDesc("alania_pool_permits",
		"Permits of the pools that organizations share: those in use, and callers that wait for one.",
		[]string{"pool", "state"}, nil)
	succeededDesc = prometheus.NewDesc("alania_recurring_last_success_timestamp_seconds",
		"When a task of the recurring work last succeeded.", ofTask, nil)
	tookDesc = prometheus.NewDesc("alania_recurring_duration_seconds", "How long the last run of a task took.",
		ofTask, nil)
	failingDesc = prometheus.NewDesc("alania_recurring_consecutive_failures", "Failures of a task in a row.", ofTask,
		nil)
	failedDesc      = prometheus.NewDesc("alania_recurring_failures_total", "Failures of a task.", ofTask, nil)
	connectionsDesc = prometheus.NewDesc("alania_database_connections", "Connections to the database, by state.",
		[]string{"state"}, nil)
	writersDesc = prometheus.NewDesc("alania_database_writers_waiting",
		"Writers that wait for their turn on SQLite, by class.", []string{"class"}, nil)
	writesDesc = prometheus.NewDesc("alania_database_write_turns_total", "Turns to write to SQLite.", nil, nil)
	waitedDesc = prometheus.NewDesc("alania_database_write_wait_seconds_total",
		"Time that writers have waited for their turn on SQLite.", nil, nil)
	commitsDesc = prometheus.NewDesc("alania_database_group_commits_total",
		"Commits on SQLite that writers shared, or could have.", nil, nil)
)

var unrenderedDesc = prometheus.NewDesc("alania_webhook_events_not_rendered_total",
	"Events that no endpoint of a contract was told of, as they could not be rendered.", []string{"contract"}, nil)

var declinedDesc = prometheus.NewDesc("alania_webhook_deliveries_declined_total",
	"Deliveries that were not made, as more waited for their endpoints than the plan keeps.", nil, nil)

// Describe implements prometheus.Collector.
func (gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsDesc, connectionsDesc, deliveriesDesc, breakersDesc, runsDesc, sharesDesc,
		auditDesc, asideDesc,
		succeededDesc, tookDesc, failingDesc, failedDesc, unrenderedDesc, declinedDesc,
		writersDesc, writesDesc, waitedDesc, commitsDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n int, label string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), label)
	}
	open, inUse := g.services.Store.Connections()
	gauge(connectionsDesc, open-inUse, "idle")
	gauge(connectionsDesc, inUse, "in_use")
	if w, ok := g.services.Store.Writes(); ok {
		total := func(d *prometheus.Desc, n float64) {
			ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, n)
		}
		gauge(writersDesc, w.Waiting[0], "request")
		gauge(writersDesc, w.Waiting[1], "background")
		total(writesDesc, float64(w.Turns))
		total(waitedDesc, w.Waited.Seconds())
		total(commitsDesc, float64(w.Commits))
	}
	for _, p := range share.Pools() {
		st := p.Stats()
		ch <- prometheus.MustNewConstMetric(sharesDesc, prometheus.GaugeValue, float64(st.InUse), p.Name(), "in_use")
		ch <- prometheus.MustNewConstMetric(sharesDesc, prometheus.GaugeValue, float64(st.Waiting), p.Name(), "waiting")
	}
	stats := g.engine.Stats()
	gauge(deliveriesDesc, stats.Waiting, "memory")
	gauge(deliveriesDesc, stats.InFlight, "in_flight")
	ch <- prometheus.MustNewConstMetric(breakersDesc, prometheus.GaugeValue, float64(stats.Open))
	for contract, n := range g.services.Webhooks.RenderFailures() {
		ch <- prometheus.MustNewConstMetric(unrenderedDesc, prometheus.CounterValue, float64(n), contract)
	}
	ch <- prometheus.MustNewConstMetric(declinedDesc, prometheus.CounterValue,
		float64(g.services.Webhooks.Declined()))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	works, err := g.services.Recurring.Stats(ctx)
	for _, w := range works {
		if !w.SucceededAt.IsZero() {
			gauge(succeededDesc, int(w.SucceededAt.Unix()), w.Name)
		}
		ch <- prometheus.MustNewConstMetric(tookDesc, prometheus.GaugeValue, w.Duration.Seconds(), w.Name)
		gauge(failingDesc, w.Failures, w.Name)
		ch <- prometheus.MustNewConstMetric(failedDesc, prometheus.CounterValue, float64(w.Failed), w.Name)
	}
	if err != nil {
		return // the database is down; the other metrics still tell something
	}
	st, err := g.services.Queue.Stats(ctx)
	if err != nil {
		return
	}
	gauge(jobsDesc, st.Due, "due")
	gauge(jobsDesc, st.Running, "running")
	gauge(jobsDesc, st.Failed, "failed")
	if n, err := g.services.Store.Webhooks.WebhookBacklog(ctx); err == nil {
		gauge(deliveriesDesc, n, "database")
	}
	if failing, aside, err := g.services.Store.Audit.SinkStats(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(auditDesc, prometheus.GaugeValue, float64(failing))
		ch <- prometheus.MustNewConstMetric(asideDesc, prometheus.CounterValue, float64(aside))
	}
	if queued, running, err := g.services.Store.Integrations.ActiveRuns(ctx); err == nil {
		gauge(runsDesc, queued, "queued")
		gauge(runsDesc, running, "running")
	}
}

// deliveryMetrics counts webhook attempts.
type deliveryMetrics struct {
	attempts *prometheus.HistogramVec
	delay    prometheus.Histogram
}

func newDeliveryMetrics(r prometheus.Registerer) deliveryMetrics {
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15, 60, 300}
	m := deliveryMetrics{
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alania_webhook_attempt_duration_seconds", Help: "Time of a webhook attempt, by outcome.", Buckets: buckets,
		}, []string{"outcome"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "alania_webhook_delay_seconds", Help: "From an event to the first attempt to deliver it.", Buckets: buckets,
		}),
	}
	r.MustRegister(m.attempts, m.delay)
	return m
}

// Attempted implements webhook.Observer.
func (m deliveryMetrics) Attempted(outcome webhook.Outcome, took, delay time.Duration) {
	m.attempts.WithLabelValues(string(outcome)).Observe(took.Seconds())
	if delay >= 0 {
		m.delay.Observe(delay.Seconds())
	}
}
