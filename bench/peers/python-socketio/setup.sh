#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes a virtual environment with what run.sh needs, at the versions of requirements.txt.
set -euo pipefail
cd "$(dirname "$0")"
cmp -s requirements.txt .built/requirements.txt && exit
rm -rf .built
python3 -m venv .built
.built/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
wanted="^(python-socketio|uvicorn|uvloop|httptools|websockets|pyjwt)=="
{ .built/bin/python --version; grep -iE "$wanted" requirements.txt; } |
  paste -sd, | sed "s/,/, /g; s/==/ /g" >.built/versions
cp requirements.txt .built/requirements.txt
