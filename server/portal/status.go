package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alania-go/alania/domain/health"
)

// state is the page of the platform's state.
type state struct {
	State, Headline, Text string
	At                    string
	Checks                []check
	Version               string
}

type check struct {
	Name, State, Message string
	Latency              string
}

// status says what /v2/health says, with its status.
func (p *portal) status(c echo.Context) error {
	r := p.opts.Health(c.Request().Context())
	s := state{State: string(r.State), At: r.At.UTC().Format("2006-01-02 15:04:05 UTC"), Version: p.opts.Version}
	code := http.StatusOK
	switch {
	case r.State == health.Down:
		code = http.StatusServiceUnavailable
		s.Headline, s.Text = "The platform is down",
			"Something that it needs does not answer, so requests fail or may fail with 503. Repeat them later, with growing "+
				"pauses."
	case r.State == health.Degraded:
		s.Headline, s.Text = "The platform works, worse than it should",
			"Requests are served; some take longer, and background work may be late."
	default:
		s.Headline, s.Text = "All systems work", "Everything that the platform needs answers, and in time."
	}
	for name, found := range r.Checks {
		label := strings.ReplaceAll(name, "_", " ")
		if label != "" {
			label = strings.ToUpper(label[:1]) + label[1:]
		}
		s.Checks = append(s.Checks,
			check{label, string(found.State), found.Message, found.Latency.Round(10 * time.Microsecond).String()})
	}
	slices.SortFunc(s.Checks, func(a, b check) int { return strings.Compare(a.Name, b.Name) })
	body, err := p.html("/status", "status.html", "Status", s)
	if err != nil {
		return err
	}
	return blob(c, code, body)
}
