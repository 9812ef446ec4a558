package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/realm"
)

func TestIssuers(t *testing.T) {
	c, _, err := load(nil, map[string]string{
		"ALANIA_OIDC_ISSUERS": "https://idp.example.com;audience=alania;tenant=acme, " +
			"http://127.0.0.1:8080/realms/x;tenant=*;audience=a",
	})
	want := []realm.External{
		{Issuer: "https://idp.example.com", Audience: "alania", Tenant: "acme"},
		{Issuer: "http://127.0.0.1:8080/realms/x", Audience: "a", Tenant: realm.AnyTenant},
	}
	if err != nil || !slices.Equal(c.Issuers, want) {
		t.Errorf("%+v, %v", c.Issuers, err)
	}
	for _, v := range []string{
		"https://idp.example.com", "https://idp.example.com;audience=alania", "https://idp.example.com;tenant=acme",
		"https://idp.example.com/;audience=a;tenant=b", "https://u:p@idp.example.com;audience=a;tenant=b",
		"ftp://idp.example.com;audience=a;tenant=b", "idp;audience=a;tenant=b",
		"https://idp.example.com;audience=a;tenant=b;more=c",
		"https://idp.example.com;audience=a;tenant=b,https://idp.example.com;audience=c;tenant=d",
		"https://idp.example.com?x=1;audience=a;tenant=b", ";audience=a;tenant=b",
	} {
		if _, _, err := load(nil, map[string]string{"ALANIA_OIDC_ISSUERS": v}); err == nil ||
			!strings.Contains(err.Error(), "ALANIA_OIDC_ISSUERS") {
			t.Errorf("%s: %v", v, err)
		}
	}
}

func TestKeycloak(t *testing.T) {
	c, _, err := load(nil, map[string]string{"ALANIA_KEYCLOAK_URL": "https://alania:s3cret@id.example.com/auth"})
	if err != nil || c.Keycloak == nil || c.Keycloak.Host != "id.example.com" || c.Keycloak.Path != "/auth" {
		t.Errorf("%v, %v", c.Keycloak, err)
	}
	for _, v := range []string{
		"https://id.example.com", "https://alania@id.example.com", "https://:s3cret@id.example.com",
		"ldap://a:s3cret@id.example.com",
		"https://a:s3cret@id.example.com?x=1", "https://a:s3cret@", "%zz",
	} {
		_, _, err := load(nil, map[string]string{"ALANIA_KEYCLOAK_URL": v})
		if err == nil || !strings.Contains(err.Error(), "ALANIA_KEYCLOAK_URL") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", v, err)
		}
	}
}
