#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The checks find what they are for and leave the rest alone: python3 -m unittest discover -s tools -p '*_test.py'."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_coroutines  # noqa: E402
import check_docs  # noqa: E402
import check_layers  # noqa: E402
import check_style  # noqa: E402
import check_vectors  # noqa: E402
import run_tests  # noqa: E402
import snippets  # noqa: E402
from check_style import SPDX  # noqa: E402
from cpp_text import blanked  # noqa: E402

TABLE = """
| layer | ours | outside | knows |
|---|---|---|---|
| `include/encke` | | Boost.System | |
| `src/base` | light | OpenSSL crypto | |
| `src/http` | light, base | Beast parser | |
| `gateway/text` | | fmt | |
| `gateway/api` | public, text | Boost.JSON | |
| `gateway` | public, text, api | fmt | |

| another | table |
"""


class layers(unittest.TestCase):
    table = check_layers.read_table(TABLE)

    def faults(self, path, *includes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text("".join(f"#include {name}\n" for name in includes))
            return list(check_layers.faults_in(root, self.table))

    def test_lets_a_layer_see_its_row(self):
        self.assertEqual([], self.faults("src/http/a.cpp", '"http/b.hpp"', "<base/utf8.hpp>", "<encke/error.hpp>",
                                         "<vector>", "<boost/beast/http/basic_parser.hpp>"))
        self.assertEqual([], self.faults("gateway/a.cpp", '"gateway/b.hpp"', "<encke/server.hpp>", "<fmt/format.h>"))
        self.assertEqual([], self.faults("gateway/api/a.cpp", '"gateway/api/b.hpp"', '"gateway/text/b.hpp"'))
        self.assertEqual([], self.faults("gateway/a.cpp", '"gateway/api/b.hpp"'))

    def test_refuses_everything_else(self):
        for path, include in [("src/base/a.hpp", '"http/request.hpp"'), ("src/base/a.hpp", "<encke/server.hpp>"),
                              ("src/http/a.cpp", "<boost/beast/core.hpp>"), ("src/http/a.cpp", "<sys/socket.h>"),
                              ("src/http/a.cpp", "<openssl/sha.h>"), ("gateway/a.cpp", '"base/utf8.hpp"'),
                              ("include/encke/a.hpp", '"base/utf8.hpp"'), ("src/http/a.cpp", '"text.hpp"'),
                              ("src/http/a.cpp", "<zlib.h>"), ("gateway/text/a.cpp", '"gateway/api/b.hpp"'),
                              ("gateway/api/a.cpp", '"gateway/b.hpp"'), ("gateway/api/a.cpp", "<fmt/format.h>"),
                              ("gateway/text/a.cpp", "<encke/server.hpp>"),
                              ("src/base/deep/a.cpp", "<boost/asio.hpp>")]:
            self.assertEqual(1, len(self.faults(path, include)), f"{path} {include}")

    def test_refuses_a_table_that_makes_no_sense(self):
        for text in ["", "| layer | ours | outside |\n|---|---|---|\n| `src/http` | base | |\n",
                     "| layer | ours | outside |\n|---|---|---|\n| `src/http` | | Qt |\n",
                     "| layer | ours | outside |\n|---|---|---|\n| `src/http` | | |\n| `gateway/http` | | |\n"]:
            self.assertRaises(check_layers.BadTable, check_layers.read_table, text)

    def test_knows_the_table_of_this_project(self):
        text = (check_layers.ROOT / "docs/architecture.md").read_text(encoding="utf-8")
        self.assertIn("src/hub", check_layers.read_table(text))


class vectors(unittest.TestCase):
    def words(self, text):
        return [words for _, words in check_vectors.faults_of_file(text, {})]

    def test_takes_what_is_well_formed(self):
        self.assertEqual([], self.words("# about\n\nname: a\nwire: hex 01 aF\nbody:\n\nname: b\nwire: text \\x20\n"))

    def test_finds_what_is_not(self):
        for text in ["wire: text x\n", "name: a\nname: b\n", "name:\n", "name: a\nsomething\n",
                     "name: a\nwire: hex 1 2\n",
                     "name: a\n\nname: a\n", "name: a\nbody: x \n", "name: a\nbody: \x01\n", "name: a"]:
            self.assertEqual(1, len(self.words(text)), repr(text))

    def test_names_are_unique_across_the_files_of_a_protocol(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for path in ["p/a.vec", "p/b.vec", "q/a.vec"]:
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_text("name: same\n")
            self.assertEqual(1, len(list(check_vectors.faults_in(folder))))


class coroutines(unittest.TestCase):
    def test_reads_documents(self):
        page = "co_await {a};\n```cpp\nauto a = co_await f({1});\n```\n"
        self.assertEqual([(3, check_coroutines.BRACES)],
                         list(check_coroutines.faults_of(check_coroutines.code_in(page))))

    def faults(self, statement):
        return list(check_coroutines.faults_of("task<int> f() {\n  int a = 1;\n  " + statement + "\n}\n"))

    def test_allows_names_strings_and_chains(self):
        for statement in ["auto user = co_await store.find(query);",
                          'co_await s.in("a").timeout(5s).ask<bool>("x", o.total);',
                          "if (co_await is_there(x)) { return_it(T{1}); }", "for (auto v : co_await all()) { use(v); }",
                          "co_await run([](int a) { return a; });", "auto x = T{1}; co_await y(x);",
                          "if (a) { b(T{2}); } co_await y(x);", "co_await list[3].go(a[i]);",
                          "auto f = [&]() -> task<void> { co_await g(); };", 'co_await say("{"); // {',
                          "switch (a) { case 1: { co_await y(); } }", "while (co_await more()) { x = {}; }",
                          'co_await say("4" + std::string{name} + ",");', "f(std::string{name}, co_await g());"]:
            self.assertEqual([], self.faults(statement), statement)

    def test_refuses_braces_and_captures(self):
        for statement in ["co_await store.find(query{.id = id});", "co_await store.find({1, 2});",
                          "f(T{1}, co_await g());", "co_await run([x] { use(x); });",
                          "co_await run([&] { use(a); });", "auto x = y{co_await g()};",
                          "co_await run([=](int b) mutable { use(a, b); });", "auto x = co_await g() + T{1}.value;"]:
            self.assertEqual(1, len(self.faults(statement)), statement)


class style(unittest.TestCase):
    def faults(self, path, text):
        return [words for _, words in check_style.faults_of(pathlib.PurePath(path), text)]

    opening = "// SPDX-License-Identifier: MIT\n// Something.\n"

    def test_takes_a_good_file(self):
        self.assertEqual([], self.faults("a.hpp", self.opening + "#pragma once\n\nint f();\n"))
        self.assertEqual([], self.faults("a.cpp", "// SPDX-License-Identifier: MIT\n#include <a.hpp>\n"))

    def test_finds_what_it_is_for(self):
        for path, text in [("a.cpp", "int f();\n"), ("a.hpp", self.opening + "int f();\n"),
                           ("a.md", "x \n"), ("a.md", "x"), ("a.py", f"# {SPDX}\n#{'x' * 120}\n"),
                           ("a.cpp", self.opening + "\n" * 500), ("a.cpp", self.opening + "// TO" "DO: more\n"),
                           ("a.cpp", self.opening + "#include <expected>\n"), ("a.md", "<<<<<<< here\n"),
                           ("a.md", "see /ho" "me/ann/notes\n"),
                           ("a.cpp", self.opening + "void f() { switch (x) { case e::a: { g(); } default: h(); }}\n")]:
            self.assertEqual(1, len(self.faults(path, text)), f"{path} {text!r}")

    def test_allows_default_where_the_cases_are_no_enum(self):
        text = "void f(char c) { switch (c) { case 'a': default: h(); } }\n"
        self.assertEqual([], self.faults("a.cpp", self.opening + text))


class reading(unittest.TestCase):
    def test_comments_and_literals_are_blanked_and_lines_stay(self):
        self.assertEqual('a "" b\n\n\'\' 1\'000 ', blanked('a "{//" b\n/* x\n*/\'{\' 1\'000// y').replace(" \n", "\n"))
        self.assertEqual('""\n;', blanked('R"x(\n"{)x";'))


class documents(unittest.TestCase):
    def test_links_and_places_in_documents(self):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "docs").mkdir()
            (root / "docs/b.md").write_text("# A `b`, and more\n")
            page = root / "docs/a.md"
            for text, count in [("[x](b.md)", 0), ("[x](b.md#a-b-and-more)", 0), ("[x](https://example.com/none)", 0),
                                ("`[x](none.md)`", 0), ("[x](none.md)", 1), ("![x](none.png)", 1),
                                ("[x](b.md#none)", 1)]:
                page.write_text(text)
                self.assertEqual(count, len(list(check_docs.broken_links(root, page))), text)

    def test_code_in_a_page_is_that_of_its_file(self):
        page = "(`examples/a/a.cpp`):\n\n```cpp\n#include <a>\nint b;\n```\n"
        self.assertEqual([], list(check_docs.stale_code(page, lambda path: "// about\n#include <a>\nint b;\n")))
        self.assertEqual(1, len(list(check_docs.stale_code(page, lambda path: "// about\n#include <a>\nint c;\n"))))


class counting(unittest.TestCase):
    def test_counts_tap(self):
        text = ("not ok 1 - a\n  ok 2 - b # SKIP\n# tests 4\n# pass 2\n# fail 1\n"
                "# cancelled 0\n# skipped 1\n# to" "do 0\n")
        tally = run_tests.count_tap(text)
        self.assertEqual((2, 1, ["a"]), (tally.passed, tally.skipped, tally.failed))

    def test_a_report_without_names_still_counts_its_failures(self):
        self.assertEqual(2, len(run_tests.count_tap("# pass 2\n# fail 2\n").failed))

    def test_counts_the_report_of_a_test_binary(self):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "a.json"
            report.write_text("""{"testsuites": [{"testsuite": [
                {"name": "a", "status": "RUN", "result": "COMPLETED", "classname": "t"},
                {"name": "b", "status": "RUN", "result": "COMPLETED", "classname": "t", "failures": [{}]},
                {"name": "c", "status": "RUN", "result": "SKIPPED", "classname": "t"},
                {"name": "d", "status": "NOTRUN", "result": "SUPPRESSED", "classname": "t"}]}]}""")
            tally = run_tests.cases_of(report)
            self.assertEqual((1, 1, ["t.b"]), (tally.passed, tally.skipped, tally.failed))
            self.assertEqual(["dev a: t.b"], run_tests.outcome("dev", "a", report, "fail").failed)

    def test_a_program_that_reports_nothing_counts_as_one(self):
        nothing = pathlib.Path("no/such/report.json")
        self.assertEqual((1, []), (run_tests.outcome("dev", "soak", nothing, "run").passed, []))
        failed = run_tests.outcome("dev", "soak", nothing, "fail")
        self.assertEqual((0, 1), (failed.passed, len(failed.failed)))


class snippet_pages(unittest.TestCase):
    def made_of(self, text):
        return snippets.Page("docs/a.md", text).text()

    def test_puts_statements_into_a_function_and_definitions_before_it(self):
        text = self.made_of("# A page\n\n```cpp\nchat.on(\"a\", f);\nint f(int a) {\n  return a;\n}\n```\n")
        self.assertLess(text.index("int f(int a)"), text.index("void block_1("))
        self.assertIn('#line 4 "docs/a.md"\nchat.on("a", f);', text)
        self.assertIn('#line 5 "docs/a.md"\nint f(int a) {\n  return a;\n}', text)

    def test_makes_a_coroutine_of_statements_that_wait(self):
        self.assertIn("encke::task<void> block_1(", self.made_of("```cpp\nauto a = co_await b();\n```\n"))
        self.assertIn("void block_1(", self.made_of("```cpp\nf([] {\n  co_await b();\n});\n```\n"))

    def test_keeps_programs_apart_and_takes_includes_to_the_top(self):
        page = snippets.Page("a.md", "```cpp\n#include <set>\nint main() {\n}\n```\n<!-- prelude\nint secret;\n-->\n")
        self.assertEqual(["set"], page.includes)
        self.assertIn("namespace program_1 {", page.text())
        self.assertIn("int secret;", page.text())

    def test_leaves_other_languages_alone(self):
        self.assertEqual([], snippets.Page("a.md", "```js\nio();\n```\n").parts)


class left_out(unittest.TestCase):
    def test_what_needs_a_tool_that_is_not_here_is_counted_and_named(self):
        self.assertIsNone(run_tests.lacking("sh"))
        total, stage = run_tests.Tally(), run_tests.Tally(passed=2)
        stage.leave_out("fuzz", run_tests.lacking("a tool that nobody has"))
        total.add(stage)
        self.assertEqual("2 passed, 0 failed, 1 skipped", str(total))
        self.assertEqual(["fuzz: there is no a tool that nobody has here"], total.left_out)


if __name__ == "__main__":
    unittest.main()
