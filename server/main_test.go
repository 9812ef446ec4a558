package server

import (
	"testing"

	"github.com/alania-go/alania/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
