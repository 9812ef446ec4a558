package issuer_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/alania-go/alania/domain/realm"
	"github.com/alania-go/alania/server/servertest"
	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	storetest.Stop()
	os.Exit(code)
}

// The admin of the first start signs in to the platform's realm, and the token works in the other contracts.
func TestTheFirstAdminSignsIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e store.Engine) {
		i := servertest.Start(t, e)
		form := url.Values{
			"grant_type": {"password"}, "client_id": {realm.Console}, "username": {i.FirstRun.Email},
			"password": {i.FirstRun.Password}, "scope": {"openid"},
		}
		res, err := http.Post(i.URL+"/realms/platform/protocol/openid-connect/token",
			"application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%d", res.StatusCode)
		}
		var told struct {
			Token string `json:"access_token"`
		}
		must(t, json.NewDecoder(res.Body).Decode(&told))
		i.Want(t, http.StatusOK, servertest.Request{Operation: "platform.listOrgs", Bearer: told.Token})
	})
}
