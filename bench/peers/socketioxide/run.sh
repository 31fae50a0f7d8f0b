#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# socketioxide on axum and hyper. The process that this starts is the server.
set -euo pipefail
exec "$(dirname "$0")/.built/server" "$@"
