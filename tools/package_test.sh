#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The packages of build/packages in a Debian of their own: install, run, build a program, remove, purge; then lintian.
# Needs root, debootstrap, lintian and systemd-analyze.
# The Debian is kept, unpacked, in build/debroot; each run works on a copy.
set -euo pipefail
cd "$(dirname "$0")/.."
kept=build/debroot
root=$(mktemp -d build/debroot-XXXXXX)
trap 'rm -rf "$root"' EXIT

if [ ! -e "$kept/.complete" ]; then
  rm -rf "$kept"
  debootstrap --variant=minbase bookworm "$kept" >build/debootstrap.log
  # What the packages depend on; kept, so that the test itself needs no network.
  mapfile -t needed < <(for deb in build/packages/{libencke0,encke}_*.deb; do
    dpkg-deb -f "$deb" Depends | tr ',' '\n' | awk '$1 != "libencke0" { print $1 }'
  done | sort -u)
  chroot "$kept" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive chroot "$kept" apt-get install -y -qq --no-install-recommends "${needed[@]}" \
    >build/debroot.log
  touch "$kept/.complete"
fi
cp -a "$kept/." "$root"
cp build/packages/{libencke0,encke}_*.deb "$root/tmp"

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
step() { echo "package: $*: ok"; }

inside sh -c 'dpkg -i /tmp/libencke0_*.deb /tmp/encke_*.deb' >/dev/null
step install
inside encke version
inside ENCKE_AUTH_SECRET=0123456789abcdef0123456789abcdef encke check-config --config /etc/encke/encke.toml
inside test -d /usr/share/encke/client -a -d /usr/share/encke/assets -a -f /usr/lib/systemd/system/encke.service
inside id encke >/dev/null
step run
for page in operations.md http-api.md memory.md slow-clients.md openapi.yaml; do
  inside test -s "/usr/share/doc/encke/$page"
done
inside bash -c '. /usr/share/bash-completion/completions/encke
  COMP_WORDS=(encke serve --server-li) COMP_CWORD=2 && _encke && [ "${COMPREPLY[*]}" = --server-listen ]
  COMP_WORDS=(encke check-c) COMP_CWORD=1 && _encke && [ "${COMPREPLY[*]}" = check-config ]'
step "documents and completion"
unit=$root/usr/lib/systemd/system/encke.service
systemd-analyze security --offline=true --threshold=16 --no-pager "$unit" >/dev/null
step "exposure of the unit at most 1.6"
inside dpkg -r encke >/dev/null
inside test -f /etc/encke/encke.toml
step "remove keeps the settings"
inside dpkg -P encke libencke0 >/dev/null
for left in /etc/encke /var/lib/encke /usr/share/encke /usr/bin/encke; do
  if [ -e "$root$left" ]; then
    echo "package: purge leaves $left" >&2
    exit 1
  fi
done
step purge
# The address of a maintainer is for whoever publishes packages to give.
lintian --allow-root --fail-on error --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog \
  build/packages/*.deb
step lintian
