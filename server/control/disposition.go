package control

import (
	"net/url"
	"strings"
)

// disposition names the file that a browser saves an object as: the last segment of its key. The first name is for
// clients that know ASCII alone (RFC 6266); neither has a character that could end it.
func disposition(kind, key string) string {
	name := key[strings.LastIndexByte(strings.TrimRight(key, "/"), '/')+1:]
	name = strings.TrimRight(name, "/")
	if name == "" {
		return kind
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	out := kind + `; filename="` + plain + `"`
	if plain != name {
		out += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return out
}
