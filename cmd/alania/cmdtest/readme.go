package cmdtest

import "regexp"

// Block is a code block of a README.
type Block struct{ Language, Text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// Blocks returns the code blocks of a text in Markdown.
func Blocks(text string) []Block {
	var out []Block
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		out = append(out, Block{m[1], m[2]})
	}
	return out
}
