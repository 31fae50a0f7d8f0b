#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what run.sh needs, at the versions of package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"
cmp -s package-lock.json node_modules/.installed && exit
npm ci --no-audit --no-fund --loglevel=error
cp package-lock.json node_modules/.installed
