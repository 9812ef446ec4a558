package documents

import (
	"context"

	"github.com/alania-go/alania/domain/data/documents/pipeline"
	"github.com/alania-go/alania/domain/data/documents/refuse"
	"github.com/alania-go/alania/domain/data/documents/value"
	"github.com/alania-go/alania/domain/fault"
	"github.com/alania-go/alania/domain/id"
)

// Aggregate runs a pipeline, an array in JSON, over a collection of a workspace of the caller's, and returns its
// result as an array in JSON.
func (s *Service) Aggregate(ctx context.Context, workspaceID id.ID, collection, stages string) ([]byte, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return nil, err
	}
	v, err := readPipeline(stages)
	if err != nil {
		return nil, err
	}
	out := []byte{'['}
	err = s.Engine.Aggregate(ctx, at, collection, v, func(doc value.Value) error {
		if len(out) > 1 {
			out = append(out, ',')
		}
		if out = doc.Append(out); len(out) > MaxResult {
			return TooLong()
		}
		return nil
	})
	return append(out, ']'), err
}

// ExplainPipeline says how Aggregate would read.
func (s *Service) ExplainPipeline(ctx context.Context, workspaceID id.ID, collection, stages string) (Plan, error) {
	at, err := s.inWorkspace(ctx, workspaceID, collection)
	if err != nil {
		return Plan{}, err
	}
	v, err := readPipeline(stages)
	if err != nil {
		return Plan{}, err
	}
	return s.Engine.ExplainPipeline(ctx, at, collection, v)
}

// readPipeline reads and checks a pipeline.
func readPipeline(stages string) (value.Value, error) {
	place := refuse.Body("/pipeline")
	v, err := place.Parse(stages)
	if err != nil {
		return v, err
	}
	if v.Kind() != value.Array || v.Len() > MaxStages {
		return v, place.Type("an array of 12 stages at most")
	}
	p, err := pipeline.Compile(v, place)
	if err != nil {
		return v, err
	}
	names := p.Collections()
	if len(names) > MaxLookups {
		return v, place.Invalid("max_lookups", "must look up one other collection at most")
	}
	for _, name := range names {
		if err := CheckName(name, fault.Violation{In: fault.InBody, Pointer: place.Pointer}); err != nil {
			return v, err
		}
	}
	return v, nil
}
