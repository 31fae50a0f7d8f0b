#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Includes are as the table of layers in docs/architecture.md has them.

A row names a folder, the other folders of ours that it may include, and the families of outside headers. A folder below
another that has a row of its own is a layer of its own. The table is the rule: this script knows only which header
belongs to which family. Prints each include that breaks it.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

LIGHT = {"encke/base64.hpp", "encke/error.hpp", "encke/export.hpp", "encke/hash.hpp",
         "encke/json_walk.hpp", "encke/ledger.hpp", "encke/transport.hpp"}

# First match counts, so the narrow ones come first.
FAMILIES = [
    ("Asio coroutines", r"boost/asio/(awaitable|use_awaitable|co_spawn|detached|this_coro|post|dispatch|"
                        r"any_io_executor|associated_executor|async_result|impl/src)\.hpp"),
    ("Asio", r"boost/asio(/.*)?\.hpp"),
    ("Beast parser", r"boost/beast/http/(basic_parser|error)\.hpp"),
    ("Beast http", r"boost/beast/(http|core)/\w+\.hpp"),
    ("Beast", r"boost/beast(/.*)?\.hpp"),
    ("Boost.JSON", r"boost/json(/.*)?\.hpp"),
    ("Boost.System", r"boost/system/.*\.hpp"),
    ("Boost.Describe", r"boost/describe(/.*)?\.hpp"),
    ("Boost.Assert", r"boost/assert(/.*)?\.hpp"),
    ("Boost.Container", r"boost/container/.*\.hpp"),
    ("Boost.SmartPtr", r"boost/smart_ptr/.*\.hpp"),
    ("Boost.Unordered", r"boost/unordered/.*\.hpp"),
    ("OpenSSL TLS", r"openssl/(ssl|bio|pem|x509|x509v3)\.h"),
    ("OpenSSL crypto", r"openssl/.*\.h"),
    ("cjose", r"(cjose/.*|jansson)\.h"),
    ("fmt", r"fmt/.*\.h"),
    ("CLI11", r"CLI/.*\.hpp"),
    ("toml++", r"toml\+\+/.*"),
    ("prometheus-cpp", r"prometheus/.*\.h"),
    ("msgpack-cxx", r"msgpack\.hpp"),
    ("zlib", r"zlib\.h"),
    ("hiredis", r"hiredis/.*\.h"),
    ("SIMD", r"[a-z]mmintrin\.h|immintrin\.h|arm_neon\.h"),
    ("POSIX", r"(sys|netinet|arpa|net|linux|gnu)/[\w-]+\.h|"
              r"(unistd|fcntl|malloc|pthread|poll|signal|netdb|dirent|sched|grp|pwd|termios|ucontext|unwind)\.h"),
    ("std", r"[a-z_0-9]+"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


class BadTable(Exception):
    pass


def family_of(header):
    for name, pattern in FAMILIES:
        if re.fullmatch(pattern, header):
            return name
    return None


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_table(text):
    """The rows as {folder: (set of ours, set of outside)}. A row names other rows by the last part of their
    folders, and only those before it: so includes make no circle."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("|") and cells(line)[:3] == ["layer", "ours", "outside"]:
            break
    else:
        raise BadTable("no table with the columns layer, ours, outside")
    next(lines, None)
    table, known = {}, {"light", "public"}
    for line in lines:
        if not line.startswith("|"):
            break
        folder, ours, outside = cells(line)[:3]
        folder = folder.strip("`")
        ours = {name.strip() for name in ours.split(",") if name.strip()}
        outside = {name.strip() for name in outside.split(",") if name.strip()}
        if ours - known:
            raise BadTable(f"{folder}: {', '.join(sorted(ours - known))} has no row above")
        unknown = outside - {name for name, _ in FAMILIES}
        if unknown:
            raise BadTable(f"{folder}: no such family: {', '.join(sorted(unknown))}")
        table[folder] = (ours, outside)
        name = pathlib.PurePath(folder).name
        if name in known:
            raise BadTable(f"{folder}: another row is called {name} already")
        known.add(name)
    return table


def layers_of(table):
    """The name of each layer by how includes begin that name its headers: {"http": "http", "gateway/api": "api"}."""
    begin = re.compile("^(src|include)/")
    return {begin.sub("", folder): pathlib.PurePath(folder).name for folder in table}


def layer_of(header, layers):
    """The layer of a header of ours: that of the nearest folder around it with a row. None for others."""
    for folder in pathlib.PurePosixPath(header).parents:
        if str(folder) in layers:
            return layers[str(folder)]
    return None


def fault_of(header, own, ours, outside, layers):
    """Why a file of the layer `own` may not include `header`; None if it may."""
    if header.startswith("encke/") and header.count("/") == 1:
        is_allowed = own == "encke" or "public" in ours or ("light" in ours and header in LIGHT)
        return None if is_allowed else "not among the public headers it may see"
    layer = layer_of(header, layers)
    if layer is not None:
        return None if layer == own or layer in ours else f"the layer {layer} is not in its row"
    if "/" not in header and header.endswith((".hpp", ".h")) and family_of(header) is None:
        return "say the folder too"
    family = family_of(header)
    if family is None:
        return "of no family that tools/check_layers.py knows"
    return None if family == "std" or family in outside else f"{family} is not in its row"


def sources_of(root, folder, table):
    """The files of a folder, without those of folders in it that have a row of their own."""
    inner = [root / other for other in table if other.startswith(folder + "/")]
    for path in sorted((root / folder).rglob("*.[ch]pp")):
        if not any(path.is_relative_to(other) for other in inner):
            yield path


def faults_in(root, table):
    layers = layers_of(table)
    for folder, (ours, outside) in table.items():
        own = pathlib.PurePath(folder).name
        for path in sources_of(root, folder, table):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = INCLUDE.match(line)
                fault = found and fault_of(found[1], own, ours, outside, layers)
                if fault:
                    yield f"{path.relative_to(root)}:{number}: {found[1]}: {fault}"


def folders_without_a_row(root, table):
    for path in sorted([*(root / "src").iterdir(), *(root / "gateway").iterdir()]):
        name = str(path.relative_to(root))
        if path.is_dir() and any(path.glob("*.[ch]pp")) and name not in table:
            yield f"{name}: no row in docs/architecture.md"


def main(root=ROOT):
    table = read_table((root / "docs/architecture.md").read_text(encoding="utf-8"))
    faults = [*folders_without_a_row(root, table), *faults_in(root, table)]
    print(*faults, f"layers: {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
