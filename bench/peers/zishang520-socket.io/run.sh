#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
echo "there is no program of this peer, see setup.sh" >&2
exit 1
