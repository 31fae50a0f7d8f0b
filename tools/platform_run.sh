#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Starts `./dev run`, asks for the page and the browser client, and stops it. Called by tools/platform_test.sh, inside.
set -euo pipefail
cd "$(dirname "$0")/.."
coproc gateway { ./dev run --server-listen 127.0.0.1:0 --api-listen 127.0.0.1:0 2>&1; }
pid=$gateway_PID
trap 'kill "$pid" 2>/dev/null || true' EXIT
url=
while [ -z "$url" ] && read -r line <&"${gateway[0]}"; do
  echo "$line"
  url=$(grep -oE 'http://[^ ?]+/\?token=[^ ]+' <<<"$line" || true)
done
[ -n "$url" ] || exit 1
origin=${url%%/\?*}
for path in / /app.js /socket.io/socket.io.min.js; do
  node -e 'fetch(process.argv[1]).then(({ status, url, ok }) => console.log(status, url) ?? process.exit(ok ? 0 : 1))' \
    "$origin$path"
done
