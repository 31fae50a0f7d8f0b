#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# That Encke builds and works on another system than this one: tools/platform_test.sh [suite] [step...]
#
# The suite is one that debootstrap knows: trixie (Debian 13, the default), noble (Ubuntu 24.04). Steps, in this order:
# run (what `./dev run` does, and a look at its page), unit, install, checks. Needs root, debootstrap and the network.
# The system is kept in build/debroot-<suite>, with what was built: a second run takes what has changed. ENCKE_MIRROR is
# where packages come from. One line `<suite> <step>: ok` for each step; the output of all is in build/platform/.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-trixie}
shift || true
steps=("$@")
[ ${#steps[@]} != 0 ] || steps=(run unit install checks)
root=$PWD/build/debroot-$suite
logs=$PWD/build/platform
case $suite in
  noble) mirror=${ENCKE_MIRROR:-http://archive.ubuntu.com/ubuntu} ;;
  *) mirror=${ENCKE_MIRROR:-http://deb.debian.org/debian} ;;
esac
mkdir -p "$logs"

inside() {
  chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
}

make_root() {
  rm -rf "$root"
  debootstrap --variant=minbase "$suite" "$root" "$mirror"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"  # it need not outlive a power cut
  [ "$suite" != noble ] || sed -i 's/ main$/ main universe/' "$root/etc/apt/sources.list"
  # What this machine trusts and asks for names, so that npm works there as it does here.
  inside sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates'
  cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates"
  inside update-ca-certificates
  touch "$root/.complete"
}

# The files that git knows or would take, and from the last run what was built of them.
copy_sources() {
  local old=$root/src.old
  rm -rf "$old"
  [ ! -e "$root/src" ] || mv "$root/src" "$old"
  mkdir "$root/src"
  git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'ls -d "$@" 2>/dev/null' - | tar -cT - |
    tar -xC "$root/src"
  [ ! -e "$old/build" ] || mv "$old/build" "$root/src"
  [ ! -e "$old/tests/e2e/node_modules" ] || mv "$old/tests/e2e/node_modules" "$root/src/tests/e2e"
  rm -rf "$old"
  cp /etc/resolv.conf "$root/etc"
}

mounted=()
mount_in() { # arguments of mount, folder last
  mkdir -p "${!#}"
  mount "$@"
  mounted=("${!#}" "${mounted[@]}")
}
leave() {
  local folder
  for folder in "${mounted[@]}"; do umount -l "$folder"; done
}

step_run() {
  inside sh -c 'cd /src && tools/setup.sh run && exec timeout 3000 bash tools/platform_run.sh'
}
# In the build that is there already: another would take as long again.
step_unit() {
  inside sh -c 'cd /src && tools/setup.sh test && cmake --preset release -D ENCKE_TESTS=ON &&
    ninja -C build/release --quiet $(ninja -C build/release -t targets all | grep -oE "^unit_[a-z]+") &&
    cd build/release && ctest -R "^unit_" --output-on-failure'
}
step_install() { inside sh -c 'cd /src && tools/setup.sh test && python3 tools/run_tests.py --only install'; }
step_checks() {
  inside sh -c 'cd /src && tools/setup.sh test && git init -q && python3 tools/run_tests.py --only checks'
}

[ -e "$root/.complete" ] || make_root >"$logs/$suite-root.log" 2>&1
copy_sources
trap leave EXIT
mount_in -t proc proc "$root/proc"
mount_in --bind /dev "$root/dev"
failed=0
for step in "${steps[@]}"; do
  if "step_$step" >"$logs/$suite-$step.log" 2>&1; then
    echo "$suite $step: ok"
  else
    echo "$suite $step: FAILED, see build/platform/$suite-$step.log"
    failed=1
  fi
done
exit $failed
