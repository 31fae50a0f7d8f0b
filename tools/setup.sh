#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what a build needs: tools/setup.sh run|test. `dev` calls it before everything that builds.
# Costs a fraction of a second when nothing is missing; never asks apt or npm then.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "-- $*" >&2; }

# The packages of tools/packages.txt that are wanted and not installed.
missing_packages() {
  local wanted installed
  wanted=$(awk -v want="$1" '$1 == "run" || $1 == want { print $2 }' tools/packages.txt)
  if command -v node >/dev/null && command -v npm >/dev/null; then
    wanted=$(grep -vxE 'nodejs|npm' <<<"$wanted")
  fi
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    awk '$1 == "installed" { print $2 }' || true)
  grep -vxFf <(printf '%s\n' "$installed" .) <<<"$wanted" || true
}

install_packages() {
  local missing as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: the packages of tools/packages.txt are yours to provide"
    return
  fi
  missing=$(missing_packages "$1" | xargs)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "these packages are missing, and there is no sudo to install them: $missing" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing $missing"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  # shellcheck disable=SC2086
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# The official clients: the page is served with the newest, the tests use all of them.
install_clients() {
  local stamp=tests/e2e/node_modules/.installed
  cmp -s tests/e2e/package-lock.json "$stamp" && return
  say "npm ci in tests/e2e"
  npm ci --prefix tests/e2e --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp tests/e2e/package-lock.json "$stamp"
}

install_packages "${1:-test}"
install_clients
