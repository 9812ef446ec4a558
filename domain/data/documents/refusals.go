package documents

import (
	"time"

	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
)

// TakenID refuses a document whose _id another one has.
func TakenID() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "document_exists", Message: "The collection has a document with the same _id.",
	}
}

// TakenValue refuses a document whose values another one has in a unique index.
func TakenValue(index string) error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "document_not_unique",
		Message: "Another document has the same values in the unique index " + index + ".",
		Details: map[string]any{"index": index},
	}
}

// TakenIndex refuses an index whose name another one has.
func TakenIndex() error {
	return &fault.Error{
		Code: fault.Conflict, Reason: "index_exists", Message: "The collection has another index of the name.",
	}
}

// TooManyIndexes refuses an index beyond MaxIndexes.
func TooManyIndexes() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "too_many_indexes", Message: "A collection has 32 indexes at most. Delete one first.",
	}
}

// TooManyChanges refuses a bulk that changes more than MaxChanged documents.
func TooManyChanges() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "document_changes_exceeded",
		Message: "One request changes 10,000 documents at most. Nothing was changed; filter for fewer and repeat it.",
	}
}

// TooSlow refuses what does not end within MaxTime.
func TooSlow() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "document_time_exceeded",
		Message: "The operation took longer than it may. Filter for fewer documents, or make an index for the filter.",
	}
}

// TooLong refuses a result that is longer than MaxResult.
func TooLong() error {
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "document_result_exceeded",
		Message: "The result has more than 16 MB. Ask for fewer documents or fewer fields.",
	}
}

// Unsupported refuses what an engine does not have.
func Unsupported(message string) *fault.Error {
	return &fault.Error{Code: fault.RuleBroken, Reason: "document_engine_unsupported", Message: message}
}

// Busy asks for the same request again.
func Busy(message string) *fault.Error {
	return &fault.Error{Code: fault.Unavailable, RetryAfter: time.Second, Message: message}
}

// FixedID refuses a change of an _id.
func FixedID() error {
	return fault.Invalid(fault.Body("/_id", "immutable", "must stay as it is"))
}

// CheckID refuses what cannot be an _id. encoded is its key.
func CheckID(v value.Value, encoded []byte) error {
	switch v.Kind() {
	case value.Missing, value.Array, value.Regex, value.Undefined:
		return fault.Invalid(fault.Body("/_id", "type", "must be no array, no regular expression and not undefined"))
	}
	if len(encoded) > MaxID {
		return fault.Invalid(fault.Body("/_id", "max_length", "must have less than 900 bytes"))
	}
	return nil
}

// CheckSize refuses the JSON of a document that is too long.
func CheckSize(body string) error {
	if len(body) <= value.MaxBytes {
		return nil
	}
	return &fault.Error{
		Code: fault.RuleBroken, Reason: "document_too_large", Message: "The document would have more than 16 MB.",
	}
}
