package objects

import (
	"strings"
	"unicode/utf8"
)

// How keys become paths. Each segment of a key is a directory, the last one a file with
// the suffix below: so the keys "a" and "a/b" do not stand in each other's way. A
// segment that is longer than a file name may be goes on in a directory of its own,
// in pieces of exactly pieceSize bytes; because all pieces but the last are full, the
// keys below two entries of one directory never interleave, and walking the directories
// in order returns the keys in order.
const (
	suffix    = ".obj" // of files; a directory whose name would end so has its j escaped
	going     = "%+"   // in front of a piece that continues the segment above it
	pieceSize = 80     // bytes; three times that with every byte escaped still is a file name
)

// pathOf returns the slash-separated path of a key below the folder of the objects.
func pathOf(key string) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(key, "/") {
		for first := true; ; first = false {
			piece := segment[:min(len(segment), pieceSize)]
			segment = segment[len(piece):]
			if b.Len() > 0 {
				endDir(&b)
				b.WriteByte('/')
			}
			if !first {
				b.WriteString(going)
			}
			escape(&b, piece)
			if segment == "" {
				break
			}
		}
	}
	return b.String() + suffix
}

// endDir ends the name of a directory, so that no file has the same.
func endDir(b *strings.Builder) {
	s := b.String()
	if head, ok := strings.CutSuffix(s, suffix); ok {
		b.Reset()
		b.WriteString(head + ".ob%6A")
	}
}

// escape writes a piece as a file name: as it is, but for % and for bytes that are not
// UTF-8, because a piece may end within a character.
func escape(b *strings.Builder, piece string) {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(piece); {
		r, n := utf8.DecodeRuneInString(piece[i:])
		if r == '%' || r == utf8.RuneError && n == 1 {
			b.WriteByte('%')
			b.WriteByte(hex[piece[i]>>4])
			b.WriteByte(hex[piece[i]&15])
		} else {
			b.WriteString(piece[i : i+n])
		}
		i += n
	}
}

// keyOf returns what an entry of a directory adds to the key that the directory stands
// for; ok is false for a name that pathOf does not make.
func keyOf(parent, name string, dir bool) (key string, ok bool) {
	text := name
	if !dir {
		if text, ok = strings.CutSuffix(text, suffix); !ok {
			return "", false
		}
	}
	text, goesOn := strings.CutPrefix(text, going)
	piece, ok := unescape(text)
	if !ok || piece == "" {
		return "", false
	}
	switch {
	case goesOn:
		key = parent + piece
	case parent == "":
		key = piece
	default:
		key = parent + "/" + piece
	}
	return key, true
}

func unescape(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		hi, lo := unhex(s[i+1]), unhex(s[i+2])
		if hi < 0 || lo < 0 {
			return "", false
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	return b.String(), true
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
