#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds what run.sh needs, at the versions of go.mod and go.sum.
set -euo pipefail
cd "$(dirname "$0")"
[ .built/server -nt main.go ] && cmp -s go.sum .built/go.sum && exit
mkdir -p .built
go build -p 1 -mod=readonly -trimpath -ldflags '-s -w' -o .built/server .
wanted='googollee/go-socket.io|gorilla/websocket|gorilla/mux|auth0/go-jwt-middleware|dgrijalva/jwt-go'
modules=$(go list -m all | awk -v wanted="$wanted" '$1 ~ wanted { sub("github.com/", ""); printf ", %s %s", $1, $2 }')
echo "Go $(go env GOVERSION | sed 's/^go//')$modules" >.built/versions
cp go.sum .built/go.sum
