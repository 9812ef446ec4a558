package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/alania-go/alania/domain/data/documents/value"
)

// toBSON returns a value as the driver takes it.
func toBSON(v value.Value) any {
	switch v.Kind() {
	case value.Int:
		n, _ := v.Integer()
		return int32(n)
	case value.Long:
		n, _ := v.Integer()
		return n
	case value.Double:
		return v.Float()
	case value.Decimal:
		d, err := bson.ParseDecimal128(v.Text())
		if err != nil {
			return nil
		}
		return d
	case value.String:
		return v.Text()
	case value.Symbol:
		return bson.Symbol(v.Text())
	case value.Object:
		return document(v)
	case value.Array:
		out := bson.A{}
		for _, elem := range v.Slice() {
			out = append(out, toBSON(elem))
		}
		return out
	case value.Binary:
		return bson.Binary{Subtype: v.Subtype(), Data: []byte(v.Text())}
	case value.ObjectID:
		id, _ := bson.ObjectIDFromHex(v.Text())
		return id
	case value.Bool:
		return v.Bool()
	case value.Date:
		return bson.DateTime(v.Millis())
	case value.Timestamp:
		t, i := v.Timestamp()
		return bson.Timestamp{T: t, I: i}
	case value.Regex:
		pattern, options := v.Regex()
		return bson.Regex{Pattern: pattern, Options: options}
	case value.Code:
		return bson.JavaScript(v.Text())
	case value.MinKey:
		return bson.MinKey{}
	case value.MaxKey:
		return bson.MaxKey{}
	case value.Undefined:
		return bson.Undefined{}
	}
	return nil
}

// document returns an object; a missing one is empty.
func document(v value.Value) bson.D {
	out := bson.D{}
	for _, f := range v.Fields() {
		out = append(out, bson.E{Key: f.Name, Value: toBSON(f.Value)})
	}
	return out
}

// fromRaw reads a document of the server.
func fromRaw(raw bson.Raw) (value.Value, error) {
	elements, err := raw.Elements()
	if err != nil {
		return value.Value{}, err
	}
	fields := make([]value.Field, 0, len(elements))
	for _, e := range elements {
		v, err := fromBSON(e.Value())
		if err != nil {
			return value.Value{}, err
		}
		fields = append(fields, value.F(e.Key(), v))
	}
	return value.OfObject(fields...), nil
}

func fromBSON(r bson.RawValue) (value.Value, error) {
	switch r.Type {
	case bson.TypeInt32:
		return value.OfInt(int64(r.Int32())), nil
	case bson.TypeInt64:
		return value.OfLong(r.Int64()), nil
	case bson.TypeDouble:
		return value.OfDouble(r.Double()), nil
	case bson.TypeString:
		return value.OfString(r.StringValue()), nil
	case bson.TypeEmbeddedDocument:
		return fromRaw(r.Document())
	case bson.TypeArray:
		values, err := r.Array().Values()
		if err != nil {
			return value.Value{}, err
		}
		out := make([]value.Value, len(values))
		for i, e := range values {
			if out[i], err = fromBSON(e); err != nil {
				return value.Value{}, err
			}
		}
		return value.OfArray(out...), nil
	case bson.TypeObjectID:
		v, _ := value.OfObjectID(r.ObjectID().Hex())
		return v, nil
	case bson.TypeBoolean:
		return value.OfBool(r.Boolean()), nil
	case bson.TypeDateTime:
		return value.OfDate(r.DateTime()), nil
	case bson.TypeNull:
		return value.NullValue, nil
	case bson.TypeDecimal128:
		if v, ok := value.OfDecimal(r.Decimal128().String()); ok {
			return v, nil
		}
		return value.NullValue, nil
	case bson.TypeBinary:
		subtype, data := r.Binary()
		return value.OfBinary(subtype, string(data)), nil
	case bson.TypeRegex:
		pattern, options := r.Regex()
		return value.OfRegex(pattern, options), nil
	case bson.TypeTimestamp:
		t, i := r.Timestamp()
		return value.OfTimestamp(t, i), nil
	case bson.TypeMinKey:
		return value.Least, nil
	case bson.TypeMaxKey:
		return value.Greatest, nil
	}
	// Symbols, code and what is deprecated are rare: their Extended JSON is read.
	text, err := bson.MarshalExtJSON(bson.D{{Key: "v", Value: r}}, true, false)
	if err != nil {
		return value.Value{}, err
	}
	v, err := value.Parse(string(text))
	return v.Get("v"), err
}
