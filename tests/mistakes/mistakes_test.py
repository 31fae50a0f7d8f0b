#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The compiler says what is wrong with each mistake of mistakes.cpp, in its first line and in one:

    mistakes_test.py COMPILER [FLAGS...]

The file is compiled once. Every error belongs to the mistake whose lines its last "required from here" names.
"""

import pathlib
import re
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).with_name("mistakes.cpp")
COMMAND = []
WORDS = re.compile(r"^ *// says: (.*)$")
PLACE = re.compile(re.escape(SOURCE.name) + r":(\d+):\d+: +(required from here|error: .*)$")
ERROR = re.compile(r": (?:fatal )?error: (.*)$")


def mistakes():
    """The number of each line that says something, and what."""
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    return {number: found[1] for number, line in enumerate(lines, 1) if (found := WORDS.match(line))}


def errors_by_line(output):
    """What the compiler said, by the line of the source that made it say so."""
    at, errors = 0, []
    for line in output.splitlines():
        if place := PLACE.search(line):
            at = int(place[1])
        if error := ERROR.search(line):
            errors.append((at, error[1]))
    return errors


class Mistakes(unittest.TestCase):
    def test_each_is_told_in_one_sentence(self):
        command = [*COMMAND, "-fsyntax-only", "-fdiagnostics-color=never", "-fmessage-length=0", str(SOURCE)]
        environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        expected = mistakes()
        self.assertGreater(len(expected), 20)
        told = {number: [] for number in expected}
        for at, error in errors_by_line(result.stderr):
            told[max((number for number in expected if number < at), default=min(expected))].append(error)
        for number, words in expected.items():
            with self.subTest(line=number, words=words):
                self.assertEqual(len(told[number]), 1, told[number])
                self.assertIn(words, told[number][0])


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
