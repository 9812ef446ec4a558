package control

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/health"
	"github.com/alania-go/alania/domain/identity"
	"github.com/alania-go/alania/gen/control"
	"github.com/alania-go/alania/server/answer"
	"github.com/alania-go/alania/server/contract"
	"github.com/alania-go/alania/server/convert"
)

// GetPlatformHealth tells the state of each dependency.
func (a *API) GetPlatformHealth(
	ctx context.Context, _ control.GetPlatformHealthRequestObject,
) (control.GetPlatformHealthResponseObject, error) {
	r := a.Health.Report(ctx)
	body := control.PlatformHealth{
		Status: control.PlatformHealthStatusOk, Version: a.Version, Timestamp: answer.At(r.At),
		Dependencies: dependencies(r),
	}
	switch r.State {
	case health.Down:
		body.Status = control.PlatformHealthStatusDown
		return control.GetPlatformHealth503JSONResponse(body), nil
	case health.Degraded:
		body.Status = control.PlatformHealthStatusDegraded
	}
	return control.GetPlatformHealth200JSONResponse(body), nil
}

// dependencies are those of a report, by name.
func dependencies(r health.Report) []control.PlatformDependency {
	out := make([]control.PlatformDependency, 0, len(r.Checks))
	for name, c := range r.Checks {
		d := control.PlatformDependency{
			Name: name, State: control.PlatformDependencyState(c.State),
			LatencyMs: float64(c.Latency.Round(time.Microsecond)) / float64(time.Millisecond),
		}
		if c.Message != "" {
			d.Message = &c.Message
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y control.PlatformDependency) int { return cmp.Compare(x.Name, y.Name) })
	return out
}

// GetPlatformInfo tells those who administer the platform what it is made of.
func (a *API) GetPlatformInfo(
	ctx context.Context, _ control.GetPlatformInfoRequestObject,
) (control.GetPlatformInfoResponseObject, error) {
	if !identity.From(ctx).AcrossOrgs() {
		return nil, fault.New(fault.AccessDenied, "Only the roles of the platform can see what it is made of.")
	}
	return control.GetPlatformInfo200JSONResponse{
		Version: a.Version, APIVersions: a.contract.Versions,
		Build: control.PlatformBuild{GoVersion: runtime.Version(), Os: runtime.GOOS, Arch: runtime.GOARCH},
		Capabilities: convert.Each(a.Engines, func(e contract.Engine) control.PlatformCapability {
			return control.PlatformCapability{Name: e.Capability, Engine: e.Kind}
		}),
	}, nil
}
