#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the reference of the public headers in build/doc/html. Whatever Doxygen complains about is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v doxygen >/dev/null; then
  echo "doxygen is missing; ./dev setup installs it" >&2
  exit 1
fi
rm -rf build/doc
mkdir -p build/doc
doxygen docs/Doxyfile
