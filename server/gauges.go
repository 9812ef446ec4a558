package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges reads the queue and the connections when Prometheus asks.
type gauges struct{ services *Services }

var (
	jobsDesc        = prometheus.NewDesc("alania_jobs", "Background jobs, by state.", []string{"state"}, nil)
	connectionsDesc = prometheus.NewDesc("alania_database_connections", "Connections to the database, by state.", []string{"state"}, nil)
)

// Describe implements prometheus.Collector.
func (gauges) Describe(ch chan<- *prometheus.Desc) { ch <- jobsDesc; ch <- connectionsDesc }

// Collect implements prometheus.Collector.
func (g gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n int, label string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), label)
	}
	open, inUse := g.services.Store.Connections()
	gauge(connectionsDesc, open-inUse, "idle")
	gauge(connectionsDesc, inUse, "in_use")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	st, err := g.services.Queue.Stats(ctx)
	if err != nil {
		return // the database is down; the other metrics still tell something
	}
	gauge(jobsDesc, st.Due, "due")
	gauge(jobsDesc, st.Running, "running")
	gauge(jobsDesc, st.Failed, "failed")
}
