#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tools/setup.sh takes the packages of the system it is on: run with an apt, a dpkg and an npm that only take notes."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

PACKAGES = """
run  g++
run  libboost1.81-dev|libboost1.83-dev|libboost-dev
test doxygen
extra clang-format-14
extra chromium
"""

TOOLS = {
    "dpkg-query": 'for name in $INSTALLED; do echo "installed $name"; done',
    "apt-cache": 'for name in $KNOWN; do [ "$2" != "$name" ] || printf "$2:\\n  Candidate: 1.0\\n"; done',
    "apt-config": "echo folder=\\'$LISTS/\\'",
    "apt-get": 'echo "apt-get $*" >>"$NOTES"',
    "npm": 'echo "npm $1" >>"$NOTES"',
    "id": "echo 0",
}


class setup(unittest.TestCase):
    def notes(self, kind, installed="", known="", npm=True, lists=True):
        """What was asked of apt and npm, and what was said, by a set-up on a system like that."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in ("tools", "bin", "tests/e2e/node_modules"):
                (root / name).mkdir(parents=True)
            shutil.copy(ROOT / "tools/setup.sh", root / "tools")
            (root / "tools/packages.txt").write_text(PACKAGES)
            (root / "tests/e2e/package-lock.json").write_text("{}")
            if lists:
                (root / "a_mirror_Packages").touch()
            for name, script in TOOLS.items():
                if name != "npm" or npm:
                    (root / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
                    (root / "bin" / name).chmod(0o755)
            for name in ("bash", "sh", "env", "awk", "tr", "grep", "cmp", "cp", "dirname"):
                (root / "bin" / name).symlink_to(shutil.which(name))
            environment = {"PATH": str(root / "bin"), "INSTALLED": installed, "KNOWN": known, "NOTES": f"{root}/notes",
                           "LISTS": str(root)}
            done = subprocess.run([root / "tools/setup.sh", kind], env=environment, capture_output=True, text=True,
                                  check=True, timeout=60)
            asked = (root / "notes").read_text() if (root / "notes").exists() else ""
            return asked, done.stderr

    def test_takes_the_first_alternative_that_the_system_knows(self):
        for known, taken in [("g++ libboost1.81-dev libboost1.83-dev libboost-dev", "libboost1.81-dev"),
                             ("g++ libboost1.83-dev libboost-dev", "libboost1.83-dev"),
                             ("g++ libboost-dev", "libboost-dev")]:
            asked, _ = self.notes("run", known=known)
            self.assertIn(f"--no-install-recommends g++ {taken}\n", asked)

    def test_is_content_with_any_alternative_that_is_installed(self):
        asked, _ = self.notes("run", installed="g++ libboost-dev", known="libboost1.81-dev")
        self.assertNotIn("apt-get", asked)

    def test_names_what_the_system_does_not_have(self):
        asked, said = self.notes("run", known="g++")
        self.assertIn("--no-install-recommends g++\n", asked)
        self.assertIn("no package of this system is libboost1.81-dev|libboost1.83-dev|libboost-dev", said)

    def test_takes_extras_for_the_tests_where_there_are_any(self):
        there = "g++ libboost-dev doxygen"
        asked, said = self.notes("test", installed=there, known="chromium")
        self.assertIn("--no-install-recommends chromium\n", asked)
        self.assertNotIn("clang-format-14", asked + said)
        self.assertNotIn("chromium", self.notes("run", installed=there, known="chromium")[0])

    def test_asks_for_no_lists_when_only_extras_are_missing(self):
        asked, _ = self.notes("test", installed="g++ libboost-dev doxygen")
        self.assertEqual("npm ci\n", asked)

    def test_asks_for_lists_where_there_are_none(self):
        asked, _ = self.notes("test", installed="g++ libboost-dev doxygen", lists=False)
        self.assertIn("apt-get update", asked)

    def test_builds_without_npm_and_says_so_but_does_not_test(self):
        there = "g++ libboost-dev doxygen"
        self.assertIn("no browser client", self.notes("run", installed=there, npm=False)[1])
        self.assertRaises(subprocess.CalledProcessError, self.notes, "test", installed=there, npm=False)


if __name__ == "__main__":
    unittest.main()
