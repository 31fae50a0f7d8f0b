#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# socket.io with its own choice of WebSocket, `ws`. The process that this starts is the server.
set -euo pipefail
NODE_ENV=production exec node "$(dirname "$0")/server.js" "$@"
