#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what a build needs: tools/setup.sh run|test. `dev` calls it before everything that builds.
# Costs a fraction of a second when nothing is missing; never asks apt or npm then.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "-- $*" >&2; }

# Lines of tools/packages.txt of the kinds given, as alternatives: "a|b".
wanted_lines() { # kind...
  local kinds=" $* "
  awk -v kinds="$kinds" 'index(kinds, " " $1 " ") { print $2 }' tools/packages.txt
}

# Those of the lines on standard input of which no alternative is installed.
missing_lines() {
  local lines installed line
  mapfile -t lines
  # shellcheck disable=SC2046
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $(printf '%s\n' "${lines[@]}" | tr '|' '\n') \
    2>/dev/null | awk '$1 == "installed" { print $2 }' || true)
  if command -v node >/dev/null && command -v npm >/dev/null; then
    installed+=$'\nnodejs\nnpm'
  fi
  for line in "${lines[@]}"; do
    tr '|' '\n' <<<"$line" | grep -qxFf <(printf '%s\n' "$installed" .) || echo "$line"
  done
}

# The first alternative of a line that this system's apt could install; nothing where there is none.
known_of() { # a|b
  local name
  for name in ${1//|/ }; do
    if grep -q '^  Candidate: [^(]' <<<"$(LC_ALL=C apt-cache policy "$name")"; then
      echo "$name"
      return
    fi
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "there is no sudo to run: $*" >&2
    return 1
  fi
}

# Packages to install for the lines that are missing. Of one that must be there and is nowhere to be had, the line.
packages_of() { # line...
  local line name
  for line in "$@"; do
    name=$(known_of "$line")
    if [ -n "$name" ]; then
      echo "$name"
    else
      say "no package of this system is $line: what needs it is yours to provide"
    fi
  done
}

# Whether apt has lists of what it could install; a fresh system may have none, and then knows nothing but what it has.
has_lists() {
  local folder=
  eval "$(apt-config shell folder Dir::State::lists/d)"
  compgen -G "$folder*_Packages*" >/dev/null
}

install_packages() { # run|test
  local -a lines extras=() packages
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: the packages of tools/packages.txt are yours to provide"
    return
  fi
  mapfile -t lines < <(if [ "$1" = run ]; then wanted_lines run; else wanted_lines run test; fi | missing_lines)
  [ "$1" = run ] || mapfile -t extras < <(wanted_lines extra | missing_lines)
  # New lists are asked for only where something must be installed, or may be and there are none.
  if [ ${#lines[@]} != 0 ] || { [ ${#extras[@]} != 0 ] && ! has_lists; }; then
    as_root apt-get update -qq >&2
  fi
  mapfile -t packages < <(
    packages_of "${lines[@]}"
    for line in "${extras[@]}"; do known_of "$line"; done
  )
  [ ${#packages[@]} = 0 ] && return
  say "installing ${packages[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
}

# Headers alone are wanted of packages marked so: what these depend on would take the place of the Boost that is used.
# What needs them is left out of a build that does not find them.
install_headers() {
  local package header
  command -v apt-get >/dev/null || return 0
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
    apt-get download -qq "$1" || { as_root apt-get update -qq && apt-get download -qq "$1"; } || exit 1
    dpkg-deb -x ./*.deb . && as_root cp -r usr/include/. /usr/local/include/
  ) >&2 || status=1
  rm -rf "$folder"
  return $status
}

# The official clients: the page is served with the newest, the tests use all of them.
install_clients() { # run|test
  local stamp=tests/e2e/node_modules/.installed
  cmp -s tests/e2e/package-lock.json "$stamp" && return
  if [ "$1" = run ] && ! command -v npm >/dev/null; then
    say "no npm: what is built here has no browser client to serve"
    return
  fi
  say "npm ci in tests/e2e"
  npm ci --prefix tests/e2e --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp tests/e2e/package-lock.json "$stamp"
}

install_packages "${1:-test}"
install_headers
install_clients "${1:-test}"
