"""What files define and import, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.context.tags import Import, read_tags
from codestral_lsp.document.languages import LANGUAGES, language_of

FILES = Path(__file__).parent / "tags"
"""A file of a language, and what it defines and imports (`.tags`)."""

BY_NAME = {language.name: language for language in LANGUAGES}

DEFINITIONS = {
    "python": (
        "LIMIT = 3\n\n@dataclass\nclass Shop(Base):\n    name: str\n\n    def __init__(self):\n"
        "        self.till = Till()\n\n    @property\n    def open(self) -> bool:\n        def inner(): ...\n"
        "        return True\n\ndef main(): ...\n",
        """
        constant LIMIT: LIMIT = 3
        class Shop: @dataclass class Shop(Base):
        field Shop.name: name: str
        method Shop.__init__: def __init__(self):
        field Shop.till: self.till = Till()
        method Shop.open: @property def open(self) -> bool:
        function main: def main():
        """,
    ),
    "javascript": (
        "export const limit = 3\nclass Shop extends Base {\n  till = 1\n  open(at) {\n    function inner() {}\n  }\n}\n"
        "export function main() {}\n",
        """
        constant limit: limit = 3
        class Shop: class Shop extends Base
        field Shop.till: till = 1
        method Shop.open: open(at)
        function main: function main()
        """,
    ),
    "typescript": (
        "export interface Named { name: string; greet(to: string): void }\nexport type Id = string\n"
        "enum Kind { Open, Shut = 2 }\nabstract class Shop implements Named {\n  private till: Till\n"
        "  open(at: Date): boolean { return true }\n}\nexport const limit: number = 3\nnamespace N { }\n",
        """
        class Named: interface Named
        field Named.name: name: string
        method Named.greet: greet(to: string): void
        type Id: type Id = string
        class Kind: enum Kind
        field Kind.Open: Open
        field Kind.Shut: Shut = 2
        class Shop: abstract class Shop implements Named
        field Shop.till: private till: Till
        method Shop.open: open(at: Date): boolean
        constant limit: limit: number = 3
        namespace N: namespace N
        """,
    ),
    "go": (
        "package shop\n\nconst Limit = 3\n\ntype Shop struct {\n\tName string\n}\n\n"
        "type Opener interface {\n\tOpen() error\n}\n\nfunc (s *Shop) Open() error { return nil }\n\nfunc Main() {}\n",
        """
        constant Limit: Limit = 3
        class Shop: Shop struct {
        field Shop.Name: Name string
        class Opener: Opener interface {
        method Opener.Open: Open() error
        method Shop.Open: func (s *Shop) Open() error
        function Main: func Main()
        """,
    ),
    "rust": (
        "pub struct Shop { pub name: String }\nenum Kind { Open }\n"
        "impl Shop {\n    pub fn open(&self) -> bool { true }\n}\n"
        "trait Named { fn name(&self) -> String; }\npub fn main() {}\nconst LIMIT: u8 = 3;\n",
        """
        class Shop: pub struct Shop
        field Shop.name: pub name: String
        class Kind: enum Kind
        field Kind.Open: Open
        impl Shop: impl Shop
        method Shop.open: pub fn open(&self) -> bool
        class Named: trait Named
        method Named.name: fn name(&self) -> String;
        function main: pub fn main()
        constant LIMIT: const LIMIT: u8 = 3;
        """,
    ),
    "java": (
        "public class Shop extends Base {\n  @Inject\n  private Till till;\n  Shop(String name) { }\n"
        "  public boolean open() { return true; }\n}\nenum Kind { OPEN }\n",
        """
        class Shop: public class Shop extends Base
        field Shop.till: private Till till;
        method Shop.Shop: Shop(String name)
        method Shop.open: public boolean open()
        class Kind: enum Kind
        field Kind.OPEN: OPEN
        """,
    ),
    "c": (
        "#define LIMIT 3\nstruct shop { int till; char *name; };\nint shop_open(struct shop *s);\n"
        "static char *shop_name(struct shop *s) { return s->name; }\n",
        """
        constant LIMIT: #define LIMIT 3
        class shop: struct shop
        field shop.till: int till;
        field shop.name: char *name;
        function shop_open: int shop_open(struct shop *s);
        function shop_name: static char *shop_name(struct shop *s)
        """,
    ),
    "cpp": (
        "namespace n {\nclass Shop : public Base {\npublic:\n  bool open(int at) { return true; }\n  void shut();\n"
        "  int till;\n};\nvoid Shop::shut() { }\n}\n",
        """
        namespace n: namespace n
        class Shop: class Shop : public Base
        method Shop.open: bool open(int at)
        method Shop.shut: void shut();
        field Shop.till: int till;
        method Shop.shut: void Shop::shut()
        """,
    ),
    "csharp": (
        "public class Shop : Base {\n  public string Name { get; set; }\n  private Till till;\n"
        "  public bool Open(int at) { }\n}\n"
        "enum Kind { Open }\n",
        """
        class Shop: public class Shop : Base
        field Shop.Name: public string Name
        field Shop.till: private Till till;
        method Shop.Open: public bool Open(int at)
        class Kind: enum Kind
        field Kind.Open: Open
        """,
    ),
    "ruby": (
        "LIMIT = 3\nclass Shop < Base\n  attr_reader :till\n  def open(at)\n  end\n  def self.make; end\nend\n",
        """
        constant LIMIT: LIMIT = 3
        class Shop: class Shop < Base
        field Shop.till: attr_reader :till
        method Shop.open: def open(at)
        method Shop.make: def self.make; end
        """,
    ),
    "php": (
        "<?php\nclass Shop extends Base {\n  private $till = 1;\n"
        "  public function open(int $at): bool { return true; }\n}\n"
        "function main() {}\n",
        """
        class Shop: class Shop extends Base
        field Shop.till: private $till = 1;
        method Shop.open: public function open(int $at): bool
        function main: function main()
        """,
    ),
    "bash": ("LIMIT=3\nopen_shop() {\n  :\n}\n", "constant LIMIT: LIMIT=3\nfunction open_shop: open_shop()"),
    "dart": ("class Shop {\n  bool open() {\n  }\n}\n", "class Shop: class Shop\nfunction Shop.open: bool open()"),
    "elixir": ("def open(at) do\nend\n", "function open: def open(at) do"),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions(name: str) -> None:
    text, expected = DEFINITIONS[name]
    found = [
        f"{each.kind} {each.container + '.' if each.container else ''}{each.name}: {each.signature}"
        for each in read_tags(text, BY_NAME[name]).definitions
    ]
    assert found == [line.strip() for line in expected.strip().splitlines()]


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("shop.*") if path.suffix != ".tags"))
def test_a_file_of_each_language(name: str) -> None:
    text = (FILES / name).read_text("utf-8")
    tags = read_tags(text, language_of("", name))
    told = [
        f"{each.line + 1:2} {each.kind} {each.container + '.' if each.container else ''}{each.name}: {each.signature}"
        for each in tags.definitions
    ]
    told += [f"   from {each.module}: {each.member or '*'} as {each.local or '*'}" for each in tags.imports]
    assert told == (FILES / f"{name}.tags").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", [language.name for language in LANGUAGES if language.grammar])
def test_every_language_with_a_grammar_can_be_read(name: str) -> None:
    assert read_tags("", BY_NAME[name]).definitions == ()


IMPORTS = [
    ("python", "import a.b", [Import("a.b", "", "b")]),
    ("python", "import a.b as c", [Import("a.b", "", "c")]),
    ("python", "from .a import b, c as d", [Import(".a", "b", "b"), Import(".a", "c", "d")]),
    ("python", "from a import *", [Import("a", "", "")]),
    ("javascript", "import a, {b, c as d} from './m.js'", [
        Import("./m.js", "", "a"), Import("./m.js", "b", "b"), Import("./m.js", "c", "d")
    ]),
    ("javascript", "const {a} = require('./m')", [Import("./m", "a", "a")]),
    ("typescript", "import * as a from 'm'\nexport * from './n'", [Import("m", "", "a"), Import("./n", "", "")]),
    ("go", 'package p\nimport (\n"fmt"\nx "a.org/b/c"\n)', [Import("fmt", "", "fmt"), Import("a.org/b/c", "", "x")]),
    ("rust", "use crate::a::{b, c::{d as e, *}};\nuse f::g;", [
        Import("crate::a", "b", "b"), Import("crate::a::c", "d", "e"), Import("crate::a::c", "", ""),
        Import("f", "g", "g"),
    ]),
    ("java", "import a.b.C;", [Import("a.b.C", "", "C")]),
    ("c", '#include "a/b.h"\n#include <stdio.h>', [Import("a/b.h", "", "h")]),
    ("csharp", "using A.B;", [Import("A.B", "", "B")]),
    ("php", "<?php\nuse A\\B;", [Import("A\\B", "", "B")]),
    ("ruby", "require_relative 'a/b'", [Import("a/b", "", "b")]),
    ("bash", ". ./a.sh", [Import("./a.sh", "", "sh")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), IMPORTS)
def test_imports(name: str, text: str, expected: list[Import]) -> None:
    assert list(read_tags(text, BY_NAME[name]).imports) == expected
