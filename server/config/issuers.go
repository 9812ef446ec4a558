package config

import (
	"errors"
	"net/url"
	"strings"

	"github.com/alania-go/alania/domain/realm"
)

// issuers reads the issuers that are trusted: each a URL with its audience and its tenant, separated by commas.
func issuers(v string) ([]realm.External, error) {
	var out []realm.External
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(v, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		e, err := issuer(entry)
		if err != nil {
			return nil, err
		}
		if seen[e.Issuer] {
			return nil, errors.New("must name each issuer once")
		}
		seen[e.Issuer] = true
		out = append(out, e)
	}
	return out, nil
}

func issuer(entry string) (realm.External, error) {
	parts := strings.Split(entry, ";")
	e := realm.External{Issuer: parts[0]}
	u, err := url.Parse(e.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		strings.HasSuffix(u.Path, "/") || u.Scheme != "https" && u.Scheme != "http" {
		return e, errors.New("must begin each issuer with its URL, as its tokens name it")
	}
	for _, p := range parts[1:] {
		switch key, value, _ := strings.Cut(p, "="); key {
		case "audience":
			e.Audience = value
		case "tenant":
			e.Tenant = value
		default:
			return e, errors.New("must say no more of an issuer than its audience and its tenant")
		}
	}
	if e.Audience == "" || e.Tenant == "" {
		return e, errors.New("must have the audience and the tenant of each issuer, such as " +
			"https://idp.example.com;audience=alania;tenant=acme")
	}
	return e, nil
}

// keycloak reads the URL of a Keycloak server, with a client of its realm master as user and password.
func keycloak(v string) (*url.URL, error) {
	if v == "" {
		return nil, nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("must be the URL of a Keycloak server")
	}
	if secret, ok := u.User.Password(); u.User.Username() == "" || !ok || secret == "" {
		return nil, errors.New("must have the id and the secret of a client of the realm master, as https://id:secret@host")
	}
	return u, nil
}
