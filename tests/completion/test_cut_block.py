"""Where an answer is whole by the tree, with nothing but closers behind the cursor.

`✂` shows where the stream is closed; without one, all of it is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from codestral_lsp.completion.cut import Cut
from codestral_lsp.completion.cut_block import BlockCutter
from codestral_lsp.completion.seam import Seam
from codestral_lsp.completion.surroundings import Extent, surroundings
from codestral_lsp.document.keeper import SyntaxKeeper
from codestral_lsp.document.store import DocumentStore
from tests.notation import asked


@dataclass(frozen=True)
class Case:
    around: str
    answer: str
    language: str = "python"
    extent: Extent = Extent.BLOCK
    patient: bool = False


CASES = {
    "a statement with more below it": Case(
        "def f(xs):\n    █\n    return total\n", "total = sum(xs)\n✂    count = len(xs)\n"
    ),
    "a statement over several lines": Case("def f(xs):\n    █\n    return xs\n", "g(\n        xs,\n    )\n✂    h()\n"),
    "a compound statement with its body": Case(
        "def f(xs):\n    █\n    return xs\n", "for x in xs:\n        use(x)\n        go(x)✂\n    done()\n"
    ),
    "with its other branches": Case(
        "def f(x):\n    █\n    return x\n", "if x:\n        a()\n    else:\n        b()✂\n    done()\n"
    ),
    "only the header where the body stands below": Case(
        "def f(xs):\n    █\n        use(x)\n", "for x in xs:\n✂        go(x)\n"
    ),
    "as much as the code below needs": Case(
        "def f(xs):\n    █\n    return low + high\n", "low = min(xs)\n    high = max(xs)\n✂    mean = 0\n"
    ),
    "to the end of the block where nothing follows": Case(
        "def f(xs):\n    █\n\n\ndef g():\n    pass\n", "total = sum(xs)\n    return total\n✂\n\ndef h():\n"
    ),
    "a blank line is no end of a function": Case("def f(xs):\n    █\n", "total = sum(xs)\n\n    return total\n✂\n"),
    "the model leaves the block": Case(
        "def f(xs):\n    for x in xs:\n        █\n    return xs\n", "use(x)✂\n    print(xs)\n"
    ),
    "a line that is begun": Case("def f(xs):\n    total = █\n    return total\n", "sum(xs)\n✂    more\n"),
    "a call over several lines, begun": Case(
        "total = █\nprint(total)\n", "sum(\n    xs,\n)\n✂more = 1\n", extent=Extent.STATEMENT
    ),
    "a block's header, where only the statement is asked for": Case(
        "def f(xs):\n    for █\n    return xs\n", "x in xs:\n✂        use(x)\n", extent=Extent.STATEMENT
    ),
    "braces": Case(
        "function f(xs) {\n  █\n  return xs;\n}\n",
        "for (const x of xs) {\n    use(x);\n  }\n✂  more();\n",
        "javascript",
    ),
    "braces, with a branch": Case(
        "function f(x) {\n  █\n  return x;\n}\n",
        "if (x) {\n    a();\n  } else {\n    b();\n  }\n✂  c();\n",
        "typescript",
    ),
    "a brace that nobody closed yet": Case("function f(x) {█\n", "\n  return x;\n}✂\nfunction g() {}\n", "javascript"),
    "a brace that the editor closed": Case("function f(x) {\n  █\n}\n", "return x;\n✂}\n", "javascript"),
    "the members of a literal": Case("const a = {\n  █\n};\n", "one: 1,\n  two: 2,✂\n};\nmore();\n", "javascript"),
    "a struct literal in Go": Case(
        "func f() {\n\t█\n\treturn p\n}\n", "p := Point{\n\t\tX: 1,\n\t}\n✂\tq := 2\n", "go"
    ),
    "a match in Rust": Case(
        "fn f(x: u8) -> u8 {\n    █\n}\n", "match x {\n        0 => 1,\n        _ => 2,\n    }✂\n}\n", "rust"
    ),
    "a block that ends with a word": Case(
        "def f(xs)\n  █\n  xs\nend\n", "xs.each do |x|\n    puts x\n  end\n✂  more\n", "ruby"
    ),
    "a shell block": Case(
        "f() {\n  █\n  echo done\n}\n", 'if [ -n "$x" ]; then\n    echo\n  fi\n✂  more\n', "shellscript"
    ),
    "JSX": Case(
        "function A() {\n  return (\n    <div>\n      █\n    </div>\n  );\n}\n",
        "<p>\n        text\n      </p>\n      <b/>✂\n    </div>\n",
        "javascriptreact",
    ),
    "patiently, all entries that lead to the one below": Case(
        "names = {\n    █\n    'three': 3,\n}\n", "'one': 1,\n    'two': 2,✂\n    'three': 3,\n", patient=True
    ),
    "patiently, both branches where the text below is the other's": Case(
        "def f(x):\n    █\n        return 1\n",
        "if x:\n        return 0\n    else:✂\n        return 1\n",
        patient=True,
    ),
    "patiently, only the header where the body stands below": Case(
        "def f(x):\n    █\n        return 1\n", "if x:✂\n        return 1\n", patient=True
    ),
    "patiently, what fitted first where the text below does not come": Case(
        "def f(xs):\n    █\n    return total\n", "total = sum(xs)\n✂" + "    go(xs)\n    do(xs)\n" * 5, patient=True
    ),
    "what stands below is not wanted twice": Case(
        "def f():\n    █\n    return total\n", "total = 0✂\n    return total\n", extent=Extent.BLOCK
    ),
}


async def seam_at(case: Case) -> tuple[Seam, SyntaxKeeper]:
    request = asked(case.around, language=case.language, uri="file:///x")
    keeper = SyntaxKeeper(DocumentStore())
    seam = Seam(keeper, request.document, request.cursor, surroundings(request))
    assert await seam.ready()
    return seam, keeper


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_the_stream_is_closed_where_the_syntax_is_whole(case: Case) -> None:
    seam, keeper = await seam_at(case)
    wanted, mark, _ = case.answer.partition("✂")
    text = case.answer.replace("✂", "")
    cutter = BlockCutter(
        surroundings(asked(case.around, language=case.language)), case.extent, seam, patient=case.patient
    )
    cut: Cut | None = None
    read = ""
    for end in range(1, len(text) + 1):
        read = text[:end]
        if cut := await cutter.feed(read):
            break
    keeper.close()
    if not mark:
        assert cut is None
        return
    assert cut is not None
    assert text[: cut.length].rstrip() == wanted.rstrip()
    # No more is read than it takes to know that the next line does not belong to it.
    assert case.patient or len(read[cut.length :].strip()) <= len("done(")
