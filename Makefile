# `make run` needs Go. `make test` sets up what it needs. `make help` lists the rest.

VERSION      = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# Without debug information, which -s -w would drop at the end: a fifth less to compile.
# The version is given, not stamped by Go, which fails in a clone that another user owns.
BUILD        = CGO_ENABLED=0 go build -buildvcs=false -trimpath -gcflags=all=-dwarf=false -ldflags "-s -w -X main.version=$(VERSION)"
TESTFLAGS   ?= -timeout 20m
BENCHFLAGS  ?= -count 1

.PHONY: help run build sdk sdk-go sdk-npm test test-go test-sdk-go test-sdk-typescript test-kills test-keycloak test-mongo bench bench-peers lint lint-go generate check-generated \
	lint-openapi breaking baseline clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- The server -------------------------------------------------------------------------------------------------

run: build ## build the server and run it; the variables ALANIA_… are its settings
	@exec bin/alania serve

build: ## build the server to bin/alania
	@$(BUILD) -o bin/alania ./cmd/alania

sdk: sdk-go sdk-npm ## build the release of the SDKs to dist/sdk

sdk-go:
	@go run ./openapi/sdkpack

sdk-npm: sdk/typescript/node_modules/.stamp
	npm --prefix sdk/typescript run --silent build
	node sdk/typescript/scripts/pack.mjs

# --- Tests ------------------------------------------------------------------------------------------------------

test: test-go test-sdk-go test-sdk-typescript ## set up what the tests need, and run all of them

# -p 2: a package that tests on PostgreSQL runs a server of its own. The program is compiled before, so that the time of
# no test that builds it has the compiler's in it.
test-go: node_modules/.stamp
	@. .ci/setup && set -x && $(BUILD) -o bin/alania ./cmd/alania && go test $$RACE -p 2 $(TESTFLAGS) ./... && \
		if [ -n "$$RACE" ]; then go test $(TESTFLAGS) -run TestNoTenantLocksOthersOut ./server; fi # it measures

test-sdk-go: ## run the tests of the Go SDK, against the server too
	@. .ci/setup && set -x && cd sdk/go && go test $$RACE $(TESTFLAGS) ./...

# Builds the server and runs against it.
test-sdk-typescript: sdk/typescript/node_modules/.stamp ## test the TypeScript SDK
	@. .ci/setup && set -x && npm --prefix sdk/typescript test

# Keycloak is downloaded once. Without Java or the download the target says so and passes.
test-keycloak: node_modules/.stamp ## run the tests of the identity provider against a Keycloak server
	@. .ci/setup && home=$$(.ci/keycloak); status=$$?; \
	if [ $$status = 3 ]; then echo "skipped: no Keycloak server"; exit 0; fi; \
	[ $$status = 0 ] || exit $$status; set -x; \
	ALANIA_TEST_KEYCLOAK=$$home go test $(TESTFLAGS) -p 1 -count 1 -run "TestDirectory|TestKeycloak" ./engine/keycloak ./server/control

# A server that speaks MongoDB's protocol is downloaded once. Without Java, Maven or the download the target says so and passes.
test-mongo: ## run the tests of documents against a server that speaks MongoDB's protocol
	@. .ci/setup && classes=$$(.ci/mongo); status=$$?; \
	if [ $$status = 3 ]; then echo "skipped: no test server of MongoDB"; exit 0; fi; \
	[ $$status = 0 ] || exit $$status; set -x; \
	ALANIA_TEST_MONGO=$$classes go test $(TESTFLAGS) -p 1 -count 1 -run "TestMongo" ./engine/documents/mongo ./store/storetest ./server/control

# Three tests and two databases: 34 kills each are 204.
test-kills: ## kill the server 272 times, on both databases, and look for what it lost or doubled
	@. .ci/setup && set -x && ALANIA_TEST_KILLS=$${ALANIA_TEST_KILLS:-34} go test -count 1 -timeout 60m -run 'TestKill' -v ./cmd/alania/killtest ./cmd/alania/storagetest

bench: ## run the benchmarks; docs/benchmarks.md says what they measure
	@. .ci/setup && set -x && go test -run '^$$' -bench . -benchmem -timeout 60m $(BENCHFLAGS) ./...

bench-peers: ## compare the server with echo + sqlx, huma and stock oapi-codegen; ARGS are flags of the test
	cd server/bench && go test -c -o ../../bin/bench-peers . && \
		$$(command -v taskset >/dev/null && echo taskset -c 1) ../../bin/bench-peers -test.v -test.timeout 60m -test.run TestPeers $(ARGS)

lint: lint-go lint-openapi ## check the style of the code, the module file and the contracts

lint-go:
	@unformatted=$$(gofmt -l $$(go list -f '{{.Dir}}' ./...) tools.go sdk/go); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:" >&2; echo "$$unformatted" >&2; exit 1; fi
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck ./...
	go mod tidy -diff
	go test ./docs
	go build -o bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	cd sdk/go && go vet ./... && ../../bin/staticcheck ./... && go mod tidy -diff
	cd server/bench && go vet ./... && ../../bin/staticcheck ./... && go mod tidy -diff

# --- Generation -------------------------------------------------------------------------------------------------
# openapi/<contract>/ is the source; openapi/dist, gen and the *.gen.go of the SDK are made from it and committed. A new
# contract is a new folder under openapi/, nothing here.

GENERATED = openapi/dist gen ':(glob)sdk/go/**/*.gen.go' sdk/go/api.md server/portal/programs \
	$(addprefix sdk/typescript/,src/contracts src/version.ts api.md LICENSE package.json package-lock.json)

generate: node_modules/.stamp sdk/typescript/node_modules/.stamp ## bundle the contracts, generate the server stubs and the SDKs' methods
	openapi/generate.sh
	npm --prefix sdk/typescript run --silent generate

check-generated: generate ## fail when what is committed is not what the source generates
	@if [ -n "$$(git status --porcelain -- $(GENERATED))" ]; then \
		git status --short -- $(GENERATED); git --no-pager diff -- $(GENERATED); \
		echo "What is committed is not what the source generates: run make generate and commit the result." >&2; exit 1; \
	fi

lint-openapi: node_modules/.stamp sdk/typescript/node_modules/.stamp ## lint the contracts
	REDOCLY_TELEMETRY=off node_modules/.bin/redocly lint $(filter-out openapi/dist/%,$(wildcard openapi/*/openapi.yaml))
	node_modules/.bin/spectral lint --ruleset .spectral.yaml --fail-severity warn openapi/dist/*.yaml openapi/dist/*.json
	npm --prefix sdk/typescript run --silent lint

breaking: ## fail when the bundles break clients of the published ones
	@go run ./openapi/breaking/gate

# After a release: what has been published is what the next one must not break.
baseline: ## make the bundles the published ones, as of today
	@mkdir -p openapi/baseline && rm -f openapi/baseline/*.yaml
	@for c in $(filter-out openapi/dist/openapi.yaml,$(wildcard openapi/dist/*.yaml)); do cp $$c openapi/baseline/; done
	@date -u +%F >openapi/baseline/published

node_modules/.stamp: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

sdk/typescript/node_modules/.stamp: sdk/typescript/package-lock.json
	npm --prefix sdk/typescript ci --no-audit --no-fund
	@touch $@

clean: ## remove what was built; the data folder stays
	rm -rf bin dist node_modules sdk/typescript/node_modules sdk/typescript/dist sdk/typescript/build
