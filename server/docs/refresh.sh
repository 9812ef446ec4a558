#!/bin/sh
# Copies the files of Swagger UI that the server embeds into assets/. To move to another
# version, change the two lines below (`npm view swagger-ui-dist dist.integrity` tells the
# second), run `go generate ./server/docs`, then the tests.
set -eu
version=5.35.0
integrity=sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==

cd "$(dirname "$0")"
assets=$PWD/assets
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm pack --silent "swagger-ui-dist@$version" >/dev/null
got=sha512-$(openssl dgst -sha512 -binary "swagger-ui-dist-$version.tgz" | openssl base64 -A)
if [ "$got" != "$integrity" ]; then
	echo "swagger-ui-dist $version is $got, not $integrity" >&2
	exit 1
fi
tar -xzf "swagger-ui-dist-$version.tgz"
cd package
for file in swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt \
	swagger-ui-standalone-preset.js swagger-ui-standalone-preset.js.LICENSE.txt \
	favicon-16x16.png favicon-32x32.png LICENSE NOTICE; do
	install -m 644 "$file" "$assets/$file"
done
sed -i "s/^Version: .*/Version: $version/" "$assets/README.md"
