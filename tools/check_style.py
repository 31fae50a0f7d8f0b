#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What clang-format does not see: how a file opens, how long it is, what must not stand in it.

Looks at every file that git knows or would add. The list of rules is the list of functions `rule_*`; each takes a path
and a text and gives faults as (line, words).
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import repository  # noqa: E402
from cpp_text import blanked  # noqa: E402

LONGEST = 500
COLUMNS = 120
LARGEST = 1024 * 1024
SPDX = "SPDX-License-Identifier: MIT"

CPP = {".cpp", ".hpp"}
SOURCES = CPP | {".py", ".sh", ".js", ".mjs"}
BINARY = {".png", ".gif", ".ico"}
LEFT_ALONE = re.compile(r"fuzz/corpus/|.*package-lock\.json$")

SWITCH = re.compile(r"\bswitch\s*\(")
LABEL = re.compile(r"\bcase\s+([^:]+(?:::[^:]+)*):(?!:)")
# Paths of somebody's machine, and of folders beside the checkout.
ELSEWHERE = re.compile(r"(?<![\w.$}~-])/(home|root|work)/\w|(?<![\w/.])\.\./" + "shared")


def rule_opening(path, text):
    """The licence first, then what the file is."""
    if path.suffix not in SOURCES:
        return
    lines = text.split("\n")
    if lines[0].startswith("#!"):
        lines = lines[1:]
    if SPDX not in lines[0]:
        yield 1, f"the first line says {SPDX}"
    elif path.suffix in CPP and not opens_well(path, lines[1]):
        yield 2, "a file opens with its place in the world: what it is, who calls it, what it relies on"


def opens_well(path, second_line):
    # A .cpp may leave the words to its header, which it includes at once.
    return second_line.startswith("// ") or (path.suffix == ".cpp" and second_line.startswith("#include"))


def rule_pragma_once(path, text):
    if path.suffix == ".hpp" and not re.search(r"^(//[^\n]*\n|\n)*#pragma once$", text, re.M):
        yield 1, "#pragma once comes before anything else"


def rule_length(path, text):
    lines = text.count("\n")
    if path.suffix in SOURCES and lines > LONGEST:
        yield LONGEST, f"{lines} lines: split it along its seams"


def rule_columns(path, text):
    """C++ is clang-format's business."""
    for number, line in enumerate(text.split("\n"), 1):
        if path.suffix in {".py", ".sh"} and len(line) > COLUMNS:
            yield number, f"longer than {COLUMNS} columns"


def rule_whitespace(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith((" ", "\t", "\r")):
            yield number, "space at the end of the line"
        if path.suffix in SOURCES and "\t" in line:
            yield number, "a tab"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end"


def rule_words(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if path.suffix in SOURCES and re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", line):
            yield number, "a note to oneself"
        if re.match(r"(<{7}|>{7}|={7})( |$)", line):
            yield number, "a conflict marker"
        if ELSEWHERE.search(line):
            yield number, "a path of somebody's machine"


def rule_headers(path, text):
    if path.suffix not in CPP:
        return
    for number, line in enumerate(blanked(text).split("\n"), 1):
        if re.match(r"\s*#\s*include\s*<(expected|format|print)>", line):
            yield number, "not in both toolchains"
        if re.match(r"\s*using namespace std;", line):
            yield number, "using namespace std"


def rule_switch(path, text):
    """A switch over an enum lists every case and has no default, so that the compiler finds the missing one."""
    if path.suffix not in CPP:
        return
    code = blanked(text)
    for found in SWITCH.finditer(code):
        body = block_after(code, found.end() - 1)
        labels = [label.strip() for label in LABEL.findall(body)]
        default = re.search(r"\bdefault\s*:", body)
        if default and labels and all(re.match(r"[A-Za-z_]\w*::", label) for label in labels):
            at = code.find(body, found.end()) + default.start()
            yield code.count("\n", 0, at) + 1, "default in a switch over an enum"


def block_after(code, at):
    """The outer text of the first {...} behind `at`, nested blocks left out."""
    depth, begin = 0, code.find("{", at)
    out = []
    for c in code[begin:] if begin >= 0 else "":
        depth += (c == "{") - (c == "}")
        if depth == 0:
            break
        out.append(c)
    return "".join(out)


RULES = [rule for name, rule in list(globals().items()) if name.startswith("rule_")]


def faults_of(path, text):
    for rule in RULES:
        for line, words in rule(path, text):
            yield line, words


def main(root=repository.ROOT):
    count = 0
    for path in repository.files(root):
        if LEFT_ALONE.match(str(path)):
            continue
        data = (root / path).read_bytes()
        if path.suffix in BINARY or len(data) > LARGEST:
            faults = [(1, f"{len(data)} bytes: too large to keep here")] if len(data) > LARGEST else []
        else:
            faults = list(faults_of(path, data.decode("utf-8", errors="replace")))
        count += len(faults)
        for line, words in faults:
            print(f"{path}:{line}: {words}")
    print(f"style: {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
