#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# go-socket.io on net/http. The process that this starts is the server.
set -euo pipefail
exec "$(dirname "$0")/.built/server" "$@"
