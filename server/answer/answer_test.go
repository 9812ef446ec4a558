package answer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/alania-go/alania/gen/core"
	"github.com/alania-go/alania/gen/keys"
	"github.com/alania-go/alania/gen/platform"
	"github.com/alania-go/alania/server/answer"
)

// same reports how the JSON of a value differs from that of encoding/json.
func same[T any](v T) error {
	var want bytes.Buffer
	wrong := json.NewEncoder(&want).Encode(v)
	b, err := answer.JSON(&v)
	switch {
	case (err == nil) != (wrong == nil):
		return fmt.Errorf("%T: %v, not %v", v, err, wrong)
	case err == nil && !bytes.Equal(b.Text(), want.Bytes()):
		return fmt.Errorf("%T: %s and not %s", v, b.Text(), want.Bytes())
	case err == nil:
		b.Drop()
	}
	return nil
}

type (
	named  string
	number int32
	inner  struct {
		Name named `json:"name"`
	}
	base struct {
		Base string `json:"base"`
	}
	chain struct {
		Next *chain `json:"next,omitempty"`
		N    int    `json:"n"`
	}
	byPointer struct{ text string }
	byValue   struct{ text string }
	key       struct{ a, b byte }
)

func (p *byPointer) MarshalJSON() ([]byte, error) { return json.Marshal("pointer to <" + p.text + ">") }
func (p byValue) MarshalJSON() ([]byte, error)    { return []byte(` { "of" : "<` + p.text + `>" } `), nil }
func (k key) MarshalText() ([]byte, error)        { return []byte{k.a, k.b}, nil }

// every has what generated types have, and more.
type every struct {
	S       string                             `json:"s"`
	Named   named                              `json:"named,omitempty"`
	I       int                                `json:"i"`
	I32     int32                              `json:"i32,omitempty"`
	I64     int64                              `json:"i64,omitempty"`
	U       uint16                             `json:"u,omitempty"`
	F       float64                            `json:"f"`
	F32     *float32                           `json:"f32,omitempty"`
	B       bool                               `json:"b,omitempty"`
	P       *string                            `json:"p"`
	PI      *int                               `json:"pi,omitempty"`
	L       []string                           `json:"l"`
	LE      []inner                            `json:"le,omitempty"`
	LP      []*inner                           `json:"lp,omitempty"`
	Bytes   []byte                             `json:"bytes,omitempty"`
	Array   [2]number                          `json:"array"`
	M       map[string]bool                    `json:"m"`
	MN      map[named]int                      `json:"mn,omitempty"`
	Any     any                                `json:"any"`
	Objects map[string]any                     `json:"objects,omitempty"`
	At      time.Time                          `json:"at"`
	AtP     *time.Time                         `json:"at_p,omitempty"`
	NS      nullable.Nullable[string]          `json:"ns"`
	NI      nullable.Nullable[int]             `json:"ni,omitempty"`
	N64     nullable.Nullable[int64]           `json:"n64,omitempty"`
	NT      nullable.Nullable[time.Time]       `json:"nt,omitempty"`
	NN      nullable.Nullable[named]           `json:"nn,omitempty"`
	NO      nullable.Nullable[inner]           `json:"no,omitempty"`
	NM      nullable.Nullable[map[string]bool] `json:"nm,omitempty"`
	Value   byValue                            `json:"value"`
	Raw     json.RawMessage                    `json:"raw,omitempty"`
	Key     key                                `json:"key"`
	Inner   inner                              `json:"inner"`
	Empty   struct{}                           `json:"empty,omitempty"`
	Skipped string                             `json:"-"`
	Untold  int
	hidden  int
}

// Each of these is left to encoding/json as a whole.
type (
	embeds struct{ base }
	quoted struct {
		N int `json:"n,string"`
	}
	zero struct {
		At time.Time `json:"at,omitzero"`
	}
	odd struct {
		A int `json:"a b"`
		//lint:ignore SA5008 encoding/json does not take the name, which is what the test is about
		B int `json:"\"b"`
	}
	dash struct {
		//lint:ignore SA5008 the name is "-", which is what the test is about
		A int `json:"-,"`
	}
	addressed struct {
		P byPointer
		L []byPointer
		M map[string]byPointer
	}
	within struct {
		A [1]struct{ P byPointer }
	}
)

func TestAsEncodingJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.FixedZone("", 3600))
	text, one := "<&>\u2028\"\\\x00\x7f\xffé😀", 1
	p := byPointer{"p"}
	full := every{
		S: text, Named: "n", I: -1, I32: math.MinInt32, I64: math.MinInt64, U: 7, F: 1e21, B: true, P: &text, PI: &one,
		L: []string{}, LE: []inner{{"a"}, {"b"}}, LP: []*inner{nil, {"c"}}, Bytes: []byte("bytes"),
		M:   map[string]bool{"b": true, "a": false, "<": true},
		MN:  map[named]int{"z": 1, "y": 2},
		Any: map[string]any{"a": []any{1, nil}}, Objects: map[string]any{"b": 1.5, "a": "<"}, At: at, AtP: &at,
		NS: nullable.NewNullableWithValue(text), NI: nullable.NewNullNullable[int](),
		N64: nullable.NewNullableWithValue(int64(3)), NT: nullable.NewNullableWithValue(at),
		NN: nullable.NewNullableWithValue(named("n")), NO: nullable.NewNullableWithValue(inner{"o"}),
		NM: nullable.NewNullNullable[map[string]bool](), Value: byValue{"v"}, Raw: json.RawMessage(` [ 1 , "<" ] `),
		Key: key{'a', 'b'}, Inner: inner{"i"}, Untold: 3, hidden: 4, Skipped: "s",
	}
	for _, err := range []error{
		same(full), same(every{}), same(&full), same([]every{full, {}}), same(map[string]every{"a": full}),
		same((*every)(nil)), same(every{At: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}), same(every{F: math.NaN()}),
		same(every{Any: func() {}}), same(every{NS: nullable.Nullable[string]{}, M: map[string]bool{"one": true}}),
		same(time.Time{}), same("text"), same(any(nil)),
		same(chain{&chain{nil, 2}, 1}), same(embeds{base{"b"}}), same(quoted{1}), same(zero{}), same(odd{1, 2}),
		same(dash{1}), same(p), same(&p), same(byValue{"v"}), same(within{}), same([]within{{}}), same(&within{}),
		same(addressed{p, []byPointer{p}, map[string]byPointer{"m": p}}),
		same(&addressed{p, []byPointer{p}, nil}), same([]addressed{{P: p}}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

// What is usual in the answers of our contracts has encoders, to the last field.
func TestUsualAnswersHaveEncoders(t *testing.T) {
	for _, v := range []any{
		platform.Workspace{}, platform.WorkspaceList{}, platform.Key{}, platform.AuditEntry{}, platform.WebhookEndpoint{},
		core.WorkspaceResult{},
	} {
		if !answer.Encoded(reflect.TypeOf(v)) {
			t.Errorf("%T is left to encoding/json", v)
		}
	}
	w := platform.Workspace{CreatedAt: time.Now().UTC()}
	b, err := answer.JSON(&w)
	if err != nil {
		t.Fatal(err)
	}
	b.Drop()
}

// random fills a value with what may be in it.
func random(r *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(randomText(r))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(r.Int64N(1000) - 500)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(r.NormFloat64() * math.Pow(10, float64(r.IntN(50)-25)))
	case reflect.Pointer:
		if depth > 0 && r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			random(r, v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 && r.IntN(4) > 0 && v.Type() != reflect.TypeFor[json.RawMessage]() {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 8))
			for i := range v.Len() {
				random(r, v.Index(i), depth-1)
			}
		}
	case reflect.Map:
		if depth > 0 && r.IntN(4) > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range r.IntN(4) {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				random(r, key, depth-1)
				random(r, value, depth-1)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf([]any{randomText(r), 1, []any{nil, 1e9}, map[string]any{"k": 0.5}}[r.IntN(4)]))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(r.Int64N(1<<34), r.Int64N(1e9)).In(time.FixedZone("", r.IntN(5)*1800))))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				random(r, v.Field(i), depth-1)
			}
		}
	}
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(8) {
		switch r.IntN(8) {
		case 0:
			b.WriteByte(byte(r.IntN(256)))
		case 1:
			b.WriteRune(rune(r.IntN(0x3000)))
		default:
			b.WriteByte("abc xyz-_<"[r.IntN(10)])
		}
	}
	return b.String()
}

func randomly[T any](r *rand.Rand) error {
	var v T
	random(r, reflect.ValueOf(&v).Elem(), 6)
	return same(v)
}

// FuzzAsEncodingJSON compares answers of our contracts that are filled with anything.
func FuzzAsEncodingJSON(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, strconv.Itoa(int(seed)))
	}
	f.Add(uint64(0), "<\xff\u2029")
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		r := rand.New(rand.NewPCG(seed, 0))
		for _, err := range []error{
			same(text), same(map[string]bool{text: true, "a": false}), randomly[every](r),
			randomly[platform.WorkspaceList](r), randomly[platform.Workspace](r), randomly[platform.AuditEntryList](r),
			randomly[platform.WebhookEndpoint](r), randomly[platform.WebhookDeliveryList](r), randomly[platform.Problem](r),
			randomly[core.WorkspaceList](r), randomly[core.UsageSummaryResult](r), randomly[core.McpCallList](r),
			randomly[keys.APIKeyCreated](r),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSend(t *testing.T) {
	for _, n := range []int{1, answer.Counted, answer.Kept + 1} {
		v := strings.Repeat("a", n)
		b, err := answer.JSON(&v)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := b.Send(w, 201, "application/json"); err != nil {
			t.Fatal(err)
		}
		if w.Code != 201 || w.Body.String() != `"`+v+`"`+"\n" || w.Header().Get("Content-Type") != "application/json" {
			t.Error(w.Code, w.Body.Len(), w.Header())
		}
		if length := w.Header().Get("Content-Length"); length != "" && length != strconv.Itoa(w.Body.Len()) {
			t.Error(length)
		}
		w.Header().Add("Content-Type", "another")
	}
}

// Answers that are made at once do not share a buffer, nor wait for an encoder.
func TestAtOnce(t *testing.T) {
	type fresh struct {
		L []*every `json:"l"`
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 100 {
				v := fresh{[]*every{{S: strconv.Itoa(i), I: n}}}
				if err := same(v); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
