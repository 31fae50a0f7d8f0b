# SPDX-License-Identifier: MIT
"""C++ source as the checks read it: without comments and literals, lines kept, and as a list of tokens."""

import re

PASS_OVER = re.compile(
    r"//[^\n]*|/\*.*?\*/"  # comments
    r'|R"(?P<fence>[^()\\ ]{0,16})\(.*?\)(?P=fence)"'  # raw strings
    r'|"(?:\\.|[^"\\\n])*"'  # strings
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",  # characters; not the ' of 1'000
    re.S)

TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w'.]*|::|->|&&|\[\[|\]\]|\S")


def blanked(text):
    """`text` with comments gone and literals as "" or '', each keeping its line breaks."""
    def blank(match):
        found = match[0]
        lines = "\n" * found.count("\n")
        if found.startswith(("//", "/*")):
            return lines or " "
        return ("''" if found.startswith("'") else '""') + lines
    return PASS_OVER.sub(blank, text)


def tokens(text):
    """The tokens of `text` as a list of (word, line)."""
    out = []
    for number, line in enumerate(blanked(text).split("\n"), 1):
        if not line.lstrip().startswith("#"):
            out += [(word, number) for word in TOKEN.findall(line)]
    return out
