package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// Text returns a parameter as it is written in a URL or header.
func Text(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

// AddQuery adds a parameter that is there: a value, a pointer that is not nil, or the
// values of a list, each by its own or joined with commas.
func AddQuery(q url.Values, name string, v any, explode bool) {
	values := texts(v)
	if !explode && len(values) > 1 {
		values = []string{strings.Join(values, ",")}
	}
	if len(values) > 0 {
		q[name] = append(q[name], values...)
	}
}

// AddHeader adds a header that is there. A required one that is empty is not.
func AddHeader(h http.Header, name string, v any) {
	if values := texts(v); len(values) > 0 && values[0] != "" {
		h.Set(name, strings.Join(values, ","))
	}
}

func texts(v any) []string {
	if _, ok := v.(time.Time); ok {
		return []string{Text(v)}
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return texts(r.Elem().Interface())
	case reflect.Slice:
		var all []string
		for i := range r.Len() {
			all = append(all, Text(r.Index(i).Interface()))
		}
		return all
	}
	return []string{Text(v)}
}
