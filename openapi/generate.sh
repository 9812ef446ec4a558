#!/bin/sh
# Makes openapi/dist and gen from the contracts in openapi/<contract>/openapi.yaml. Run it as `make generate`.
set -eu
cd "$(dirname "$0")/.."
export REDOCLY_TELEMETRY=off
contracts=$(cd openapi && ls -d */openapi.yaml | sed 's|/openapi.yaml||' | grep -v '^dist$')
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# redocly talks a lot; what it says matters only when it fails.
redocly() {
	node_modules/.bin/redocly "$@" >"$tmp/log" 2>&1 || { cat "$tmp/log" >&2; exit 1; }
}

mkdir -p openapi/dist gen
for old in openapi/dist/*.yaml openapi/dist/*.json gen/*; do # of contracts that are no more
	name=$(basename "$old")
	echo openapi $contracts | tr ' ' '\n' | grep -qx "${name%.*}" || rm -rf "$old"
done

echo "lint: $(echo $contracts)"
redocly lint $(for c in $contracts; do echo "openapi/$c/openapi.yaml"; done)

for c in $contracts; do
	echo "openapi/dist/$c.{yaml,json} gen/$c"
	redocly bundle "openapi/$c/openapi.yaml" -o "openapi/dist/$c.yaml"
	redocly bundle "openapi/$c/openapi.yaml" -o "openapi/dist/$c.json"
	mkdir -p "gen/$c"
	${OAPI_CODEGEN:-go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen} \
		-config openapi/oapi-codegen.yaml -package "$c" -o "gen/$c/$c.gen.go" "openapi/dist/$c.yaml"
done

echo "openapi/dist/openapi.{yaml,json}"
if [ "$(echo $contracts | wc -w)" -eq 1 ]; then # there is nothing to join
	cp "openapi/dist/$contracts.yaml" openapi/dist/openapi.yaml
	cp "openapi/dist/$contracts.json" openapi/dist/openapi.json
else
	parts=
	for c in $contracts; do
		redocly bundle "openapi/dist/$c.yaml" --config openapi/join-in.redocly.yaml -o "$tmp/$c.yaml"
		parts="$parts $tmp/$c.yaml"
	done
	redocly join $parts --prefix-components-with-info-prop x-contract --prefix-tags-with-info-prop x-contract -o "$tmp/joined.yaml"
	for format in yaml json; do
		redocly bundle "$tmp/joined.yaml" --config openapi/join-out.redocly.yaml -o "openapi/dist/openapi.$format"
	done
	redocly lint openapi/dist/openapi.yaml
fi

# The Go SDK: models by oapi-codegen, methods by openapi/sdkgen.
for c in $contracts; do
	echo "sdk/go/$c"
	mkdir -p "sdk/go/$c"
	${OAPI_CODEGEN:-go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen} \
		-config openapi/sdk.oapi-codegen.yaml -package "$c" -o "$tmp/models.go" "openapi/dist/$c.yaml"
	# An optional list or map that is empty is sent, one that is nil is not; oapi-codegen would leave out both.
	sed -E 's/^(\t[A-Za-z0-9_]+ (\[\]|map\[)[^ ]+ `json:"[^"]*),omitempty"/\1,omitzero"/' "$tmp/models.go" >"sdk/go/$c/models.gen.go"
done
go run ./openapi/sdkgen

# The programs that the portal shows are those of the SDKs' README files, which their tests
# build: the first in the language, or the first below a heading.
# program README LANGUAGE FILE [HEADING]
program() {
	[ -f "$1" ] || return 0
	awk -v fence="\`\`\`$2" -v heading="${4:+## $4}" '
		BEGIN { inside = heading == "" }
		heading != "" && $0 == heading { inside = 1; next }
		inside && $0 == fence { code = 1; next }
		code && $0 == "```" { exit }
		code { print }' "$1" >"$tmp/program"
	[ -s "$tmp/program" ] || { echo "$1 has no program in $2${4:+ below $4}, which the portal shows" >&2; exit 1; }
	cp "$tmp/program" "server/portal/programs/$3"
}
echo "server/portal/programs"
program sdk/go/README.md go quickstart.go.txt
program sdk/go/README.md go webhook.go.txt Webhooks
program sdk/typescript/README.md ts quickstart.ts.txt
program sdk/typescript/README.md ts webhook.ts.txt Webhooks
