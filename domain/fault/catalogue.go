package fault

import "slices"

// Description says what a code or a reason means, and what its caller can do.
type Description struct {
	Name    string // the code, or the reason
	Code    Code   // that the reason belongs to; for a code, itself
	Meaning string
	Remedy  string
	// NoContract reports whether no operation of a contract answers with it: it is of the command line
	// or the registry.
	NoContract bool
}

// Catalogue describes every code, in the order of Codes, and then every reason.
func Catalogue() []Description {
	out := make([]Description, 0, len(texts)+len(reasons))
	for _, code := range Codes() {
		t := texts[code]
		out = append(out, Description{Name: string(code), Code: code, Meaning: t[0], Remedy: t[1]})
	}
	return append(out, Reasons()...)
}

// Reasons describes every Reason that an Error may have. A test reads the source and fails
// when one is missing.
func Reasons() []Description { return slices.Clone(reasons) }

// texts are the meaning and the remedy of each code.
var texts = map[Code][2]string{
	Malformed: {
		"The request cannot be read: its JSON is broken, an escape is wrong, or a header has the wrong form.",
		"Send well-formed JSON in UTF-8, and one value where one is expected. Repeating the same request does not help.",
	},
	ValidationFailed: {
		"One or more values do not meet the documented schema or a rule of the platform.",
		"Mend every value that the answer names. A pointer such as /settings/retention_days says where it is. Members and " +
			"parameters that are not documented are refused as well.",
	},
	InvalidCursor: {
		"The cursor was changed, is of another list or other filters, or is older than the server's key.",
		"Take cursors from next_cursor as they are, and keep filters and sort the same from page to page. Begin the list " +
			"again without a cursor.",
	},
	Unauthenticated: {
		"There are no credentials, or they are not accepted: unknown, expired or revoked.",
		"Send Authorization: Bearer with an access token or an API key. Get a new token when it has expired; the SDKs do " +
			"that by themselves.",
	},
	InsufficientScope: {
		"The credentials are accepted, but they lack the scope that the operation needs.",
		"The answer names the scope. Ask for a token with it, or have a key or client made that has it.",
	},
	AccessDenied: {
		"The credentials may see the resource, but may not do this with it.",
		"Use credentials of somebody who may, or ask an admin of the organization.",
	},
	FeatureLimit: {
		"The plan does not include the feature, or its limit is used up.",
		"Wait for the next period, remove what is no longer needed, or move to a larger plan at the upgrade URL that the " +
			"answer names.",
	},
	NotFound: {
		"The resource does not exist, or the credentials may not see it. The two cannot be told apart.",
		"Check the id and the organization that the credentials belong to.",
	},
	RouteNotFound: {
		"No operation has this path.", "Compare the path with the API reference; mind the version and a slash at the end.",
	},
	MethodNotAllowed: {
		"The path exists, but not with this method.",
		"Use one of the methods that the Allow header of the answer or the API reference names.",
	},
	Conflict: {
		"The state of the resource forbids the change.",
		"Read the resource again, resolve what is in the way, and repeat the request. A finer code often says what it is.",
	},
	RuleBroken: {
		"The request is well-formed and allowed, but the change breaks a rule of the platform.",
		"Read what the answer says is in the way, resolve it, and repeat the request. A finer code often names the rule.",
	},
	PreconditionFailed: {
		"If-Match names another version: somebody else has changed the resource since it was read.",
		"Read the resource again, apply the change to what it is now, and send its new ETag.",
	},
	RangeNotSatisfiable: {
		"The Range that was asked for begins behind the end of what is there.",
		"Content-Range of the answer has the size. Ask for bytes that are below it, or leave Range out.",
	},
	PayloadTooLarge: {
		"The body is larger than the operation takes.",
		"Send less at once. A body may have 1 MiB unless the API reference says otherwise.",
	},
	UnsupportedMediaType: {
		"The operation does not take this Content-Type, or the body came without one.",
		"Send the media type that the API reference names, mostly application/json.",
	},
	IdempotencyInFlight: {
		"The first request with this Idempotency-Key is still running.",
		"Wait a second or two and repeat the request with the same key: it gets the answer of the first. The SDKs do that " +
			"by themselves.",
	},
	IdempotencyMismatch: {
		"The Idempotency-Key was used before, with another request.",
		"Make a new key for each new request, and send the same body when repeating one.",
	},
	RateLimited: {
		"More requests came than the tier of the credentials allows.",
		"Wait as long as Retry-After says. X-RateLimit-Remaining tells in time; the SDKs wait and repeat by themselves.",
	},
	Timeout: {
		"The operation did not finish in its time. Nothing was changed.",
		"Repeat the request, with the same Idempotency-Key where it has one. Ask for less when it happens again.",
	},
	Unavailable: {
		"Something that the operation needs is down for now.",
		"Repeat the request later, with growing pauses, and look at the status page.",
	},
	Upstream: {
		"A system that you have attached cannot be reached, or answers with what makes no sense.",
		"Check that the system runs, and the address and credentials that it was attached with.",
	},
	UpstreamTimeout: {
		"A system that you have attached did not answer in its time.",
		"Check how the system is doing, and repeat the request.",
	},
	Internal: {
		"Something went wrong that should not. It is our fault, and the cause is in our log.",
		"Repeat the request once. Quote the request id when you report it.",
	},

	OAuthInvalidRequest: {
		"A token or revocation request lacks a parameter, repeats one, or has one with a wrong value (RFC 6749, " +
			"section 5.2).",
		"Send grant_type=client_credentials as a form, each parameter once.",
	},
	OAuthInvalidClient: {
		"The OAuth client is unknown, its secret is wrong, or it was revoked.",
		"Check the client id and secret, form-encoded in HTTP Basic or sent as client_id and client_secret, not both.",
	},
	OAuthInvalidGrant: {
		"The user name, the password or the refresh token does not work. Which of them is not told.",
		"Check the name and the password; an account of several tenants needs tenantId. Sign in again when a refresh token " +
			"does not work: each works once.",
	},
	OAuthInvalidScope: {
		"The scope that was asked for is unknown, or is more than the client has.",
		"Ask for scopes that the client was given, or leave scope out to get them all.",
	},
	OAuthUnauthorizedClient: {
		"The client may not use this grant.", "Use the grant that the client was made for: client_credentials.",
	},
	OAuthInvalidTarget: {
		"The resource that a token was asked for is none of this server (RFC 8707).",
		"Name the URL of this API or of its MCP server in resource, or leave it out.",
	},
	OAuthUnsupportedGrantType: {"The grant type is none that this server has.", "Send grant_type=client_credentials."},
}

// untold are the reasons that no contract answers with.
var untold = func() map[string]bool {
	out := map[string]bool{}
	for _, d := range reasons {
		out[d.Name] = d.NoContract
	}
	return out
}()

var reasons = []Description{
	{
		"affected_limit_exceeded", ValidationFailed,
		"More rows would change than max-affected allows. Nothing was changed.",
		"Choose fewer rows with a filter, or raise max-affected.", false,
	},
	{
		"aggregates_not_allowed", ValidationFailed,
		"Sums and other aggregates are switched off here.",
		"Ask for the rows and add them up yourself.", false,
	},
	{
		"already_member", Conflict, "The person already is a member of the organization, or is invited.",
		"Change the role of the member instead of inviting the person again.", false,
	},
	{
		"api_version_required", Malformed, "The header that names the version of the API is missing.",
		"Send it with one of the versions that the answer lists. The SDKs do that by themselves.", false,
	},
	{
		"api_version_unsupported", Malformed, "The version of the API that the request names is none that is supported.",
		"Send one of the versions that the answer lists, once.", false,
	},
	{
		"application_is_public", RuleBroken, "A public application has no secret.",
		"Register a confidential application when it can keep a secret.", false,
	},
	{
		"application_slug_taken", Conflict, "Another application of the workspace has this slug.", "Choose another slug.",
		false,
	},
	{
		"binding_name_taken", Conflict, "Another binding of the workspace has this name.",
		"Choose another name, or change the binding that has it.", false,
	},
	{
		"binding_not_ready", Conflict, "The binding's configuration has not been validated, so it cannot be synchronized.",
		"Look at the binding's validation job, mend the configuration, and validate it.", false,
	},
	{
		"cannot_retry", Conflict, "The delivery has succeeded, or was tried too often.",
		"Nothing is left to do for this delivery. Fetch the resource when the event was missed.", false,
	},
	{
		"capability_in_use", RuleBroken, "The workspace has data of the capability that would be taken away.",
		"Delete the data first, or keep the capability.", false,
	},
	{
		"capability_unavailable", FeatureLimit,
		"The workspace cannot use the capability: the plan does not include it, it is not enabled or still being prepared, " +
			"or the workspace is suspended.",
		"The answer names the reason. Move to a larger plan, enable the capability in the workspace, or wait.", false,
	},
	{
		"check_failed", ValidationFailed,
		"A row does not meet a check of its table. The message names the check.",
		"Send values that meet it.", false,
	},
	{
		"client_id_taken", Conflict, "Another OAuth client has this client id.",
		"Choose another id, or leave it out where one is made.", false,
	},
	{
		"client_without_secret", Conflict, "The client is public or bearer-only, so it has no secret.",
		"Make a confidential client.", false,
	},
	{
		"column_generated", ValidationFailed,
		"The column is computed from others, so it cannot be written.",
		"Leave the column out of the body.", false,
	},
	{
		"column_unknown", ValidationFailed,
		"The table has no column of this name.",
		"Compare the name with the columns of the table; upper and lower case differ.", false,
	},
	{
		"correlation_id_invalid", Malformed, "X-Correlation-Id is malformed, or is sent more than once.",
		"Send an id of your own, once, of 8 to 128 letters, digits, dots, underscores, colons and hyphens.", false,
	},
	{
		"correlation_id_required", Malformed, "X-Correlation-Id is missing.",
		"Send an id of your own for each request. The SDKs do that by themselves.", false,
	},
	{
		"delivery_in_progress", Conflict, "The delivery is still under way.",
		"Wait: it is tried again by itself, on the schedule of deliveries.", false,
	},
	{
		"document_changes_exceeded", RuleBroken, "The request would change more than 10,000 documents.",
		"Filter for fewer of them and repeat the request until nothing is left to change.", false,
	},
	{
		"document_engine_unsupported", RuleBroken,
		"The engine that keeps the documents of this platform does not have what was asked for.",
		"Do it in another way; the message says what is missing.", false,
	},
	{
		"document_exists", Conflict, "The collection has a document with the same _id.",
		"Leave _id out, so that the document gets one, or replace the document with PUT.", false,
	},
	{
		"document_memory_exceeded", RuleBroken,
		"A sort or a group of documents, or what an expression makes, would keep more in memory than it may.",
		"Filter before it, keep fewer or smaller fields, or add a limit after the sort.", false,
	},
	{
		"document_not_applicable", RuleBroken,
		"An operator cannot be applied to what a document holds, such as $inc to a text.",
		"Filter for documents that it can be applied to, or test the type of the value before ($type, $cond, $convert).",
		false,
	},
	{
		"document_not_unique", Conflict, "Another document has the same values in a unique index.",
		"Change the values, or change the document that has them. The answer names the index.", false,
	},
	{
		"document_result_exceeded", RuleBroken, "The result has more than 16 MB.",
		"Ask for fewer documents, or for fewer fields of each with a projection.", false,
	},
	{
		"document_time_exceeded", RuleBroken, "The operation looked at more documents than the time for it allows.",
		"Filter for fewer documents, or make an index for the fields that the filter compares.", false,
	},
	{
		"document_too_large", RuleBroken, "The document would have more than 16 MB.",
		"Divide it into several documents.", false,
	},
	{
		"domain_not_proven", ValidationFailed, "The proof that the domain is yours is in none of its two places yet.",
		"Publish the TXT record or the file that the answer names. DNS may take a while to show it; then verify again.",
		false,
	},
	{
		"domain_taken", Conflict, "The domain belongs to another workspace.",
		"Remove it there first, or use another domain. When that workspace has not proven it and it is yours, prove it: " +
			"the message says how.", false,
	},
	{
		"endpoint_disabled", Conflict, "The webhook endpoint is disabled or deleted, so nothing is sent to it.",
		"Enable the endpoint first. It is disabled by hand, by a 410 from the receiver, or after five days of failures.",
		false,
	},
	{
		"filter_required", ValidationFailed,
		"The request would change or delete every row of the table.",
		"Choose rows with a filter, or add all=true when every row is meant.", false,
	},
	{
		"grant_not_allowed", OAuthUnauthorizedClient,
		"The client may not use this grant, such as sending the passwords of users.",
		"Use a grant that the client was made for.", false,
	},
	{
		"group_full", Conflict, "The group has the most members that it can have.",
		"Use fewer members: more than there are partitions have nothing to do. A silent one is forgotten after 30 seconds.",
		false,
	},
	{
		"idempotency_key_required", Malformed, "The operation needs an Idempotency-Key, and the request has none.",
		"Send a new key of your own for each change, such as a UUID. The SDKs do that by themselves.", false,
	},
	{
		"index_exists", Conflict, "The collection has another index of the same name.",
		"Choose another name, or delete the other index first.", false,
	},
	{
		"job_finished", Conflict, "The job has ended already, so it cannot be cancelled.",
		"Look at its result; there is nothing left to cancel.", false,
	},
	{
		"key_mismatch", ValidationFailed,
		"The body has another primary key than the URL.",
		"Send one row whose key is that of the filters.", false,
	},
	{
		"key_not_active", Conflict, "The API key is expired or revoked, so it cannot be changed or rotated.",
		"Create a new key.", false,
	},
	{
		"key_required", ValidationFailed,
		"A PUT needs each column of the primary key as an eq filter, and no other.",
		"Name the row by its whole key.", false,
	},
	{
		"key_unknown", ValidationFailed,
		"on_conflict names columns that are no key of the table.",
		"Name the columns of the primary key or of a unique constraint.", false,
	},
	{
		"last_owner", Conflict, "The change would leave the organization without an owner.",
		"Make another member an owner first.", false,
	},
	{
		"last_workspace", Conflict, "The workspace is the only one of its organization, which always has one.",
		"Create another workspace first.", false,
	},
	{
		"link_expired", AccessDenied, "The time of the link to an object has ended.",
		"Ask whoever made the link for a new one. A link works for seven days at most.", false,
	},
	{
		"link_invalid", AccessDenied, "The link to an object was changed, or was not made by this server.",
		"Use the link exactly as it was made: method, path and query are signed.", false,
	},
	{
		"link_stopped", AccessDenied, "The tenant or the workspace of the link may not use the platform for now.",
		"Ask whoever made the link.", false,
	},
	{
		"mcp_timeout", UpstreamTimeout, "The MCP server did not answer in its time.",
		"Check how the server is doing, and call the tool again if that is harmless: it may have run.", false,
	},
	{
		"mcp_unreachable", Upstream, "The MCP server cannot be reached, or does not speak the protocol.",
		"Check that the server runs, and the address and credentials that it was registered with.", false,
	},
	{
		NoCredentials, Unauthenticated, "The request had no credentials at all.",
		"Give the tool an API key: the answer says where.", true,
	},
	{
		"not_acceptable", ValidationFailed,
		"None of the media types in Accept can be answered with.",
		"Accept application/json, text/csv or the types of PostgREST.", false,
	},
	{
		"not_embedded", ValidationFailed,
		"A filter, an order or a limit names a resource that is not in select.",
		"Embed the resource in select, by the name that is used.", false,
	},
	{
		"object_key", ValidationFailed, "The name of an object is not one that the storage takes.",
		"Use segments with slashes between them, none empty, none a dot or two.", true,
	},
	{
		"offset_not_delivered", RuleBroken, "An offset to commit is beyond what the member was given.",
		"Commit the offsets that a poll has answered with, or smaller ones.", false,
	},
	{
		"operator_not_supported", ValidationFailed,
		"The engine of the workspace does not have the operator, the cast or the type. The message names the " +
			"one that has it.",
		"Use another operator, or have the workspace's rows kept by that engine.", false,
	},
	{
		"operator_unknown", ValidationFailed,
		"The operator or the function does not exist for a value of this type.",
		"Compare the operator with the type of the column; a cast may help.", false,
	},
	{
		"org_not_verified", AccessDenied,
		"The organization is not a verified partner, and only those may install SDKs from the registry.",
		"Ask the operator of the platform to verify the organization.", true,
	},
	{
		"org_suspended", Unauthenticated,
		"The organization is suspended. None of its credentials is accepted, and its deliveries and scheduled runs wait.",
		"Ask the operator of the platform to resume the organization. The same credentials work again then; new ones would " +
			"not help. Nothing is lost: what waits goes on.",
		false,
	},
	{
		"own_client", Conflict, "The client console is one of every realm.",
		"Leave it; make other clients for applications.", false,
	},
	{
		"own_role", Conflict, "The role is one of the platform's own, which every realm has.",
		"Choose another name.", false,
	},
	{
		"own_tenant", RuleBroken, "The credentials belong to the tenant that would be suspended, resumed or deleted.",
		"Use credentials of another tenant that may do it.", false,
	},
	{
		"partition_lost", Conflict, "The partition is not the member's, or no longer: it was silent for 30 seconds.",
		"Poll again, and be ready for events that you have seen already.", false,
	},
	{
		"partitions_decreased", RuleBroken, "A topic cannot have fewer partitions than it has.",
		"Make another topic with fewer partitions.", false,
	},
	{
		"permissions_exceeded", ValidationFailed, "The key would have permissions that its maker does not have.",
		"Leave out the permissions that the answer names, or have somebody make the key who has them.", false,
	},
	{
		"plan_in_use", RuleBroken, "The tenant uses more than the smaller plan allows.",
		"Reduce what the details name, or choose a larger plan.", false,
	},
	{
		"preference_unknown", ValidationFailed,
		"Prefer has a value that is not known, and asks for strict handling.",
		"Mend the value, or leave handling=strict out.", false,
	},
	{
		"query_syntax", ValidationFailed,
		"A filter, an order or another part of the query cannot be read or carried out.",
		"The answer names the parameter and the character. Put values with commas or brackets in double " +
			"quotes.", false,
	},
	{
		"realm_disabled", AccessDenied, "The realm is disabled, or its tenant is suspended.",
		"Ask the operator of the platform to resume the tenant.", false,
	},
	{
		"realm_taken", Conflict, "The identity provider has a realm with the tenant's name that is not the tenant's.",
		"Ask the operator of the platform.", false,
	},
	{
		"reference_broken", RuleBroken,
		"A row refers to one that does not exist, or is referred to by another.",
		"Write the row that is referred to first, and delete it last.", false,
	},
	{
		"reference_impossible", RuleBroken,
		"A foreign key refers to what is not there, to columns of another type, or to columns that are no key.",
		"Refer to the primary key, or to a unique key, of a table of the workspace.", false,
	},
	{
		"refresh_token_invalid", OAuthInvalidGrant,
		"The refresh token is unknown, was used before, or has expired; or its session has ended.",
		"Sign in again. Keep only the newest refresh token: an older one ends the session.", false,
	},
	{
		"relationship_ambiguous", ValidationFailed,
		"There is more than one way between the two tables.",
		"Add one of the hints that the answer names, such as table!constraint.", false,
	},
	{
		"relationship_unknown", ValidationFailed,
		"There is no foreign key between the two tables.",
		"Embed by the name of a table that a foreign key leads to, or make the foreign key.", false,
	},
	{
		"result_not_single", ValidationFailed,
		"One object was asked for, and there are none or several rows.",
		"Filter by a key, or ask for a list.", false,
	},
	{
		"role_taken", Conflict, "Another role of the realm has this name.",
		"Choose another name.", false,
	},
	{
		"row_exists", Conflict,
		"A row with the same key exists. The message names the constraint.",
		"Change that row, or use the preference resolution=merge-duplicates.", false,
	},
	{
		"rows_body", ValidationFailed,
		"The body is not the JSON or CSV of rows: objects with the same members, or lines with the same " +
			"fields.",
		"Send one object or an array of objects; name the columns in columns when members may be missing.", false,
	},
	{
		"rows_break_change", RuleBroken, "Rows of a table do not meet what the change of the table asks of them.",
		"Change or delete these rows first, or have the column a default.", false,
	},
	{
		"run_finished", Conflict, "The sync run has ended already, so it cannot be cancelled.",
		"Start another run; it begins at the last checkpoint.", false,
	},
	{
		"service_account_slug_taken", Conflict, "Another service account of the workspace has this slug.",
		"Choose another slug.", false,
	},
	{
		"slug_taken", Conflict, "Another workspace of the organization has this slug.",
		"Choose another slug, or leave it out to have one made from the name.", false,
	},
	{
		"status_not_allowed", RuleBroken, "The status of a tenant changes from active to suspended and back only.",
		"Delete the tenant to deactivate it.", false,
	},
	{
		"sync_running", Conflict, "A sync run of the binding is under way; one runs at a time.",
		"Wait for the run to end, or cancel it.", false,
	},
	{
		"table_exists", Conflict, "The workspace has a table, a key or an index with the name, maybe in other case.",
		"Choose another name.", false,
	},
	{
		"table_referenced", RuleBroken, "Another table has a foreign key that leads to the table or the column.",
		"Delete the other table, or its column, first.", false,
	},
	{
		"tenant_deactivated", RuleBroken, "The tenant is deleted. It cannot be changed or restored.",
		"Create another tenant. The slug stays reserved.", false,
	},
	{
		"tenant_slug_taken", Conflict, "Another tenant has this slug, or had it before it was deleted.",
		"Choose another slug.", false,
	},
	{
		"too_many_applications", Conflict, "The workspace has the most applications that it can have.",
		"Delete an application first.", false,
	},
	{
		"too_many_clients", Conflict, "The realm has as many clients as it may have.",
		"Delete clients that nobody uses.", false,
	},
	{
		"too_many_domains", Conflict, "The workspace has the most domains that it can have.", "Remove a domain first.", false,
	},
	{
		"too_many_endpoints", Conflict, "The organization has the most webhook endpoints that it can have.",
		"Delete an endpoint first.", false,
	},
	{
		"too_many_groups", Conflict, "The topic has the most groups that it can have.", "Delete a group first.", false,
	},
	{
		"too_many_indexes", RuleBroken, "The collection has as many indexes as it may.",
		"Delete one that no query uses; explain says which one a query uses.", false,
	},
	{
		"too_many_mcp_servers", Conflict, "The workspace has the most MCP servers that it can have.",
		"Remove a server first.", false,
	},
	{
		"too_many_roles", Conflict, "The realm has as many roles as it may have.",
		"Delete roles that nobody uses.", false,
	},
	{
		"too_many_service_accounts", Conflict, "The workspace has the most service accounts that it can have.",
		"Delete a service account first.", false,
	},
	{
		"too_many_uploads", Conflict, "The workspace has as many open uploads in parts as it may have.",
		"Complete or abort one of them first. An upload that is left alone ends after seven days.", false,
	},
	{
		"topic_exists", Conflict, "The workspace has a topic with the name.",
		"Choose another name, or use the topic that is there.", false,
	},
	{
		"type_unknown", ValidationFailed,
		"A cast or a text search names a type or a configuration that does not exist.",
		"Use a type of the documentation, or an enum of the table.", false,
	},
	{
		"unlimited", Conflict, "The feature has no limit in the plan of the workspace, so there is nothing to add to.",
		"Nothing: the workspace may use as much as it wants.", true,
	},
	{
		"upload_without_parts", RuleBroken, "The upload has no parts, so there is nothing to make an object of.",
		"Write a part first, or abort the upload.", false,
	},
	{
		"user_taken", Conflict, "Another user of the realm has this name or this e-mail address.",
		"Change that user, or choose another name.", false,
	},
	{
		"value_invalid", ValidationFailed,
		"A value is none of the column's type, or out of its range.",
		"The message names the type. Send a value of it.", false,
	},
	{
		"value_required", ValidationFailed,
		"A row has no value in a column that must have one. The message names the column.",
		"Send a value, or leave the column out when it has a default.", false,
	},
	{
		"version_exists", Conflict, "The version is published with other content, and a published version never changes.",
		"Publish under another version.", true,
	},
}
