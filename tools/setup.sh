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

# Headers alone are wanted of packages marked so: what these depend on would take the place of the Boost that is used.
# What needs them is left out of a build that does not find them.
install_headers() {
  local package header as_root=()
  command -v apt-get >/dev/null || return 0
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  while read -r package header; do
    [ ! -e "/usr/include/$header" ] && [ ! -e "/usr/local/include/$header" ] || continue
    say "unpacking the headers of $package"
    unpack_headers "$package" || say "no headers of $package"
  done < <(awk '$1 == "headers" { print $2, $3 }' tools/packages.txt)
}

unpack_headers() {
  local folder status=0
  folder=$(mktemp -d)
  (
    cd "$folder"
    apt-get download -qq "$1" || { "${as_root[@]}" apt-get update -qq && apt-get download -qq "$1"; } || exit 1
    dpkg-deb -x ./*.deb . && "${as_root[@]}" cp -r usr/include/. /usr/local/include/
  ) >&2 || status=1
  rm -rf "$folder"
  return $status
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
install_headers
install_clients
