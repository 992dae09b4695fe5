"""What encloses the cursor, in every language, from trees and from text rules, in whole and in unfinished code."""

import pytest

from codestral_lsp.document.language import ScopeKind
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.syntax import Syntax
from tests.document.marked import Maker, either, marked, parsed


def named(syntax: Syntax, cursor: Position) -> list[str]:
    """The enclosing functions, classes and namespaces, innermost first, as `f name`; blocks as `b`."""
    return [f"{scope.kind.value[0]} {scope.name}".strip() for scope in syntax.scopes(cursor)]


WHOLE = [
    ("python", "class A:\n    def f(self):\n        if x:\n            y█\n", ["b", "f f", "c A"]),
    ("python", "class A:\n    def f(self):\n        y\n        █\n\n    def g(self): ...\n", ["f f", "c A"]),
    ("python", "class A:\n    def f(self):\n        y\n    █\n", ["c A"]),
    ("python", "class A:\n    def f(self):\n        y\n█\n", []),
    ("python", "def f():\n    y\n\n\n█def g():\n    pass\n", []),
    ("python", "async def f(\n    a,\n) -> int:\n    y█\n", ["f f"]),
    ("python", "def f():\n    try:\n        x\n    except A:\n        y█\n", ["b", "f f"]),
    ("python", "def f():\n    def g():\n        y█\n", ["f g", "f f"]),
    ("python", "@a\n@b(c)\nclass A(B, metaclass=C):\n    x█ = 1\n", ["c A"]),
    ("javascript", "class A {\n  f(a) {\n    if (a) {\n      y█\n    }\n  }\n}\n", ["b", "f f", "c A"]),
    ("javascript", "const f = (a) => {\n  y█\n};\n", ["f f"]),
    ("javascript", "function f() {\n  x();\n}█\n", []),
    ("javascript", "function f() {\n  x();\n  █\n}\n", ["f f"]),
    ("javascript", "describe('a', function () {\n  y█\n});\n", ["f"]),
    ("javascript", "export async function f() {\n  try {\n    x();\n  } catch {\n    y█\n  }\n}\n", ["b", "f f"]),
    ("typescript", "interface A {\n  x: 1█;\n}\n", ["c A"]),
    ("typescript", "namespace N {\n  export function f(): void {\n    y█\n  }\n}\n", ["f f", "n N"]),
    ("tsx", "export const A = ({ b }: P) => {\n  return <c>█</c>;\n};\n", ["f A"]),
    ("go", "package a\n\nfunc (s *S) F(a int) error {\n\tfor {\n\t\ty█\n\t}\n}\n", ["b", "f F"]),
    ("go", "package a\n\ntype S struct {\n\tx int█\n}\n", ["c S"]),
    ("rust", "impl<'a> A for B<'a> {\n    pub fn f(&self) -> u8 {\n        y█\n    }\n}\n", ["f f", "c B"]),
    ("rust", "mod m {\n    struct S {\n        x: u8,█\n    }\n}\n", ["c S", "n m"]),
    ("java", "public class A<T> extends B {\n    @C\n    int f(int a) {\n        y█\n    }\n}\n", ["f f", "c A"]),
    ("java", "class A {\n    A() {\n        while (x) {\n            y█\n        }\n    }\n}\n", ["b", "f A", "c A"]),
    ("c", "static int\nf(int a)\n{\n    y█\n}\n", ["f f"]),
    ("c", "int *f(int a) {\n    if (a) {\n        y█\n    }\n}\n", ["b", "f f"]),
    ("c", "struct s {\n    int x;█\n};\n", ["c s"]),
    ("cpp", "namespace n {\n  class A : B {\n   public:\n    int f() const {\n      y();█\n    }\n  };\n}\n",
     ["f f", "c A", "n n"]),
    ("cpp", "void A::f(int a) {\n  y();█\n}\n", ["f A::f"]),
    ("csharp", "namespace N\n{\n  class A\n  {\n    int F(int a = 1)\n    {\n      y█\n    }\n  }\n}\n",
     ["f F", "c A", "n N"]),
    ("ruby", "module M\n class A < B\n  def self.f(a)\n   xs.each do |x|\n    y█\n   end\n  end\n end\nend\n",
     ["b", "f f", "c A", "n M"]),
    ("ruby", "def f\n  x\nrescue A => e\n  y█\nend\n", ["b", "f f"]),
    ("php", "<?php\nclass A\n{\n    public function f($a)\n    {\n        y█;\n    }\n}\n", ["f f", "c A"]),
    ("bash", "f() {\n  if x; then\n    y█\n  fi\n}\n", ["b", "f f"]),
    ("bash", "function f {\n  for x in y; do\n    z█\n  done\n}\n", ["b", "f f"]),
]  # fmt: skip

UNFINISHED = [
    ("python", "class A:\n    def f(self):\n        x = g(█\n\n    def h(self):\n        pass\n", ["f f", "c A"]),
    ("python", 'class A:\n    def f(self):\n        x = "█\n\n    def h(self):\n        pass\n', ["f f", "c A"]),
    ("python", "class A:\n    def f(self):\n        if x█\n        y()\n", ["f f", "c A"]),
    ("python", "class A:\n    def f(self, █\n\n    def g(self):\n        pass\n", ["f f", "c A"]),
    ("javascript", "class A {\n  f() {\n    x(a, █\n  }\n\n  g() {\n    y();\n  }\n}\n", ["f f", "c A"]),
    ("javascript", "function f() {\n  const x = {\n    a: █\n}\n\nfunction g() {}\n", ["f f"]),
    ("typescript", "class A {\n  f(): void {\n    const x: Map<█\n  }\n}\n", ["f f", "c A"]),
    ("tsx", "const A = () => {\n  return <b c={█\n};\n", ["f A"]),
    ("go", "package a\n\nfunc F() error {\n\tif err := g(█\n\treturn nil\n}\n", ["f F"]),
    ("rust", "impl A {\n    fn f() {\n        let x = g(█\n    }\n}\n", ["f f", "c A"]),
    ("java", "class A {\n    void f() {\n        x = g(a, █\n    }\n\n    void h() {\n    }\n}\n", ["f f", "c A"]),
    ("c", "int f(int a) {\n    x = g(█\n}\n\nint h(void) {\n}\n", ["f f"]),
    ("cpp", "class A {\n  void f() {\n    auto x = g<█\n  }\n};\n", ["f f", "c A"]),
    ("csharp", "class A\n{\n    void F()\n    {\n        var x = G(█\n    }\n}\n", ["f F", "c A"]),
    ("ruby", "class A\n  def f\n    x = g(█\n  end\nend\n", ["f f", "c A"]),
    ("php", "<?php\nclass A\n{\n    function f()\n    {\n        $x = g(█\n    }\n}\n", ["f f", "c A"]),
    ("bash", "f() {\n  x=\"█\n}\n", ["f f"]),
]  # fmt: skip


@either
@pytest.mark.parametrize(("language", "text", "expected"), WHOLE)
def test_scopes_from_the_inside_out(syntax: Maker, language: str, text: str, expected: list[str]) -> None:
    value, cursor = marked(text)
    assert named(syntax(language, value), cursor) == expected


@either
@pytest.mark.parametrize(("language", "text", "expected"), UNFINISHED)
def test_functions_and_classes_around_unfinished_code(
    syntax: Maker, language: str, text: str, expected: list[str]
) -> None:
    value, cursor = marked(text)
    assert [name for name in named(syntax(language, value), cursor) if name != "b"] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("javascript", "class A {\nf() {\nx(a, █\n}\n\ng() {\n}\n}\n", ["f f", "c A"]),
        ("c", "int f(int a)\n{\nif (a) {\nx = y(█\n}\n}\n", ["b", "f f"]),
    ],
)
def test_a_tree_knows_the_scopes_of_unfinished_code_without_indentation_too(
    language: str, text: str, expected: list[str]
) -> None:
    value, cursor = marked(text)
    tree = parsed(language, value)
    assert tree.error_count() > 0
    assert named(tree, cursor) == expected


@either
@pytest.mark.parametrize(
    ("language", "text", "first_line", "last_line", "header"),
    [
        ("python", "x\ndef f(\n    a,\n):\n    y█\n    z\n\nw\n", 1, 5, "def f(\n    a,\n):"),
        ("javascript", "x;\nfunction f(a) {\n  y█\n  z;\n}\nw;\n", 1, 4, "function f(a)"),
        ("java", "class A {\n    int f(int a) throws B {\n        y█\n    }\n}\n", 1, 3, "int f(int a) throws B"),
        ("csharp", "class A\n{\n  int F(\n      int a)\n  {\n    y█\n  }\n}\n", 2, 6, "int F(\n      int a)"),
        ("go", "package a\n\nfunc (s *S) F() error {\n\ty█\n}\n", 2, 4, "func (s *S) F() error"),
        ("rust", "fn f<T>(x: T)\nwhere\n    T: A,\n{\n    y█\n}\n", 0, 5, "fn f<T>(x: T)\nwhere\n    T: A,"),
        ("c", "int\nmain(void)\n{\n    y█\n}\n", None, 4, None),
        ("bash", "f() {\n  y█\n}\n", 0, 2, "f()"),
    ],
)  # fmt: skip
def test_where_a_scope_starts_and_ends_and_its_signature(
    syntax: Maker, language: str, text: str, first_line: int | None, last_line: int, header: str | None
) -> None:
    value, cursor = marked(text)
    view = syntax(language, value)
    scope = view.scopes(cursor)[0]
    assert scope.kind is ScopeKind.FUNCTION
    assert scope.range.end.line == last_line
    if first_line is not None:
        assert scope.range.start.line == first_line
    if header is not None:
        assert view.signature(cursor) == header


@either
def test_tabs_count_as_one_column_each(syntax: Maker) -> None:
    value, cursor = marked("class A {\n\tf(a) {\n\t\tif (a) {\n\t\t\ty();█\n\t\t}\n\t}\n}\n")
    view = syntax("javascript", value)
    assert named(view, cursor) == ["b", "f f", "c A"]
    assert [scope.range for scope in view.scopes(cursor)] == [
        Range(Position(2, 2), Position(4, 3)),
        Range(Position(1, 1), Position(5, 2)),
        Range(Position(0, 0), Position(6, 1)),
    ]


@either
def test_the_signature_is_the_functions_even_from_within_its_blocks(syntax: Maker) -> None:
    value, cursor = marked("class A:\n    def f(self, a: int) -> str:\n        for x in y:\n            z█\n")
    assert syntax("python", value).signature(cursor) == "def f(self, a: int) -> str:"
    assert syntax("python", value).signature(Position(0, 8)) == ""


def test_a_declaration_in_c_is_named_however_it_is_wrapped() -> None:
    value, cursor = marked("int (*pick(int a))(char)\n{\n    return 0█;\n}\n")
    assert named(parsed("c", value), cursor) == ["f pick"]


class TestErrors:
    def test_whole_code_has_none(self) -> None:
        value, _ = marked("def f():\n    return 1█\n")
        assert parsed("python", value).error_count() == 0

    @pytest.mark.parametrize(
        ("inserted", "adds"),
        [("\n    return g(1)", False), ("\n    return g(1", True), ("\n    if if", True), ("  # x", False)],
    )
    def test_an_insertion_shows_whether_it_breaks_something(self, inserted: str, adds: bool) -> None:
        value, cursor = marked("def f():\n    x = 1█\n\n\ndef h():\n    return 2\n")
        tree = parsed("python", value)
        assert (tree.with_edit(Range(cursor, cursor), inserted).error_count() > tree.error_count()) is adds
        assert tree.error_count() == 0
        assert tree.text is value

    def test_an_insertion_may_mend_something(self) -> None:
        value, cursor = marked("int f() {\n  if (x) {\n    y();█\n}\n")
        tree = parsed("c", value)
        assert tree.error_count() == 1
        assert tree.with_edit(Range(cursor, cursor), "\n  }").error_count() == 0

    def test_errors_are_counted_where_they_touch_a_span(self) -> None:
        value, _ = marked("a = 1\nb = = 2\nc = 3\nd = = 4\n█")
        tree = parsed("python", value)
        whole = tree.error_count()
        spans = [Position(line, 0) for line in range(5)]
        each = [tree.error_count(Range(start, Position(start.line, 5))) for start in spans[:4]]
        assert whole >= 2
        assert [count > 0 for count in each] == [False, True, False, True]
