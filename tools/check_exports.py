#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What libencke.so exports is what include/encke declares: tools/check_exports.py libencke.so libencke.a [headers].

Everything of the namespace encke that is exported must be declared in a public header, and whatever the static library
defines of such a declaration must be exported. Of other namespaces Boost and the standard library are allowed: Asio has
state (which loop runs on this thread) that the library shares with the program.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPECIAL = re.compile(r"^(typeinfo name for|typeinfo for|vtable for|guard variable for|VTT for) ")
# Boost, the standard library, and the C functions by which Asio starts threads and takes signals.
ELSEWHERE = re.compile(r"(^|[ (<])(boost|std|__gnu_cxx)::|^operator (new|delete)|^boost_asio_\w+$")
INSIDES = re.compile(r"\bencke::(base|http|websocket|engineio|socketio|tls|hub|net)::")
CLASS = re.compile(r"(?:class|struct) (?:ENCKE_API )?(\w+)(?: final)?(?: :.*)? \{")
VARIABLE = re.compile(r"extern (?:ENCKE_API )?[^;]*?(\w+)(?:\)\(.*\))?;")
FUNCTION = re.compile(r"(?!using|constexpr|class|struct|enum|friend)[\w:<>,*& \[\]]*?(\w+)\(")


def declared(folder):
    """The classes, and the functions and variables, that the headers declare: two sets of qualified names."""
    classes, others = set(), set()
    for header in sorted(folder.glob("*.hpp")):
        spaces, before = [], ""  # short namespaces close without a comment, right behind a declaration
        for line in header.read_text(encoding="utf-8").splitlines():
            opened = re.match(r"namespace ([\w:]+) \{", line)
            if opened:
                spaces.append(opened[1])
            elif line.startswith("}  // namespace") or line == "}" and before[:1] not in ("", " "):
                spaces.pop()
            elif spaces and line[:1] not in ("", " ", "/", "}", "#"):  # what is declared starts in the first column
                read("::".join(spaces), before, line, classes, others)
            before = line
    return classes, others


def read(space, before, line, classes, others):
    is_template = before.startswith("template") or line.startswith("template")
    if is_template or re.search(r"\binline\b", line):
        return
    if found := CLASS.match(line):
        classes.add(f"{space}::{found[1]}")
    elif found := VARIABLE.match(line) or FUNCTION.match(line):
        others.add(f"{space}::{found[1]}")


def symbols(path, *flags):
    """(kind, demangled name) of what a library defines."""
    listed = subprocess.run(["nm", "-C", "--defined-only", "-g", *flags, str(path)], capture_output=True, text=True,
                            check=True).stdout
    return [(line[17], line[19:]) for line in listed.splitlines() if re.match(r"^[0-9a-f]{16} \S ", line)]


def name_of(symbol):
    """encke::hub::rooms::join of `encke::hub::rooms::join(std::string)[abi:cxx11]`; "" if it is none of ours."""
    found = re.match(r"encke::[\w:~]+", SPECIAL.sub("", symbol))
    return found[0] if found else ""


def is_public(symbol, classes, others):
    name = name_of(symbol)
    scope, _, last = name.rpartition("::")
    return name in others or name in classes or scope in classes and bool(last)


def main():
    shared, static = sys.argv[1:3]
    headers = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else ROOT / "include/encke"
    classes, others = declared(headers)
    exported = symbols(shared, "-D")
    faults = []
    for _, symbol in exported:
        if name_of(symbol):
            if not is_public(symbol, classes, others):
                faults.append(f"exported, but no public header declares it: {symbol}")
        elif INSIDES.search(symbol) or not ELSEWHERE.search(SPECIAL.sub("", symbol)):
            faults.append(f"exported, and not ours: {symbol}")
    names = {symbol for _, symbol in exported}
    wanted = {symbol for kind, symbol in symbols(static) if kind in "TDBR" and is_public(symbol, classes, others)}
    faults += [f"public, but not exported: {symbol}" for symbol in sorted(wanted - names)]
    for fault in faults:
        print(fault)
    print(f"{len(wanted)} public symbols, {len(exported)} exported, {len(faults)} faults")
    return 1 if faults or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
