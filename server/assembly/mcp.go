package assembly

import (
	"github.com/alania-go/alania/domain/entitlement"
	"github.com/alania-go/alania/domain/mcp"
	"github.com/alania-go/alania/engine/guard"
	mcpengine "github.com/alania-go/alania/engine/mcp"
)

// mcp makes the MCP servers of workspaces, and what holds sessions with them.
func (p parts) mcp(s *Services) (*mcp.Service, *mcpengine.Engine) {
	outside := guard.New(p.cfg.ConnectorAllowNets)
	engine := mcpengine.New(mcpengine.Options{
		Guard: outside, AllowHTTP: p.cfg.ConnectorAllowHTTP, Commands: p.cfg.MCPCommands, Root: p.cfg.MCPRoot,
		Files: s.Entitlements.Stock(entitlement.MCPFiles, entitlement.MCPFileBytes), Now: p.now,
	})
	policy := mcp.Policy{AllowHTTP: p.cfg.ConnectorAllowHTTP, Address: outside.Address}
	policy.ListTimeout, policy.CallTimeout = mcp.Timeouts(p.cfg.RequestTimeout)
	calls := s.Entitlements.Allowance(entitlement.MCPCalls)
	return mcp.NewService(p.store, p.store.MCP, s.Workspaces, calls, s.Audit, p.box, engine, policy, p.log, p.now), engine
}
