package realm

import "github.com/alania-go/alania/domain/fault"

// The refusals that every Directory words alike. The cause of those of a name that is taken is for the log.

// ClientIDTaken refuses a client id that another client of the realm has.
func ClientIDTaken(cause error) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "client_id_taken", Message: "Another client has this client id.", Cause: cause,
	}
}

// RoleTaken refuses a name that another role of the realm has.
func RoleTaken(cause error) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "role_taken", Message: "Another role of the realm has this name.", Cause: cause,
	}
}

// UserTaken refuses a name or an address that another user of the realm has.
func UserTaken(cause error) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "user_taken", Cause: cause,
		Message: "Another user of the realm has this name or this e-mail address.",
	}
}

// TooManyClients refuses a client beyond MaxClients.
func TooManyClients() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "too_many_clients", Message: "The realm has as many clients as it may have.",
	}
}

// TooManyRoles refuses a role beyond MaxRoles.
func TooManyRoles() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "too_many_roles", Message: "The realm has as many roles as it may have.",
	}
}

// WithoutSecret refuses a new secret for a client that has none.
func WithoutSecret() error {
	return &fault.Error{Code: fault.Conflict, Reason: "client_without_secret", Message: "The client has no secret."}
}

// OwnClient refuses to delete the client that every realm has.
func OwnClient() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "own_client", Message: "Every realm has the client console; it cannot be deleted.",
	}
}
