#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The golden vectors are well-formed: tests/vectors/**/*.vec.

A file is blocks separated by blank lines, a block is lines `key: value`, `#` starts a comment line. Each block begins
with a name that no other block of the same protocol has; a value has no escape or hex digit that the tests would
misread.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

LINE = re.compile(r"([a-z][a-z0-9_-]*):(?: (.*))?")
HEX_VALUE = re.compile(r"hex(?: [0-9a-fA-F]{2})*")


def faults_of_value(key, value):
    if value != value.strip():
        yield "space at an end of the value: write it as \\x20"
    if any((ord(c) < 0x20 and c != "\t") or ord(c) == 0x7F for c in value):
        yield "control character: write it as \\xNN"
    if key == "wire" and value.startswith("hex") and not HEX_VALUE.fullmatch(value):
        yield "hex is pairs of digits with single spaces"


def faults_of_file(text, names):
    """Faults as (line, words); `names` holds where each name was seen and grows."""
    is_inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            is_inside = False
            continue
        if line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if not found:
            yield number, "not `key: value`"
            continue
        key, value = found[1], found[2] or ""
        if not is_inside and key != "name":
            yield number, "a block begins with its name"
        if is_inside and key == "name":
            yield number, "a second name: blocks are separated by a blank line"
        is_inside = True
        if key == "name":
            if not value:
                yield number, "an empty name"
            elif value in names:
                yield number, f"the name is taken by line {names[value]}"
            names.setdefault(value, number)
        for words in faults_of_value(key, value):
            yield number, words
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end"


def faults_in(folder):
    seen = {}
    for path in sorted(folder.rglob("*.vec")):
        names = seen.setdefault(path, {})
        for number, words in faults_of_file(path.read_text(encoding="utf-8"), names):
            yield f"{path.relative_to(folder)}:{number}: {words}"
        if not names:
            yield f"{path.relative_to(folder)}: no vector in it"
    for protocol in {path.relative_to(folder).parts[0] for path in seen}:
        owners = {}
        for path, names in seen.items():
            if path.relative_to(folder).parts[0] != protocol:
                continue
            for name in names:
                if name in owners:
                    yield f"{path.relative_to(folder)}:{names[name]}: {owners[name].name} has this name too"
                owners[name] = path


def main(folder=ROOT / "tests/vectors"):
    faults = list(faults_in(folder))
    print(*faults, f"vectors: {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
