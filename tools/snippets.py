#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes C++ source files of the code that documents show, so that the compiler reads it too.

    tools/snippets.py OUTPUT... -- PAGE.md...

Every ```cpp block is taken, and the code at the end of every row of a table that says "works". Definitions in it (what
stands at the left margin and defines a type or a function) go into a namespace of the page, in order, so that later
blocks see them; the other lines are statements and go into a function of their own, which has the parameters of
`PARAMETERS`. A block with `int main` is a program and shares nothing. What a page needs and does not show is in a
comment of it, `<!-- prelude` ... `-->`. The compiler names lines of the page.
The pages are dealt out to the output files; one that would not change is left alone.
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"^```cpp\n(?P<code>.*?)^```$|^<!-- prelude\n(?P<prelude>.*?)^-->$"
                   r"|^\|[^\n]*\| works \| `(?P<row>[^\n]*)` \|$", re.S | re.M)
PARAMETERS = "[[maybe_unused]] encke::server& io, [[maybe_unused]] encke::nsp& chat, [[maybe_unused]] encke::socket s"

TYPE = re.compile(r"(struct|class|enum|union|template|using|namespace|extern|inline|constexpr|BOOST_DESCRIBE_\w+)\b")
FUNCTION = re.compile(r"(?!return\b|else\b|if\b|for\b|while\b|switch\b|co_\w+\b)"
                      r"[\w:]+(<.*?>)?[\s*&]+[\w:]+\([^\"]*\)( const| noexcept|)*( try)? \{")
INCLUDES = """algorithm chrono ctime iostream map memory mutex numeric sstream thread vector
  boost/asio.hpp boost/describe.hpp encke/encke.hpp encke/jwt.hpp""".split()
# A page shows one thing at a time: names may be unused, and used again.
LET_PASS = ["-Wunused-variable", "-Wunused-but-set-variable", "-Wunused-parameter", "-Wshadow", "-Wreturn-type",
            "-Wpedantic"]


def without_comment(line):
    return re.sub(r"\s*//.*$", "", line)


def items(code):
    """The parts of a block, each as (number of its first line, its lines): from one line at the margin to the next."""
    parts = []
    for number, line in enumerate(code.split("\n")):
        belongs = not line or line[0] in " \t})" or line.startswith(("public:", "private:"))
        if parts and belongs:
            parts[-1][1].append(line)
        else:
            parts.append((number, [line]))
    return parts


def is_definition(lines):
    first = without_comment(lines[0])
    return bool(TYPE.match(first) or FUNCTION.match(first))


def waits(text):
    """Whether statements wait themselves, rather than a lambda in them."""
    outer, depth = [], 0
    for c in text:
        depth += (c == "{") - (c == "}")
        if depth == 0:
            outer.append(c)
    return bool(re.search(r"\bco_(await|return)\b", "".join(outer)))


def placed(page, line, text):
    return f'#line {line} "{page}"\n{text}'


class Page:
    """One page in C++: the headers it includes, and everything else."""

    def __init__(self, name, text):
        self.name, self.includes, self.parts = name, [], []
        for number, found in enumerate(BLOCK.finditer(text), 1):
            at = text.count("\n", 0, found.start()) + 2
            if found["prelude"] is not None:
                self.add_prelude(at, found["prelude"])
            elif found["row"] is not None:
                self.add_fragment(number, at - 1, found["row"] + ";")
            elif re.search(r"^int main\(", found["code"], re.M):
                self.add_program(number, at, found["code"])
            else:
                self.add_fragment(number, at, found["code"])

    def add_prelude(self, at, code):
        self.parts.append(placed(self.name, at, self.without_includes(code)))

    def add_program(self, number, at, code):
        text = placed(self.name, at, self.without_includes(code))
        self.parts.append(f"namespace program_{number} {{\n{text}\n}}")

    def add_fragment(self, number, at, code):
        statements = []
        for offset, lines in items(self.without_includes(code)):
            text = placed(self.name, at + offset, "\n".join(lines))
            if is_definition(lines):
                self.parts.append(text)
            elif any(without_comment(line).strip() for line in lines):
                statements.append((text, "\n".join(map(without_comment, lines))))
        if statements:
            kind = "encke::task<void>" if any(waits(bare) for _, bare in statements) else "void"
            body = "\n".join(text for text, _ in statements)
            self.parts.append(f"{kind} block_{number}({PARAMETERS}) {{ {{\n{body}\n}} }}")

    def without_includes(self, code):
        """They are taken to the top of the file; the lines stay, empty."""
        self.includes += re.findall(r"^#include [<\"](.*)[>\"]", code, re.M)
        return re.sub(r"^#include .*$", "", code, flags=re.M)

    def text(self):
        name = re.sub(r"\W", "_", self.name)
        return f"namespace page_{name} {{\nusing namespace std::chrono_literals;\n" + "\n".join(self.parts) + "\n}\n"


def source(pages):
    headers = sorted({header for page in pages for header in page.includes} | set(INCLUDES))
    includes = "".join(f"#include <{header}>\n" for header in headers)
    pragmas = "".join(f'#pragma GCC diagnostic ignored "{one}"\n' for one in LET_PASS)
    return "// Made by tools/snippets.py.\n" + includes + pragmas + "\n" + "\n".join(page.text() for page in pages)


def dealt_out(pages, hands):
    """The longest first, each to whoever has least."""
    sizes = [(0, i, []) for i in range(hands)]
    for page in sorted(pages, key=lambda page: -sum(map(len, page.parts))):
        size, i, hand = min(sizes, key=lambda one: one[:2])
        sizes[i] = (size + sum(map(len, page.parts)), i, [*hand, page])
    return [hand for _, _, hand in sizes]


def main(arguments):
    border = arguments.index("--")
    outputs, names = arguments[:border], arguments[border + 1:]
    root = pathlib.Path(__file__).resolve().parent.parent
    paths = [pathlib.Path(name).resolve() for name in names]
    pages = [Page(str(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in paths]
    hands = dealt_out([page for page in pages if page.parts], len(outputs))
    for output, hand in zip(map(pathlib.Path, outputs), hands):
        text = source(hand)
        if not output.exists() or output.read_text(encoding="utf-8") != text:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
