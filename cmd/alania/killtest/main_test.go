// Package killtest kills the program at random moments, and looks for what it lost or did twice.
package killtest

import (
	"testing"

	"github.com/alania-go/alania/cmd/alania/cmdtest"
)

func TestMain(m *testing.M) { cmdtest.Main(m) }
