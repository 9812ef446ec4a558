package installtest

import (
	"os"
	"os/exec"
	"testing"

	"github.com/alania-go/alania/store"
	"github.com/alania-go/alania/store/storetest"
)

// TestGoSDK runs the SDK's suite on PostgreSQL. The SDK is a module of its own, which knows
// no database: on SQLite its tests run by themselves.
func TestGoSDK(t *testing.T) {
	suite := exec.Command("go", "test", "-count", "1", "-timeout", "10m", "./internal/suite")
	suite.Dir = "../../../sdk/go"
	suite.Env = append(os.Environ(), "ALANIA_TEST_DATABASE_URL="+storetest.Empty(t, store.Postgres))
	if out, err := suite.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
