"""Generate, document, write tests, fix: what is written, and where it goes."""

from __future__ import annotations

import json

import pytest

from codestral_lsp.actions.edits import DocumentEdit
from codestral_lsp.actions.generate import Generated
from codestral_lsp.actions.holes import hole_at
from codestral_lsp.actions.imports import import_edit, split_imports
from codestral_lsp.actions.target import TargetKind
from codestral_lsp.document.languages import language_of
from codestral_lsp.document.position import Range
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from codestral_lsp.errors import NoTarget, UselessAnswer
from tests.actions.scene import Scene
from tests.completion.scene import in_virtual_time


async def generate(
    drawn: str, said: str, instruction: str = "", *, language: str = "python"
) -> tuple[Scene, Generated]:
    stage = await Scene(drawn, language=language).begin()
    stage.model.says = lambda request: said
    syntax = await stage.syntax.syntax(stage.document)
    hole = hole_at(syntax, stage.document, Range(stage.cursor, stage.anchor), instruction)
    return stage, await stage.actions.generate(hole, stage.hearer)


def fence(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```\nThis does it."


@pytest.mark.parametrize(
    ("drawn", "said", "result"),
    [
        (
            "import os\n\n\ndef f(path):\n    # list the files█\n",
            "files = os.listdir(path)\nreturn files",
            "import os\n\n\ndef f(path):\n    # list the files\n    files = os.listdir(path)\n    return files\n",
        ),
        (
            "def f(path):\n    # list the\n    # python files█\n    pass\n",
            "    return glob.glob(path)",
            "def f(path):\n    # list the\n    # python files\n    return glob.glob(path)\n    pass\n",
        ),
        (
            '"""A module."""\n\n\ndef f(path):\n    # list█\n',
            "import glob\nfrom pathlib import Path\n\nreturn glob.glob(path)",
            '"""A module."""\n\nimport glob\nfrom pathlib import Path\n\n\n'
            "def f(path):\n    # list\n    return glob.glob(path)\n",
        ),
        (
            "import glob\nfrom os import (\n    path,\n)\n\n\ndef f(path):\n    # list█\n",
            "import glob\nimport re\n\nreturn re",
            "import glob\nfrom os import (\n    path,\n)\nimport re\n\n\ndef f(path):\n    # list\n    return re\n",
        ),
        (
            "def double(x):\n    pass█\n\n\ny = 1\n",
            "def double(x):\n    return x * 2",
            "def double(x):\n    return x * 2\n\n\ny = 1\n",
        ),
        ("def double(x):\n    ...█\n", "return x * 2", "def double(x):\n    return x * 2\n"),
        ("def double(x):█\n\n\ny = 1\n", "return x * 2", "def double(x):\n    return x * 2\n\n\ny = 1\n"),
        (
            "class A:\n\tdef f(self):\n\t\t# loop█\n",
            "for x in self:\n    print(x)",
            "class A:\n\tdef f(self):\n\t\t# loop\n\t\tfor x in self:\n\t\t\tprint(x)\n",
        ),
        ("# two█", "x = 2", "# two\nx = 2\n"),
        ("x = 1\r\n# two█\r\n", "y = 2", "x = 1\r\n# two\r\ny = 2\r\n"),
    ],
)
@in_virtual_time
async def test_comments_and_empty_bodies_become_code(drawn: str, said: str, result: str) -> None:
    stage, generated = await generate(drawn, fence(said))
    assert str(generated.edit.applied()) == result
    assert stage.hearer.texts[-1].strip() == said.strip(), "the preview has the code and nothing else"


@in_virtual_time
async def test_other_languages() -> None:
    _, generated = await generate(
        "package a\n\nfunc Double(x int) int {\n\t// twice x█\n}\n", fence("return x * 2", "go"), language="go"
    )
    assert "\t// twice x\n\treturn x * 2\n}" in str(generated.edit.applied())
    _, generated = await generate(
        "package a\n\nfunc Show(x int) {\n\t// print it█\n}\n",
        fence('import "fmt"\n\nfmt.Println(x)', "go"),
        language="go",
    )
    assert str(generated.edit.applied()).startswith('package a\n\nimport "fmt"\n\nfunc Show')
    _, generated = await generate(
        "function f(a) {█\n}\n", fence("function f(a) {\n  return a;\n}", "js"), language="javascript"
    )
    assert str(generated.edit.applied()) == "function f(a) {\n    return a;\n}\n"


OS_NAMES = "from os import (\n    sep,\n    linesep,\n)\n"
ALIAS = 'import { a as b } from "c";\n'


@pytest.mark.parametrize(
    ("language", "file", "said", "added"),
    [
        ("python", "import os\n", f"import os.path\n{OS_NAMES}", OS_NAMES),
        ("python", "from os import sep, path\n", "from os import sep", ""),
        ("python", "import numpy as np\n", "import numpy as np\nimport re", "import re\n"),
        ("go", 'package a\n\nimport (\n\t"fmt"\n)\n', 'import (\n\t"fmt"\n\t"os"\n)', 'import "os"\n'),
        ("go", 'package a\n\nimport f "fmt"\n', 'import f "fmt"', ""),
        ("rust", "use std::{fs, io};\n", "use std::fs;\nuse std::io::{self, Read};", "use std::io::{self, Read};\n"),
        ("javascript", "import fs from 'fs';\n", f'import fs from "fs";\n{ALIAS}', ALIAS),
        ("javascript", "const {a, b: c} = require('d');\n", "const { a } = require('d');", ""),
        (
            "java",
            "import java.util.List;\n",
            "import java.util.List;\nimport java.util.Map;",
            "import java.util.Map;\n",
        ),
        ("kotlin", "import a.B\n", "import a.B\nimport a.C", "import a.C\n"),
        ("c", "#include <stdio.h>\n", "#include <stdio.h>\n#include <math.h>", "#include <math.h>\n"),
    ],
)
def test_only_imports_that_the_file_lacks_are_added(language: str, file: str, said: str, added: str) -> None:
    known = language_of(language, "")
    imports, rest = split_imports([*said.splitlines(), "", "code()"], known)
    assert rest == ["code()"]
    tree = SyntaxTree.of(Text.of(file + "\ncode\n"), known)
    assert tree is not None
    edit = import_edit(imports, tree)
    assert (edit.text if edit else "") == added


@in_virtual_time
async def test_a_language_without_a_tree_is_written_unchecked() -> None:
    _, generated = await generate("-- all orders█\n", fence("SELECT * FROM orders;", "sql"), language="sql")
    assert str(generated.edit.applied()) == "-- all orders\nSELECT * FROM orders;\n"


@in_virtual_time
async def test_a_selection_is_rewritten_as_told() -> None:
    _, generated = await generate("def f(a):\n█    x = a\n    return x\n█\n", fence("return a"), "in one line")
    assert str(generated.edit.applied()) == "def f(a):\n    return a\n\n"


@in_virtual_time
async def test_an_instruction_needs_no_comment() -> None:
    stage, generated = await generate("x = 1\n█\ny = 2\n", fence("z = 3"), "set z")
    assert str(generated.edit.applied()) == "x = 1\nz = 3\ny = 2\n"
    assert "x = 1\n<<<HERE>>>\ny = 2" in stage.model.prompt
    assert "Write: set z" in stage.model.prompt


@pytest.mark.parametrize("drawn", ["x = 1█\n", "def f():\n    return 1█\n", "x█ =█ 1\n"])
@in_virtual_time
async def test_where_nothing_says_what_to_write(drawn: str) -> None:
    with pytest.raises(NoTarget, match="what to write"):
        await generate(drawn, fence("x"))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("Sorry, I cannot do that", "cannot stand there"),
        (fence("return ("), "it does not parse"),
        (fence("return 1\n   return 2"), "cannot stand there"),
        ("```python\n```", "wrote no code"),
        ("", "wrote no code"),
    ],
)
@in_virtual_time
async def test_what_cannot_stand_there_is_refused(said: str, problem: str) -> None:
    with pytest.raises(UselessAnswer, match=problem):
        await generate("def f():\n    # one█\n", said)


class TestDocument:
    async def document(self, drawn: str, said: str, language: str = "python") -> DocumentEdit:
        stage = await Scene(drawn, language=language).begin()
        stage.model.says = lambda request: said
        return await stage.actions.document(await stage.target(), stage.hearer)

    @pytest.mark.parametrize(
        ("language", "drawn", "result"),
        [
            ("python", "def f(a):\n    return █a\n", 'def f(a):\n    """Gives a back."""\n    return a\n'),
            ("python", "class A:\n    x = █1\n", 'class A:\n    """Gives a back."""\n    x = 1\n'),
            (
                "javascript",
                "  function f(a) {\n    return █a;\n  }\n",
                "  /**\n   * Gives a back.\n   */\n  function f(a) {\n    return a;\n  }\n",
            ),
            (
                "rust",
                "#[inline]\nfn f(a: u8) -> u8 {\n    █a\n}\n",
                "/// Gives a back.\n#[inline]\nfn f(a: u8) -> u8 {\n    a\n}\n",
            ),
            (
                "go",
                "func F(a int) int {\r\n\treturn █a\r\n}\r\n",
                "// Gives a back.\r\nfunc F(a int) int {\r\n\treturn a\r\n}\r\n",
            ),
            (
                "java",
                "class A {\n  @Override\n  int f(int a) {\n    return █a;\n  }\n}\n",
                "class A {\n  /**\n   * Gives a back.\n   */\n  @Override\n  int f(int a) {\n    return a;\n  }\n}\n",
            ),
        ],
    )
    @in_virtual_time
    async def test_in_the_languages_own_way(self, language: str, drawn: str, result: str) -> None:
        assert str((await self.document(drawn, "Gives a back.", language)).applied()) == result

    @in_virtual_time
    async def test_nothing_but_a_comment_can_come_of_it(self) -> None:
        said = '"""Good."""\nimport os\nos.remove("x")\n"""'
        edit = await self.document("def f(a):\n    return █a\n", said)
        lines = str(edit.applied()).splitlines()
        assert lines[0] == "def f(a):"
        assert lines[1].startswith('    """Good.')
        assert lines[-2].strip().endswith('"""')
        said = "Good. */ evil(); /* more"
        edit = await self.document("function f(a) {\n  return █a;\n}\n", said, "javascript")
        assert "*/ evil" not in str(edit.applied())

    @pytest.mark.parametrize(
        ("drawn", "problem"),
        [
            ('def f(a):\n    """There."""\n    return █a\n', "is documented already"),
            ("def f(a): return █a\n", "on one line"),
            ("x = █1\n", "Only a function or a class"),
        ],
    )
    @in_virtual_time
    async def test_what_is_refused(self, drawn: str, problem: str) -> None:
        with pytest.raises(NoTarget, match=problem):
            await self.document(drawn, "Gives.")


class TestTests:
    @in_virtual_time
    async def test_they_are_shown_and_change_nothing(self) -> None:
        stage = await Scene("def f(a):\n    return █a\n").begin()
        before = stage.document
        stage.model.says = lambda request: fence("def test_f():\n    assert f(1) == 1")
        tests = await stage.actions.write_tests(await stage.target(), stage.hearer)
        assert tests.code == stage.hearer.texts[-1] == "def test_f():\n    assert f(1) == 1\n"
        assert "with pytest" in stage.model.prompt
        assert stage.document is before


SAID = {"quote": "return b", "line": 2, "why": "b is not defined", "fix": "return a"}


class TestFix:
    @in_virtual_time
    async def test_a_reported_problem_is_mended(self) -> None:
        stage = await Scene("def f(a):\n    return b█\n").begin()
        stage.model.says = lambda request: json.dumps(SAID)
        repair = await stage.actions.fix(await stage.target(), "Undefined name `b`", 1, stage.hearer)
        assert str(repair.edit.applied()) == "def f(a):\n    return a\n"
        assert repair.why == "b is not defined"
        assert "The reported problem, at line 2: Undefined name `b`" in stage.model.prompt

    @in_virtual_time
    async def test_a_fix_that_will_not_do_is_asked_for_once_more(self) -> None:
        stage = await Scene("def f(a):\n    return b█\n").begin()
        answers = [json.dumps({**SAID, "fix": "return ("}), json.dumps(SAID)]
        stage.model.says = lambda request: answers[len(stage.model.asked) - 1]
        repair = await stage.actions.fix(await stage.target(TargetKind.FUNCTION), "Undefined", 1, stage.hearer)
        assert str(repair.edit.applied()) == "def f(a):\n    return a\n"
        assert "Your last answer could not be used: it does not parse" in stage.model.prompt

    @pytest.mark.parametrize(
        "said", ["no idea", json.dumps({**SAID, "quote": "return c"}), json.dumps({**SAID, "fix": "return b"})]
    )
    @in_virtual_time
    async def test_otherwise_it_is_said_why_there_is_none(self, said: str) -> None:
        stage = await Scene("def f(a):\n    return b█\n").begin()
        stage.model.says = lambda request: said
        target = await stage.target()
        with pytest.raises(UselessAnswer, match="no usable fix"):
            await stage.actions.fix(target, "Undefined", 1, stage.hearer)
