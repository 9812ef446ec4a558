package cmdtest

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Client trusts the authority of ServeTLS as well.
var Client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
	MaxIdleConnsPerHost: 32, TLSClientConfig: &tls.Config{RootCAs: Throwaway.Pool},
}}

// Object is one of JSON.
type Object = map[string]any

// Call sends a request and reads the answer; status 0 is none.
func Call(
	method, target, bearer string, header map[string]string, body any,
) (status int, h http.Header, answer Object) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, target, r)
	if err != nil {
		panic(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	for name, v := range header {
		req.Header.Set(name, v)
	}
	return do(req)
}

func do(req *http.Request) (int, http.Header, Object) {
	res, err := Client.Do(req)
	if err != nil {
		return 0, nil, nil
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, nil // cut off: nothing was acknowledged
	}
	var answer Object
	_ = json.Unmarshal(b, &answer)
	return res.StatusCode, res.Header, answer
}

// Token gets an access token; its status is 200 when that worked.
func Token(base, clientID, secret string) (int, string) {
	form := url.Values{"grant_type": {"client_credentials"}}
	req, err := http.NewRequest(http.MethodPost, base+"/v2/auth/token", strings.NewReader(form.Encode()))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(clientID+":"+secret)))
	status, _, answer := do(req)
	s, _ := answer["access_token"].(string)
	return status, s
}

// FirstOrg returns the id of the one org.
func FirstOrg(t testing.TB, p *Process) string {
	t.Helper()
	status, _, answer := Call(http.MethodGet, p.URL+"/v2/orgs", Key, nil, nil)
	if status != http.StatusOK {
		t.Fatalf("the list of organizations: status %d, %v\n%s", status, answer, p.Stderr)
	}
	return answer["data"].([]any)[0].(Object)["id"].(string)
}

// Pages reads a list to its end.
func Pages(t testing.TB, target string) []Object {
	t.Helper()
	var out []Object
	for cursor := ""; ; {
		q := url.Values{"limit": {"100"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		status, _, answer := Call(http.MethodGet, target+separator+q.Encode(), Key, nil, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d, %v", target, status, answer)
		}
		for _, v := range answer["data"].([]any) {
			out = append(out, v.(Object))
		}
		if cursor, _ = answer["next_cursor"].(string); cursor == "" {
			return out
		}
	}
}

// Must calls with the key of the first organization and returns the answer, which has to have a status.
func Must(t testing.TB, want int, method, target string, body any) Object {
	t.Helper()
	status, _, answer := Call(method, target, Key, nil, body)
	if status != want {
		t.Fatalf("%s %s: status %d, %v", method, target, status, answer)
	}
	return answer
}

// ByName returns the ids in a list of things that have names, to its end.
func ByName(t testing.TB, target string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, v := range Pages(t, target) {
		name := v["name"].(string)
		found[name] = append(found[name], v["id"].(string))
	}
	return found
}
