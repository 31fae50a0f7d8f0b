#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A statement with `co_await` in it has no braces and no capturing lambda.

GCC 12 destroys both twice: an aggregate written in place, and a lambda with captures. Name the value first, then await
with names only. The check reads tokens, not C++, and knows no macros; it errs on the strict side, but lets a
std::string be made in place, which is safe.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cpp_text import tokens  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("include", "src", "gateway", "examples", "tests", "bench")
PAGES = ("README.md", "docs/guide/*.md")

BLOCK_WORDS = {"else", "do", "try", "const", "noexcept", "override", "final", "mutable"}
SAFE = ("std", "::", "string")
BRACES, CAPTURE = "braces in a co_await statement", "a lambda with captures in a co_await statement"


def is_name(word):
    return word[0].isalpha() or word[0] == "_"


def starts_lambda(words, at):
    """Whether the `[` at this place opens a lambda and not a subscript."""
    before = words[at - 1] if at else ";"
    is_value = before in (")", "]") or (is_name(before) and before not in ("return", "co_return", "co_await"))
    return words[at] == "[" and not is_value


def matching(words, at, step):
    """The place of the bracket that closes (step 1) or opens (step -1) the one at `at`."""
    opening, closing = ("([{", ")]}") if step == 1 else (")]}", "([{")
    depth = 0
    while 0 <= at < len(words):
        depth += (words[at] in opening) - (words[at] in closing)
        if depth == 0:
            return at
        at += step
    return at


def opens_block(words, at):
    """Whether the `{` at this place begins a block of statements and not an initialiser."""
    before = words[at - 1] if at else ";"
    if before in ("{", "}", ";", ")", ":", "]") or before in BLOCK_WORDS:
        return True
    at -= 1
    while at > 0 and (is_name(words[at]) or words[at] in ("::", "<", ">", ",", "*", "&")):
        at -= 1
    return words[at] == "->"


def fault_after(words, at):
    """Looks from a `co_await` to the end of its statement."""
    depth, body_expected = 0, False
    while at + 1 < len(words):
        at += 1
        word = words[at]
        if starts_lambda(words, at):
            end = matching(words, at, 1)
            if end > at + 1:
                return CAPTURE
            at, body_expected = end, True
        elif word == "{":
            if body_expected:
                at, body_expected = matching(words, at, 1), False
            elif tuple(words[at - 3 : at]) == SAFE:
                at = matching(words, at, 1)
            elif depth < 0 and words[at - 1] == ")":
                return None  # if (co_await ...) {
            else:
                return BRACES
        elif word in "([":
            depth += 1
        elif word in ")]":
            depth -= 1
        elif word == "}" or (word == ";" and depth <= 0):
            return None
    return None


def fault_before(words, at):
    """Looks from a `co_await` back to the beginning of its statement."""
    seen = None
    while at > 0:
        at -= 1
        word = words[at]
        if word in (")", "]"):
            at = matching(words, at, -1)
        elif word == "}":
            at = matching(words, at, -1)
            if opens_block(words, at):
                return None
            if tuple(words[at - 3 : at]) != SAFE:
                seen = BRACES  # counts only if both stand inside one bracket
        elif word == "{":
            return None if opens_block(words, at) else BRACES
        elif word == ";":
            return None
        elif word == "(" and seen:
            return seen
    return None


def faults_of(text):
    """Faults as (line, words)."""
    found = tokens(text)
    words = [word for word, _ in found]
    for at, (word, line) in enumerate(found):
        if word == "co_await":
            fault = fault_after(words, at) or fault_before(words, at)
            if fault:
                yield line, fault


def code_in(page):
    """The C++ of a document, on the lines where it stands."""
    lines, is_shown = [], False
    for line in page.split("\n"):
        if line.startswith("```"):
            is_shown = line == "```cpp"
            line = ""
        lines.append(line if is_shown else "")
    return "\n".join(lines)


def sources(root):
    """Paths and C++."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            if "node_modules" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for pattern in PAGES:
        for path in sorted(root.glob(pattern)):
            yield path, code_in(path.read_text(encoding="utf-8"))


def main(root=ROOT):
    count = 0
    for path, text in sources(root):
        for line, words in faults_of(text):
            count += 1
            print(f"{path.relative_to(root)}:{line}: {words}")
    print(f"coroutines: {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
