package db

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
)

// assign writes the value of a column to the field that a scanner points to, as database/sql does. Fields of the usual
// types cost no reflection.
func assign(into any, v driver.Value) error {
	switch into := into.(type) {
	case sql.Scanner:
		return into.Scan(v)
	case *string:
		switch v := v.(type) {
		case string:
			*into = v
			return nil
		case []byte:
			*into = string(v)
			return nil
		case int64, float64, bool:
			*into = fmt.Sprint(v)
			return nil
		}
	case *[]byte:
		switch v := v.(type) {
		case nil:
			*into = nil
			return nil
		case string:
			*into = []byte(v)
			return nil
		case []byte:
			*into = slices.Clone(v)
			return nil
		}
	}
	return assignAny(reflect.ValueOf(into).Elem(), v)
}

// assignAny is assign for the other types: those of NULL, and those that few columns have.
func assignAny(into reflect.Value, v driver.Value) error {
	refused := func() error { return fmt.Errorf("store: cannot read %T as %s", v, into.Type()) }
	switch into.Kind() {
	case reflect.Pointer:
		if v == nil {
			into.SetZero()
			return nil
		}
		value := reflect.New(into.Type().Elem())
		into.Set(value)
		return assign(destination(value.Elem()), v)
	case reflect.Interface:
		if b, ok := v.([]byte); ok {
			v = slices.Clone(b)
		}
		if v == nil {
			into.SetZero()
		} else {
			into.Set(reflect.ValueOf(v))
		}
		return nil
	case reflect.Bool:
		b, err := driver.Bool.ConvertValue(v)
		if err != nil || v == nil {
			return refused()
		}
		into.SetBool(b.(bool))
		return nil
	case reflect.Float32, reflect.Float64:
		switch v := v.(type) {
		case float64:
			into.SetFloat(v)
			return nil
		case int64:
			into.SetFloat(float64(v))
			return nil
		}
	case reflect.Int8, reflect.Int16, reflect.Int32:
		if n, err := whole(v); err == nil && !into.OverflowInt(n) {
			into.SetInt(n)
			return nil
		}
	}
	if from := reflect.ValueOf(v); v != nil && from.Type().AssignableTo(into.Type()) {
		into.Set(from)
		return nil
	}
	return refused()
}
