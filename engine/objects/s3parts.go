package objects

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/minio/minio-go/v7"

	"github.com/alania-go/alania/domain/detach"
)

const (
	// single is the most that S3 takes in one request.
	single = 5 << 30
	// maxParts is how many parts S3 takes.
	maxParts = 10_000
	// partSize is that of content of unknown size, of which a part is in memory at a time. It doubles every thousand
	// parts up to maxPartSize, so that the content can have 450 GB. The first size is the least that S3 takes.
	partSize    = 5 << 20
	maxPartSize = 64 << 20
	// knownPart is the least part of content of known size, which is not held in memory.
	knownPart = 64 << 20
)

// putParts writes an object in several requests. What it has begun and cannot finish, it takes back.
func (s *s3) putParts(
	ctx context.Context, name string, body io.Reader, size int64, opt minio.PutObjectOptions,
) (up minio.UploadInfo, err error) {
	uploadID, err := s.core.NewMultipartUpload(ctx, s.bucket, name, opt)
	if err != nil {
		return up, err
	}
	defer func() {
		if err != nil {
			ctx, cancel := detach.CleanUp(ctx)
			defer cancel()
			_ = s.core.AbortMultipartUpload(ctx, s.bucket, name, uploadID)
		}
	}()
	cut := buffered(body)
	if size >= 0 {
		cut = streamed(body, size)
	}
	var parts []minio.CompletePart
	total := int64(0)
	for n := 1; ; n++ {
		piece, length, err := cut(n)
		if err != nil {
			return up, err
		}
		if piece == nil {
			break
		}
		if n > maxParts {
			return up, errors.New("objects: the content is larger than S3 takes")
		}
		p, err := s.core.PutObjectPart(ctx, s.bucket, name, uploadID, n, piece, length, minio.PutObjectPartOptions{})
		if err != nil {
			return up, err
		}
		parts = append(parts, minio.CompletePart{PartNumber: n, ETag: p.ETag})
		total += length
	}
	if up, err = s.core.CompleteMultipartUpload(ctx, s.bucket, name, uploadID, parts, opt); err == nil {
		up.Size = total
	}
	return up, err
}

// cutter returns the n-th part of a content and its length; nil after the last.
type cutter func(n int) (io.Reader, int64, error)

// streamed cuts content of known size.
func streamed(body io.Reader, size int64) cutter {
	each := max(int64(knownPart), (size+maxParts-1)/maxParts)
	left := size
	return func(int) (io.Reader, int64, error) {
		n := min(each, left)
		if left -= n; n == 0 {
			return nil, 0, nil
		}
		return io.LimitReader(body, n), n, nil
	}
}

// buffered cuts content whose size is not known before its end.
func buffered(body io.Reader) cutter {
	var b []byte
	ended := false
	return func(n int) (io.Reader, int64, error) {
		if ended {
			return nil, 0, nil
		}
		if want := min(partSize<<((n-1)/1000), maxPartSize); len(b) < want {
			b = make([]byte, want)
		}
		read, err := io.ReadFull(body, b)
		switch {
		case errors.Is(err, io.EOF) && n > 1:
			return nil, 0, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			ended = true
		case err != nil:
			return nil, 0, err
		}
		return bytes.NewReader(b[:read]), int64(read), nil
	}
}

// abandon takes back the uploads of a key that were begun and not finished. S3 keeps them, and counts their bytes,
// until somebody does.
func (s *s3) abandon(ctx context.Context, key string) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.times.call)
	defer cancel()
	found, err := s.core.ListMultipartUploads(ctx, s.bucket, name, "", "", "", maxAbandoned)
	if err != nil {
		return fail(err)
	}
	for _, u := range found.Uploads {
		if u.Key != name {
			continue
		}
		if err := s.core.AbortMultipartUpload(ctx, s.bucket, name, u.UploadID); err != nil &&
			minio.ToErrorResponse(err).Code != minio.NoSuchUpload {
			return fail(err)
		}
	}
	return nil
}

// maxAbandoned is how many uploads of one key are looked for; a key is seldom written more than once.
const maxAbandoned = 100
