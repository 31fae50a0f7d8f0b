#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds what run.sh needs, at the versions of Cargo.lock.
set -euo pipefail
cd "$(dirname "$0")"
[ .built/server -nt src/main.rs ] && cmp -s Cargo.lock .built/Cargo.lock && exit
cargo build --release --locked --quiet -j 1 --target-dir .built/target
mv .built/target/release/encke-peer-socketioxide .built/server
versions=$(awk -F'"' '/^name/ { name = $2 } /^version/ && name ~ /^(socketioxide|axum|hyper|tokio|jsonwebtoken)$/ {
  printf ", %s %s", name, $2 }' Cargo.lock)
echo "$(rustc --version | cut -d' ' -f1,2)$versions" >.built/versions
cp Cargo.lock .built/Cargo.lock
