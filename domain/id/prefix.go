package id

// The prefixes that ids carry wherever a person or another system reads them: in the
// contracts that show prefixed ids, in events, and in the SIEM export.
const (
	OrgPrefix       = "org"
	WorkspacePrefix = "wks"
	MemberPrefix    = "mem"
	UserPrefix      = "usr"
	KeyPrefix       = "key"
	ClientPrefix    = "cli"
	TokenPrefix     = "tok"
	AuditPrefix     = "aud"
	EventPrefix     = "evt"
	EndpointPrefix  = "whe"
	DeliveryPrefix  = "dlv"
	BindingPrefix   = "bnd"
	RunPrefix       = "run"
	JobPrefix       = "job"
	RecordPrefix    = "rec"

	TenantPrefix = "tnt" // of an org, where it is called a tenant

	PixelDomainPrefix = "pxd"
	MCPServerPrefix   = "mcp"
	ReleasePrefix     = "rel"
	ObjectPrefix      = "obj"
	UploadPrefix      = "upl"
	RealmClientPrefix = "rcl"
	RealmRolePrefix   = "rol"
	CollectionPrefix  = "col"
	TopicPrefix       = "top"
	PublicationPrefix = "pub"

	ServiceAccountPrefix = "svc"
	ApplicationPrefix    = "app"
)
