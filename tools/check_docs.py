#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Documents hold together: links lead somewhere, and code that a page says is an example's is that example's.

A page names the file in a link or backticks, `examples/chat/chat.cpp`, directly before the code.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import repository  # noqa: E402

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`(examples/[\w/]+\.cpp)`[^`]*```cpp\n(.*?)```", re.S)


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(text):
    """The names that headings get."""
    for heading in re.findall(r"^#+ (.*)$", text, re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(root, page):
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, place = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists():
            yield f"{page.relative_to(root)}: {target} leads nowhere"
        elif place and place not in set(anchors(file.read_text(encoding="utf-8"))):
            yield f"{page.relative_to(root)}: {target}: no such heading"


def stale_code(text, read):
    for path, code in CODE.findall(text):
        file = read(path)
        if file[file.find("#include"):].strip() != code.strip():
            yield f"the code shown is not that of {path}"


STATES = ("works", "not yet", "never")


def unmarked_rows(text):
    """Rows of a comparison, whose second column says what is there, that do not say it."""
    for table in re.findall(r"^\| Socket\.IO \| \| encke \|\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.M):
        for row in table.splitlines():
            if row.split(" | ")[1:2] not in ([state] for state in STATES):
                yield f"neither {', nor '.join(STATES)}: {row}"


def main(root=repository.ROOT):
    faults = []
    for name in repository.files(root, "*.md"):
        page = root / name
        faults += broken_links(root, page)
        faults += (f"{name}: {fault}" for fault in unmarked_rows(page.read_text(encoding="utf-8")))
        read = lambda path: (root / path).read_text(encoding="utf-8")  # noqa: E731
        faults += (f"{name}: {fault}" for fault in stale_code(page.read_text(encoding="utf-8"), read))
    print(*faults, f"documents: {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
