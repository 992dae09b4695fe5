"""What kind of place the cursor is in, in every language, from trees and from text rules."""

import pytest

from codestral_lsp.document.languages import LANGUAGES, PLAIN
from codestral_lsp.document.position import Position
from codestral_lsp.document.rules import TextRules
from codestral_lsp.document.syntax import Ahead, Lexical, Place
from codestral_lsp.document.text import Text
from codestral_lsp.document.tree import SyntaxTree
from tests.document.marked import BY_NAME, Maker, either, marked, parsed
from tests.document.snippets import SNIPPETS

SLASHES = ["javascript", "typescript", "tsx", "go", "rust", "java", "c", "cpp", "csharp", "php"]
OPENING = {"php": "<?php\n"}


def place(syntax: Maker, language: str, text: str) -> Place:
    value, cursor = marked(OPENING.get(language, "") + text)
    return syntax(language, value).place(cursor)


@either
@pytest.mark.parametrize("language", SLASHES)
class TestSlashComments:
    @pytest.mark.parametrize("text", ["//█\n", "// a█ b\n", "// a b█", "// a b█\n", "//█", "x;  // a █\ny;\n"])
    def test_inside_a_line_comment(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.LINE_COMMENT

    @pytest.mark.parametrize("text", ["█// a\n", "/█/ a\n", "// a\n█", "// a\n█\n", "// a\nx█;\n", "█\n// a\n"])
    def test_outside_a_line_comment(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.CODE

    @pytest.mark.parametrize(
        "text", ["/*█*/\n", "/* a\n █ */\n", "/* a █*/ x;\n", "/**\n * a█\n */\n", "/* a\n\n█\n*/"]
    )
    def test_inside_a_block_comment(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.BLOCK_COMMENT

    @pytest.mark.parametrize("text", ["█/* a */\n", "/* a */█\n", "/* a */█ x;\n", "/█* a */\n"])
    def test_outside_a_block_comment(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.CODE


@either
@pytest.mark.parametrize("language", ["python", "ruby", "bash"])
class TestHashComments:
    @pytest.mark.parametrize("text", ["#█\n", "# a█ b\n", "# a b█", "x = 1  # a b█\ny = 2\n"])
    def test_inside(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.LINE_COMMENT

    @pytest.mark.parametrize("text", ["█# a\n", "# a\n█", "# a\nx█\n"])
    def test_outside(self, syntax: Maker, language: str, text: str) -> None:
        assert place(syntax, language, text).lexical is Lexical.CODE


STRINGS = {
    "python": ["x = '█'\n", 'x = "a█"\n', 'x = """a\n█"""\n', 'f(r"█a", 1)\n', 'x = f"a{b}█c"\n', 'x = """a\n\n█'],
    "javascript": ["x = '█';\n", 'x = "a█";\n', "x = `a\n█b`;\n", "x = `a${b}█c`;\n"],
    "typescript": ["x = '█';\n", 'x = "a█";\n', "x = `a\n█b`;\n"],
    "tsx": ["x = '█';\n", 'x = <a b="c█" />;\n'],
    "go": ['package a\nvar x = "█"\n', "package a\nvar x = `a\n█`\n"],
    "rust": ['fn f() { g("█"); }\n', 'fn f() { g("a\n█"); }\n', 'fn f() { g(r#"a" █"#); }\n'],
    "java": ['class A { String x = "█"; }\n', 'class A { String x = """\n  █a\n  """; }\n'],
    "c": ['char *x = "█";\n', 'char *x = "a\\"█b";\n', "char x = '█a';\n"],
    "cpp": ['auto x = "█";\n', 'auto x = R"(a"█)";\n'],
    "csharp": ['var x = "█";\n', 'var x = @"a""█b";\n', 'var x = $"a{b}█c";\n'],
    "ruby": ["x = '█'\n", 'x = "a█"\n', 'x = "a#{b}█c"\n', 'x = "a\n█b"\n'],
    "php": ["<?php $x = '█';\n", '<?php $x = "a█";\n', '<?php $x = "a\n█b";\n'],
    "bash": ["x='█'\n", 'echo "a█ b"\n', 'x="a\n█b"\n', 'x="a ${b} █c"\n'],
}
CODE = {
    "python": ["x = █'a'\n", "x = 'a'█\n", 'x = f"a{b█}c"\n', 'x = f"a{█b}c"\n', 'x = f"a{b█', "x = 'a' + █'b'\n"],
    "javascript": ["x = █'a';\n", "x = `a${█b}c`;\n", "x = `a${b█", "x = 'a'█;\n"],
    "typescript": ["let x: str█ing = y;\n", "let x: string█ = 'a';\n"],
    "tsx": ["x = <a b={c█} />;\n"],
    "go": ['package a\nvar x = "a"█\n', "package a\nvar x = `a`█\n"],
    "rust": ["fn f<'█a>(x: &'a str) {}\n", "fn f(x: &'a str, y█: &'b str) {}\n"],
    "java": ['class A { String x = "a"█; }\n'],
    "c": ['char *x = "a" █"b";\n', "int x = 'a'█;\n"],
    "cpp": ['auto x = R"(a)"█;\n', "int x = 1'000█'000;\n"],
    "csharp": ['var x = $"a{b█}c";\n', 'var x = @"a"█;\n'],
    "ruby": ['x = "a#{b█}c"\n', "x = 'a'█\n"],
    "php": ["<?php $x = 'a'█;\n"],
    "bash": ['x="a ${b█} c"\n', 'x="$(b █c)"\n', "x='a'█\n"],
}


@either
@pytest.mark.parametrize(("language", "text"), [(language, text) for language in STRINGS for text in STRINGS[language]])
def test_inside_a_string(syntax: Maker, language: str, text: str) -> None:
    value, cursor = marked(text)
    assert syntax(language, value).lexical(cursor) is Lexical.STRING


@either
@pytest.mark.parametrize(("language", "text"), [(language, text) for language in CODE for text in CODE[language]])
def test_code_next_to_or_inside_a_string(syntax: Maker, language: str, text: str) -> None:
    value, cursor = marked(text)
    assert syntax(language, value).lexical(cursor) is Lexical.CODE


@either
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""█Module."""\n', Lexical.DOCSTRING),
        ('def f():\n    """A\n    █\n    """\n', Lexical.DOCSTRING),
        ('class A:\n    # why\n    """A.█"""\n', Lexical.DOCSTRING),
        ('def f():\n    """A\n    █\n', Lexical.DOCSTRING),
        ('x = """█"""\n', Lexical.STRING),
        ('f("""█""")\n', Lexical.STRING),
        ('def f():\n    """A."""█\n', Lexical.CODE),
    ],
)
def test_docstrings_are_told_from_strings(syntax: Maker, text: str, expected: Lexical) -> None:
    assert place(syntax, "python", text).lexical is expected


@either
@pytest.mark.parametrize("length", range(100, 140, 3))
def test_a_long_docstring_far_above_confuses_nobody(syntax: Maker, length: int) -> None:
    """Wherever the scan for strings starts, inside the docstring included."""
    functions = "".join(f"\n\ndef g{number}():\n" + "    x = 1\n" * 25 for number in range(5))
    docstring = '    """A\n' + "    words\n" * length + '    """\n'
    text = "y = 0\n" * 60 + f"def f():\n{docstring}{functions}    z = █\n"
    assert place(syntax, "python", text).lexical is Lexical.CODE


@either
@pytest.mark.parametrize(
    ("language", "text"),
    [
        # An open quote makes a mess of all the lines after it, but not of what is before the cursor.
        ("python", 'def f():\n    x = "abc█\n    y = 2\n\n\ndef g():\n    return "b"\n'),
        ("javascript", "function f() {\n  x = 'abc█\n  y = 2;\n}\nfunction g() { return 'b'; }\n"),
        ("go", 'package a\nfunc f() {\n\tx := "abc█\n\ty := 2\n}\nfunc g() string { return "b" }\n'),
        ("rust", 'fn f() {\n    let x = "abc█\n'),
        ("java", 'class A {\n  void f() {\n    x = "abc█\n    y = 2;\n  }\n}\n'),
        ("c", 'int f() {\n  x = "abc█\n  y = 2;\n}\n'),
        ("cpp", 'int f() {\n  x = "abc█\n  y = 2;\n}\n'),
        ("csharp", 'class A {\n  void F() {\n    x = "abc█\n    y = 2;\n  }\n}\n'),
        ("ruby", "def f\n  x = 'abc█\n"),
        ("php", '<?php\nfunction f() {\n  $x = "abc█\n'),
        ("bash", 'f() {\n  x="abc█\n'),
        ("typescript", "function f() {\n  x = 'abc█\n  y = 2;\n}\n"),
        ("tsx", "function f() {\n  x = 'abc█\n  y = 2;\n}\n"),
    ],
)
def test_inside_a_string_that_is_being_typed(syntax: Maker, language: str, text: str) -> None:
    assert place(syntax, language, text.replace("<?php\n", "")).lexical is Lexical.STRING


EMPTY_BODIES = {
    "python": [
        "def f():\n    █\n",
        "def f():█\n",
        "def f():\n    █\n\n\nx = 1\n",
        "class A:\n    def f(self) -> int:\n        █\n\n    def g(self):\n        pass\n",
        "if x:\n    █\nelse:\n    y()\n",
        "def f(\n    a,\n):\n    █\n",
        'def f():\n    """Docs."""\n    █\n',
        "def f():\n    # why\n    █\n",
        "for x in y:\n    █",
        "try:\n    █\nexcept A:\n    pass\n",
        "def f():  # why\n    █\n",
        "match x:\n    case 1:\n        █\n    case 2:\n        pass\n",
    ],
    "javascript": [
        "if (x) {█}\n",
        "function f() {\n  █\n}\n",
        "const f = () => {\n  █\n};\n",
        "class A {\n  █\n}\n",
        "f(function () {\n  // why\n  █\n});\n",
        "switch (x) {\n  case 1:\n    █\n  case 2:\n    y();\n}\n",
        "function f() {█\n",
        "if (x) {\n  █\n\nfunction g() {}\n",
        "try {\n  █\n} catch (e) {\n  x();\n}\n",
    ],
    "typescript": ["interface A {\n  █\n}\n", "enum A {\n  █\n}\n", "function f(): Promise<void> {\n  █\n}\n"],
    "tsx": ["const f = ({ a }: P) => {\n  █\n};\n"],
    "go": [
        "package a\n\nfunc f() {\n\t█\n}\n",
        "package a\n\nfunc f() {\n\tif x {█}\n}\n",
        "package a\n\ntype A struct {\n\t█\n}\n",
        "package a\n\nfunc f(\n\ta int,\n) error {\n\t█\n}\n",
    ],
    "rust": [
        "fn f() {\n    █\n}\n",
        "impl A {\n    █\n}\n",
        "fn f() {\n    match x {\n        █\n    }\n}\n",
        "fn f<T>(x: T) -> u8\nwhere\n    T: A,\n{\n    █\n}\n",
        "fn f() {\n    xs.map(|x| {█})\n}\n",
    ],
    "java": [
        "class A {\n    █\n}\n",
        "class A {\n    void f() {\n        █\n    }\n}\n",
        "class A { void f() { if (x) {█} } }\n",
    ],
    "c": ["int f(void)\n{\n    █\n}\n", "struct a {\n    █\n};\n", "int f() { while (x) {█} }\n"],
    "cpp": ["namespace a {\n█\n}\n", "class A : public B {\n  █\n};\n", "auto f = [&](int x) {█};\n"],
    "csharp": [
        "class A\n{\n    █\n}\n",
        "class A\n{\n    int P\n    {\n        get\n        {\n            █\n        }\n    }\n}\n",
    ],
    "ruby": [
        "def f\n  █\nend\n",
        "class A < B\n  █\nend\n",
        "xs.each do |x|\n  █\nend\n",
        "if x\n  █\nelse\n  y\nend\n",
        "xs.map { |x| █ }\n",
    ],
    "php": ["<?php\nfunction f() {\n    █\n}\n", "<?php\nclass A\n{\n    █\n}\n", "<?php if ($x) {█}\n"],
    "bash": [
        "f() {\n  █\n}\n",
        "if x; then\n  █\nfi\n",
        "for x in y; do\n  █\ndone\n",
        "case x in\n  a)\n    █\n    ;;\nesac\n",
    ],
}
FULL_BODIES = {
    "python": [
        "def f():\n    x = 1\n    █\n",
        "def f():\n    █\n    x = 1\n",
        "x = {\n    █\n}\n",
        "x = y[1:█]\n",
        "f(lambda x:█)\n",
        "def f(): █pass\n",
        'x = "if y:█"\n',
        "# if y:\n█\n",
        "x: int\n█\n",
    ],
    "javascript": [
        "x = {█};\n",
        "f({\n  █\n});\n",
        "if (x) {\n  y();\n  █\n}\n",
        "x = [█];\n",
        "return {\n  █\n};\n",
        "x = `{█}`;\n",
    ],
    "typescript": ["const x: A = {\n  █\n};\n"],
    "tsx": ["x = <a b={{█}} />;\n"],
    "go": [
        "package a\n\nvar x = A{█}\n",
        "package a\n\nfunc f() {\n\tx := []int{\n\t\t█\n\t}\n}\n",
        "package a\n\nfunc f() {\n\tg(A{█})\n}\n",
    ],
    "rust": ["fn f() {\n    let x = A {█};\n}\n", "fn f() {\n    g(A {\n        █\n    })\n}\n"],
    "java": ["class A { int[] x = {█}; }\n"],
    "c": ["int x[] = {█};\n", "int f() { x(); █ }\n"],
    "cpp": ["std::vector<int> x = {█};\n"],
    "csharp": ["var x = new A {█};\n"],
    "ruby": ["x = {█}\n", "def f\n  x\n  █\nend\n", "x = 1 if y\n█\n"],
    "php": ["<?php $x = [█];\n"],
    "bash": ["echo ${█}\n", "if x; then\n  y\n  █\nfi\n"],
}


@either
@pytest.mark.parametrize(("language", "text"), [(name, text) for name in EMPTY_BODIES for text in EMPTY_BODIES[name]])
def test_where_a_body_should_be_and_is_empty(syntax: Maker, language: str, text: str) -> None:
    value, cursor = marked(text)
    assert syntax(language, value).place(cursor).empty_body


@either
@pytest.mark.parametrize(("language", "text"), [(name, text) for name in FULL_BODIES for text in FULL_BODIES[name]])
def test_where_there_is_a_body_or_none_should_be(syntax: Maker, language: str, text: str) -> None:
    value, cursor = marked(text)
    assert not syntax(language, value).place(cursor).empty_body


@either
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "f(█)\n", True),
        ("python", "f(a, b=█\n", True),
        ("python", "def f(a, █):\n    pass\n", True),
        ("python", "f(\n    a,\n    █\n)\n", True),
        ("python", "f(a)█\n", False),
        ("python", "f([█])\n", False),
        ("python", "if (█):\n    pass\n", False),
        ("python", "x = (█)\n", False),
        ("python", 'f("(█")\n', True),
        ("python", "x[0](█)\n", True),
        ("javascript", "f(() => {\n  █\n});\n", False),
        ("javascript", "if (█) {}\n", False),
        ("javascript", "new A(█);\n", True),
        ("javascript", "while (f(█)) {}\n", True),
        ("go", "package a\n\nfunc f() {\n\tfmt.Println(█)\n}\n", True),
        ("rust", 'fn f() {\n    println!("{}", █);\n}\n', True),
        ("java", "class A { void f() { g(1, █); } }\n", True),
        ("java", "class A { void f() { for (█;;) {} } }\n", False),
        ("c", "int f() { return g(█); }\n", True),
        ("cpp", "auto x = std::max<int>(█);\n", True),
        ("csharp", "class A { void F() { G(█); } }\n", True),
        ("ruby", "f(█)\n", True),
        ("php", "<?php f(█);\n", True),
    ],
)
def test_inside_arguments(syntax: Maker, language: str, text: str, expected: bool) -> None:
    value, cursor = marked(text)
    assert syntax(language, value).place(cursor).in_arguments is expected


@either
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "x.█\n", True),
        ("python", "x.fo█\n", True),
        ("python", "f().█\n", True),
        ("python", "1.█\n", False),
        ("python", "x..█\n", False),
        ("python", "# x.█\n", False),
        ("python", "'x.█'\n", False),
        ("python", "x.y █\n", False),
        ("python", "x1.█\n", True),
        ("javascript", "x?.█;\n", True),
        ("javascript", "[...█];\n", False),
        ("c", "int f() { x->█; }\n", True),
        ("cpp", "int f() { std::█; }\n", True),
        ("rust", "fn f() { A::n█; }\n", True),
        ("php", "<?php $x->█;\n", True),
        ("php", "<?php $x . █;\n", False),
        ("ruby", "x&.█\n", True),
        ("bash", "cat x.█\n", False),
    ],
)
def test_after_a_dot(syntax: Maker, language: str, text: str, expected: bool) -> None:
    value, cursor = marked(text)
    assert syntax(language, value).place(cursor).after_dot is expected


@either
@pytest.mark.parametrize(
    ("language", "text", "word", "rest"),
    [
        ("python", "fo█o = 1\n", "fo", "o"),
        ("python", "foo█ = 1\n", "foo", ""),
        ("python", "█foo = 1\n", "", "foo"),
        ("python", "x = ö█ß\n", "ö", "ß"),
        ("python", "# fo█o\n", "", ""),
        ("python", "'fo█o'\n", "", ""),
        ("javascript", "$x█y;\n", "$x", "y"),
        ("php", "<?php $x█;\n", "$x", ""),
    ],
)
def test_the_identifier_around_the_cursor(syntax: Maker, language: str, text: str, word: str, rest: str) -> None:
    value, cursor = marked(text)
    found = syntax(language, value).place(cursor)
    assert (found.word, found.word_rest) == (word, rest)


@either
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("█", True),
        ("\n\n█\n", True),
        ("# only\n█", True),
        ("█\nx = 1\n", False),
        ("x█", False),
        ('"""Docs."""\n█', True),
    ],
)
def test_an_empty_file(syntax: Maker, text: str, expected: bool) -> None:
    assert place(syntax, "python", text).empty_file is expected


@either
@pytest.mark.parametrize(
    ("text", "line_start", "ahead"),
    [
        ("    █\n", True, Ahead.NOTHING),
        ("x = █  \n", False, Ahead.NOTHING),
        ("f(█)\n", False, Ahead.CLOSERS),
        ('f("█");\n', False, Ahead.CLOSERS),
        ("  █x = 1\n", True, Ahead.CODE),
        ("f(█a)\n", False, Ahead.CODE),
    ],
)
def test_what_is_left_and_right_on_the_line(syntax: Maker, text: str, line_start: bool, ahead: Ahead) -> None:
    found = place(syntax, "python", text)
    assert (found.line_start, found.ahead) == (line_start, ahead)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_place_of_ordinary_code_gets_an_answer(language: object) -> None:
    """With positions past all ends; CR LF and lone CR as line ends; and in languages that have no snippet too."""
    name = language.name  # type: ignore[attr-defined]
    source = SNIPPETS.get(name, SNIPPETS["javascript"])
    for end in ("\n", "\r\n", "\r"):
        text = Text.of(source.replace("\n", end))
        views = [TextRules(text, BY_NAME[name]), SyntaxTree.of(text, BY_NAME[name])]
        for view in views:
            for line in range(-1, len(text.lines) + 1, 3):
                if view is not None:
                    view.place(Position(line, (7 * line) % 30))


def test_line_ends_make_no_difference() -> None:
    """A tree of a text with lone CRs or CR LFs answers as that with LFs does."""
    for name, source in SNIPPETS.items():
        unix = parsed(name, Text.of(source))
        for end in ("\r\n", "\r"):
            other = parsed(name, Text.of(source.replace("\n", end)))
            assert other.error_count() == 0
            for line in range(0, len(unix.text.lines), 4):
                position = Position(line, len(unix.text.line(line)))
                assert other.place(position) == unix.place(position)
                assert other.scopes(position)[:1] == unix.scopes(position)[:1]


def test_an_unknown_language_has_places_too() -> None:
    text, cursor = marked("some words█ here (and\n")
    found = TextRules(text, PLAIN).place(cursor)
    assert (found.word, found.lexical, found.ahead) == ("words", Lexical.CODE, Ahead.CODE)
