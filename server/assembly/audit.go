package assembly

import (
	"context"
	"fmt"

	"github.com/alania-go/alania/domain/audit"
	"github.com/alania-go/alania/domain/id"
	"github.com/alania-go/alania/engine/siem"
)

// audit makes the audit trail, and its export, which belongs to the process owner.
func (p parts) audit(owner id.ID) (*audit.Service, *audit.Exporter, error) {
	if p.cfg.AuditSink != "" {
		if _, err := siem.Open(p.cfg.AuditSink); err != nil {
			return nil, nil, fmt.Errorf("ALANIA_AUDIT_SINK_URL %w", err)
		}
	}
	exporter := audit.NewExporter(p.store.Audit, p.box, siem.Open, owner, p.log, p.now)
	return audit.NewService(p.store.Audit, p.now, func(ctx context.Context) error {
		p.store.AfterCommit(ctx, exporter.Wake)
		return nil
	}), exporter, nil
}
