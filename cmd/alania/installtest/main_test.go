// Package installtest publishes SDKs with the program, and installs and runs them with the tools of partners.
package installtest

import (
	"testing"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
)

func TestMain(m *testing.M) { cmdtest.Main(m) }
