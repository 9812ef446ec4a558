package assembly

import (
	"github.com/alania-go/alania/domain/data/rows"
	"github.com/alania-go/alania/domain/entitlement"
)

// rows makes the tables and rows of workspaces.
func (p parts) rows(s *Services) *rows.Service {
	return rows.NewService(rows.Options{
		Tx: p.store, Repository: p.store.DB, Engine: p.engine, Workspaces: s.Workspaces,
		Tables: s.Entitlements.Stock(entitlement.Tables, ""),
		Rows:   s.Entitlements.Stock(entitlement.TableRows, entitlement.RowBytes), Audit: s.Audit,
	})
}
