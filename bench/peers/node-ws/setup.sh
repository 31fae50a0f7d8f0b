#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what run.sh needs, at the versions of package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"
cmp -s package-lock.json .built/package-lock.json && exit
npm ci --no-audit --no-fund --loglevel=error
mkdir -p .built
node versions.js . socket.io ws jsonwebtoken >.built/versions
cp package-lock.json .built/package-lock.json
