# --- Generation -------------------------------------------------------------------------------------------------
# openapi/<contract>/ is the source; openapi/dist and gen are made from it and committed. A new contract is a new
# folder under openapi/, nothing here.

.PHONY: generate check-generated lint-openapi

generate: node_modules/.stamp ## bundle the contracts and generate the server stubs
	openapi/generate.sh

check-generated: generate ## fail when what is committed is not what the source generates
	@if [ -n "$$(git status --porcelain -- openapi/dist gen)" ]; then \
		git status --short -- openapi/dist gen; git --no-pager diff -- openapi/dist gen; \
		echo "openapi/dist and gen are not what the source generates: run make generate and commit the result." >&2; exit 1; \
	fi

lint-openapi: node_modules/.stamp ## lint the contracts
	REDOCLY_TELEMETRY=off node_modules/.bin/redocly lint $(filter-out openapi/dist/%,$(wildcard openapi/*/openapi.yaml))

node_modules/.stamp: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@
