package validate

import (
	"net/http"
	"sync"
	"unicode/utf8"

	"github.com/alania-go/alania/domain/fault"
)

// state is what one validation needs; it is pooled so that a valid request allocates
// next to nothing.
type state struct {
	json checker
	buf  []byte  // decoded parameters
	list []field // of the query or form
}

var states = sync.Pool{New: func() any { return &state{} }}

func getState() *state { return states.Get().(*state) }

// maxPooled bounds what an unusually large request leaves behind in the pool.
const maxPooled = 1 << 20

func (st *state) put() {
	c := &st.json
	if cap(c.tape) > maxPooled/20 || cap(st.buf) > maxPooled || cap(c.scratch[0]) > maxPooled ||
		cap(c.scratch[1]) > maxPooled ||
		cap(st.list) > maxPooled/20 || cap(c.table) > maxPooled/4 || cap(c.hashes) > maxPooled/8 ||
		cap(c.edits) > maxPooled/64 {
		return
	}
	// The violations went to the caller, and the text is the caller's.
	c.violations, c.b, c.ctx = nil, nil, nil
	clear(c.edits[:cap(c.edits)])
	states.Put(st)
}

func runeCount(b []byte) int32 { return int32(utf8.RuneCount(b)) }

// ID returns the operationId.
func (op *Operation) ID() string { return op.id }

// Request validates r. pathParam returns the unescaped value of a path parameter, maxBody
// is the most bytes a body may have.
//
// When r is valid its Body reads the returned bytes, with defaults put in, ContentLength
// says how many, and query parameters that were absent and have a default are added to
// URL.RawQuery. A body that is neither JSON nor a form stays unread: the bytes are nil
// and r.Body fails with PayloadTooLarge beyond the limit.
//
// Otherwise the error is a *fault.Error: ValidationFailed with the violations of
// parameters and body together, Malformed, UnsupportedMediaType or PayloadTooLarge.
func (op *Operation) Request(
	r *http.Request, pathParam func(name string) string, maxBody int64,
) (body []byte, err error) {
	st := getState()
	defer st.put()
	st.json.begin(r.Context())
	if err := op.checkPath(st, pathParam); err != nil {
		return nil, err
	}
	add, err := op.checkQuery(st, r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	if err := op.checkHeaders(st, r); err != nil {
		return nil, err
	}
	body, err = op.checkBody(st, r, maxBody)
	if err != nil {
		return nil, err
	}
	if st.json.ended {
		return nil, fault.Wrap(r.Context().Err())
	}
	if len(st.json.violations) > 0 {
		return nil, fault.Invalid(st.json.violations...)
	}
	if add != "" {
		if r.URL.RawQuery != "" {
			add = r.URL.RawQuery + "&" + add
		}
		r.URL.RawQuery = add
	}
	return body, nil
}
