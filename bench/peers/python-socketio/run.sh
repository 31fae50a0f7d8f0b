#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# python-socketio on uvicorn with uvloop and httptools. The process that this starts is the server.
set -euo pipefail
exec "$(dirname "$0")/.built/bin/python" -O "$(dirname "$0")/server.py" "$@"
