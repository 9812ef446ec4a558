package weburl

import "net/url"

// Origin is what may be told of a URL that a tenant chose, in the audit trail, in logs and to a SIEM: its
// path, its query and its user may hold secrets. It is empty for what is no URL.
func Origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
