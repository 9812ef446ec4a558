package contract

import (
	"context"
	"net/url"

	"github.com/alania-go/alania/domain/fault"
)

// ClientCredentials are what an OAuth client proves itself with.
type ClientCredentials struct {
	ID, Secret string
	Basic      bool // in the Authorization header
}

// DecodeClient reads credentials of a client from HTTP Basic, where they are form-encoded (RFC 6749 section 2.3.1). It
// returns false when they are not.
func DecodeClient(username, password string) (ClientCredentials, bool) {
	clientID, err := url.QueryUnescape(username)
	if err != nil {
		return ClientCredentials{}, false
	}
	secret, err := url.QueryUnescape(password)
	return ClientCredentials{ID: clientID, Secret: secret, Basic: true}, err == nil
}

// CarryClient is the Carry of a scheme that takes the credentials of a client from HTTP Basic. The operation finds them
// with ClientFrom, and proves them.
func CarryClient(cr *Credentials, x *Exchange) error {
	switch {
	case !cr.Authorized():
		return nil
	case !cr.Basic:
		return invalidClient("are not of the Basic scheme")
	}
	client, ok := DecodeClient(cr.Username, cr.Password)
	if !ok {
		return invalidClient("are not form-encoded")
	}
	x.Client = &client
	return nil
}

func invalidClient(why string) error {
	return fault.New(fault.OAuthInvalidClient, "The client credentials in the Authorization header "+why+".")
}

// ClientFrom returns the credentials of the header, or those of the body (nil: the body has no such member). Both at
// once, which RFC 6749 section 2.3 forbids, are OAuthInvalidRequest; the id may be repeated.
func ClientFrom(ctx context.Context, clientID, secret *string) (ClientCredentials, error) {
	if header := From(ctx).Client; header != nil {
		if secret != nil || clientID != nil && *clientID != header.ID {
			return ClientCredentials{}, fault.New(fault.OAuthInvalidRequest,
				"Send the client credentials in the Authorization header or in the body, not in both.")
		}
		return *header, nil
	}
	var c ClientCredentials
	if clientID != nil {
		c.ID = *clientID
	}
	if secret != nil {
		c.Secret = *secret
	}
	return c, nil
}
