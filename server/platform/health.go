package platform

import (
	"context"
	"time"

	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/gen/platform"
)

// GetLiveness answers while the process runs.
func (a *API) GetLiveness(
	context.Context, platform.GetLivenessRequestObject,
) (platform.GetLivenessResponseObject, error) {
	return platform.GetLiveness200JSONResponse{Status: platform.LivenessStatusOk}, nil
}

// GetReadiness reports whether to send requests here.
func (a *API) GetReadiness(
	ctx context.Context, _ platform.GetReadinessRequestObject,
) (platform.GetReadinessResponseObject, error) {
	r := a.Health.Report(ctx)
	body := platform.Readiness{Checks: checks(r), Status: platform.ReadinessStatusOk}
	switch {
	case a.Draining():
		body.Status = platform.ReadinessStatusDraining
	case r.State == health.Down:
		body.Status = platform.ReadinessStatusUnavailable
	default:
		return platform.GetReadiness200JSONResponse(body), nil
	}
	return platform.GetReadiness503JSONResponse(body), nil
}

// GetHealth tells the state of each dependency.
func (a *API) GetHealth(
	ctx context.Context, _ platform.GetHealthRequestObject,
) (platform.GetHealthResponseObject, error) {
	r := a.Health.Report(ctx)
	body := platform.Health{Status: platform.HealthStatusOk, Version: a.Version, Time: r.At, Checks: checks(r)}
	switch r.State {
	case health.Down:
		body.Status = platform.HealthStatusDown
		return platform.GetHealth503JSONResponse(body), nil
	case health.Degraded:
		body.Status = platform.HealthStatusDegraded
	}
	return platform.GetHealth200JSONResponse(body), nil
}

func checks(r health.Report) platform.HealthChecks {
	of := func(name string) platform.HealthCheck {
		c := r.Checks[name]
		out := platform.HealthCheck{
			State:     platform.HealthCheckState(c.State),
			LatencyMs: float64(c.Latency.Round(time.Microsecond)) / float64(time.Millisecond),
		}
		if c.Message != "" {
			out.Message = &c.Message
		}
		return out
	}
	return platform.HealthChecks{
		Database: of(health.Database), Queue: of(health.Queue), ObjectStorage: of(health.ObjectStorage),
	}
}
