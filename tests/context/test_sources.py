"""What each source finds, in workspaces of a few files."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.backends.workspace.prediction import Likely
from codestral_lsp.context.gather import whole_files
from codestral_lsp.context.likely import likely
from codestral_lsp.context.place import Complaint, Hunk, Snippet, SourceName, Visit
from tests.context.house import House

DEFINITIONS = {
    "python": (
        {
            "shop/till.py": "class Till(Box):\n    def pay(self, amount: int) -> Receipt:\n        ...\n",
            "app/till.py": "class Till:\n    def wrong(self): ...\n",
            "main.py": "from shop.till import Till\n\n\ndef run():\n    till = Till()\n    till.█\n",
        },
        {"shop/till.py": "class Till(Box):\n    def pay(self, amount: int) -> Receipt: ...\n"},
    ),
    "python, relative and passed on": (
        {
            "shop/__init__.py": "from .till import *\n",
            "shop/till.py": "def pay(amount): ...\n",
            "main.py": "from shop import pay as p\n\n█p()\n",
        },
        {"shop/till.py": "def pay(amount): ...\n"},
    ),
    "python, a module": (
        {"shop/till.py": "def pay(amount): ...\nLIMIT = 3\n", "shop/main.py": "from . import till\n\ntill.█\n"},
        {"shop/till.py": "def pay(amount): ...\nLIMIT = 3\n"},
    ),
    "typescript": (
        {
            "src/till.ts": "export class Till {\n  pay(amount: number): void {}\n}\n",
            "src/index.ts": "export { Till } from './till';\n",
            "app/main.ts": "import { Till } from '../src';\nconst till = new Till();\ntill.█\n",
        },
        {"src/till.ts": "class Till {\n    pay(amount: number): void\n}\n"},
    ),
    "javascript": (
        {
            "till.js": "export function pay(amount) {\n}\n",
            "main.js": "import { pay } from './till.js'\n\npay(█)\n",
        },
        {"till.js": "export function pay(amount) {\n}\n"},
    ),
    "go": (
        {
            "go.mod": "module a.org/house\n",
            "shop/till.go": "package shop\n\nfunc Pay(amount int) error {\n\treturn nil\n}\n",
            "main.go": 'package main\n\nimport "a.org/house/shop"\n\nfunc main() {\n\tshop.█\n}\n',
        },
        {"shop/till.go": "func Pay(amount int) error\n"},
    ),
    "go, the same package": (
        {
            "till.go": "package shop\n\ntype Till struct {\n\tName string\n}\n",
            "main.go": "package shop\n\nfunc run(t *Till) {\n\tt.█\n}\n",
        },
        {"till.go": "type Till struct {\n    Name string\n}\n"},
    ),
    "rust": (
        {
            "src/lib.rs": "mod till;\nmod main_loop;\n",
            "src/till.rs": "pub struct Till;\nimpl Till {\n    pub fn pay(&self, amount: u8) {}\n}\n",
            "src/main_loop.rs": "use crate::till::Till;\n\nfn run(till: Till) {\n    till.█\n}\n",
        },
        {"src/till.rs": "pub struct Till {\n    pub fn pay(&self, amount: u8)\n}\n"},
    ),
    "java": (
        {
            "src/shop/Till.java": "package shop;\nclass Till {\n  int pay(int amount) { return 1; }\n}\n",
            "src/main/Main.java": "import shop.Till;\nclass Main {\n  void run(Till till) {\n    till.█\n  }\n}\n",
        },
        {"src/shop/Till.java": "class Till {\n    int pay(int amount)\n}\n"},
    ),
    "kotlin, from java": (
        {
            "src/acme/till/Till.java": "public class Till {\n  int pay(int amount) { return 1; }\n}\n",
            "src/acme/Main.kt": "import acme.till.Till\n\nfun run(till: Till) {\n    till.█\n}\n",
        },
        {"src/acme/till/Till.java": "public class Till {\n    int pay(int amount)\n}\n"},
    ),
    "scala": (
        {
            "src/acme/till/Till.scala": "class Till(name: String) {\n  def pay(amount: Int): Unit = {\n  }\n}\n",
            "src/Main.scala": 'import acme.till.{Till => T}\n\nval till = new T("a")\ntill.█\n',
        },
        {
            "src/acme/till/Till.scala": "class Till(name: String) {\n    name: String\n"
            "    def pay(amount: Int): Unit\n}\n"
        },
    ),
    "swift, by name": (
        {
            "Till.swift": "struct Till {\n    let name: String\n    func pay() {\n    }\n}\n",
            "Main.swift": "func run(till: Till) {\n    till.█\n}\n",
        },
        {"Till.swift": "struct Till {\n    let name: String\n    func pay()\n}\n"},
    ),
    "lua": (
        {
            "acme/till.lua": "local M = {}\nfunction M.pay(amount)\nend\nreturn M\n",
            "main.lua": 'local till = require("acme.till")\n\ntill.█\n',
        },
        {"acme/till.lua": "local M = {}\nfunction M.pay(amount)\n"},
    ),
    "zig": (
        {
            "till.zig": "pub fn pay(amount: u8) void {\n}\n",
            "main.zig": 'const till = @import("till.zig");\n\npub fn main() void {\n    till.█\n}\n',
        },
        {"till.zig": "pub fn pay(amount: u8) void\n"},
    ),
    "svelte": (
        {
            "src/log.ts": "export function log(text: string): void {\n}\n",
            "src/Shop.svelte": "<script>\n  import { log } from './log';\n  █log()\n</script>\n",
        },
        {"src/log.ts": "export function log(text: string): void {\n}\n"},
    ),
    "css": (
        {
            "theme.css": ":root {\n  --accent: red;\n}\n",
            "shop.css": '@import "theme.css";\n\n.a {\n  color: var(--accent█)\n}\n',
        },
        {},
    ),
    "terraform": (
        {
            "variables.tf": 'variable "region" {\n  type = string\n}\n',
            "main.tf": 'provider "aws" {\n  region = var.region█\n}\n',
        },
        {"variables.tf": 'variable "region" {\n  type = string\n}\n'},
    ),
    "a name in another language is another thing": (
        {
            "till.ts": "export class Till {\n  pay(): void {}\n}\n",
            "main.py": "def run(till: Till):\n    till.█\n",
        },
        {},
    ),
    "c": (
        {
            "shop/till.h": "int till_pay(int amount);\n",
            "main.c": '#include "shop/till.h"\n\nint main() {\n  return till_pay(█);\n}\n',
        },
        {"shop/till.h": "int till_pay(int amount);\n"},
    ),
    "cpp": (
        {
            "shop/till.hpp": "class Till {\npublic:\n  int pay(int amount);\n};\n",
            "main.cpp": '#include "shop/till.hpp"\n\nint main() {\n  Till till;\n  till.█\n}\n',
        },
        {"shop/till.hpp": "class Till {\n    int pay(int amount);\n}\n"},
    ),
    "csharp": (
        {
            "Shop/Till.cs": "namespace Shop;\nclass Till {\n  int Pay(int amount) { return 1; }\n}\n",
            "Main.cs": "using Shop;\nclass Program {\n  void Run(Till till) {\n    till.█\n  }\n}\n",
        },
        {"Shop/Till.cs": "class Till {\n    int Pay(int amount)\n}\n"},
    ),
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_definitions(tmp_path: Path, name: str) -> None:
    files, expected = DEFINITIONS[name]
    assert House(tmp_path, files).found(SourceName.DEFINITIONS) == expected


def test_a_class_shows_the_base_that_its_members_come_from(tmp_path: Path) -> None:
    files = {
        "base.py": "class Base:\n    def helper(self, x): ...\n",
        "main.py": "from base import Base\n\nclass Mine(Base):\n    def run(self):\n        self.█\n",
    }
    assert House(tmp_path, files).found(SourceName.DEFINITIONS) == {
        "base.py": "class Base:\n    def helper(self, x): ...\n"
    }


def test_names_in_prose_mean_nothing(tmp_path: Path) -> None:
    files = {
        "shop.py": "class Shop: ...\nclass Till: ...\n",
        "main.py": "# the Shop is what we look at in this module\n\nx = Till(█)\n",
    }
    assert House(tmp_path, files).found(SourceName.DEFINITIONS) == {"shop.py": "class Till: ...\n"}


def test_an_import_that_is_not_used_yet_is_probably_next(tmp_path: Path) -> None:
    files = {
        "one.py": "def used(): ...\n",
        "two.py": "def unused(): ...\n",
        "main.py": "from one import used\nfrom two import unused\n" + "\nused()" * 60 + "\n█\n",
    }
    assert "two.py" in House(tmp_path, files).found(SourceName.DEFINITIONS)


def test_the_outline_of_what_the_window_leaves_out(tmp_path: Path) -> None:
    body = "    pass\n" * 30
    text = f"def first():\n{body}\ndef second():\n{body}    █\n{body}\nclass Last:\n    def tail(self):\n        pass\n"
    house = House(tmp_path, {"main.py": text})
    assert house.found(SourceName.SKELETON) == {
        "main.py": "def first(): ...\ndef second(): ...\nclass Last:\n    def tail(self): ...\n"
    }


def test_code_that_uses_the_same_rare_words(tmp_path: Path) -> None:
    files = {
        "other.py": "x = 1\n" * 30
        + "def settle(ledger):\n    ledger.reconcile(strict=True)\n    ledger.close_month()\n",
        "boring.py": "def f(x):\n    return x\n",
        "main.py": "def again(ledger):\n    ledger.reconcile(strict=True)\n    █\n",
    }
    (text,) = House(tmp_path, files).found(SourceName.SIMILAR).values()
    assert "ledger.close_month()" in text


def test_in_a_test_what_it_tests(tmp_path: Path) -> None:
    files = {
        "shop/till.py": "class Till:\n    def pay(self, amount): ...\n",
        "tests/test_till.py": "def test():\n    █\n",
    }
    house = House(tmp_path, files)
    assert house.found(SourceName.TESTS) == {"shop/till.py": "class Till:\n    def pay(self, amount): ...\n"}


def test_in_a_test_nothing_that_is_only_called_alike(tmp_path: Path) -> None:
    files = {
        "app/till.py": "class Till: ...\n",
        "web/shop.py": "class Shop: ...\n",
        "tests/web/test_till.py": "from web.shop import Shop\n\n\ndef test():\n    █\n",
    }
    assert House(tmp_path, files).found(SourceName.TESTS) == {}


def test_elsewhere_the_tests(tmp_path: Path) -> None:
    files = {
        "till.go": "package shop\n\nfunc Pay(amount int) {\n\t█\n}\n",
        "till_test.go": "package shop\n\nfunc TestPay(t *testing.T) {\n\tPay(3)\n}\n",
    }
    (text,) = House(tmp_path, files).found(SourceName.TESTS).values()
    assert "Pay(3)" in text


def test_edits_and_visits_and_complaints(tmp_path: Path) -> None:
    house = House(tmp_path, {"other.py": "def far():\n    return 1\n", "main.py": "█\n"})
    other = str(tmp_path / "other.py")
    house.doing(
        edits=(Hunk(other, 1, ("    return 0",), ("    return 1",)),),
        visits=(Visit(str(tmp_path / "main.py"), 0), Visit(other, 0)),
        complaints=(Complaint(0, "undefined name 'far'"), Complaint(200, "too far away to matter")),
    )
    assert house.found(SourceName.EDITS) == {"other.py": "-    return 0\n+    return 1\n"}
    assert house.found(SourceName.VISITED) == {"other.py": "def far():\n    return 1\n"}
    assert house.found(SourceName.DIAGNOSTICS) == {"main.py": "line 1: undefined name 'far'\n"}


def test_no_more_than_the_budget_and_nothing_twice(tmp_path: Path) -> None:
    functions = "".join(f"def helper_{number}(value):\n    return value + {number}\n\n\n" for number in range(60))
    calls = "".join(f"helper_{number}(1)\n" for number in range(40))
    house = House(tmp_path, {"helpers.py": functions, "main.py": f"from helpers import *\n{calls}█\n"})
    gathered = house.gathered(budget=150)
    assert 0 < gathered.tokens <= 150
    assert sum(gathered.by_source.values()) == gathered.tokens
    for number, snippet in enumerate(gathered.snippets, 1):
        assert not snippet.covers(gathered.snippets[number:]), "the best come last"


def test_huge_lines_cost_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, {"data.py": "x = '" + "ab" * 100_000 + "'\n", "main.py": "y = '" + "a" * 300_000 + "█'\n"})
    assert house.gathered().snippets == ()


def test_code_that_goes_on_from_what_stands_before_the_cursor(tmp_path: Path) -> None:
    filler = "".join(f"def other_{number}():\n    return {number}\n\n\n" for number in range(30))
    files = {
        "shop/cash.py": f"{filler}def pay(self, till):\n    till.ledger.append(Entry(self, 3))\n\n\n{filler}",
        "shop/card.py": "def pay(self, till):\n    till.ledger.█\n",
    }
    found = House(tmp_path, files).found(SourceName.SIMILAR)
    assert "till.ledger.append(Entry(self, 3))\n" in found["shop/cash.py"]
    assert len(found["shop/cash.py"].splitlines()) < 16


def test_code_that_goes_on_from_the_line_above(tmp_path: Path) -> None:
    files = {
        "a.py": "def load(path):\n    with path.open() as ledger:\n        entries = json.load(ledger)\n",
        "b.py": "def read(path):\n    with path.open() as ledger:\n        █\n",
    }
    assert "entries = json.load(ledger)\n" in House(tmp_path, files).found(SourceName.SIMILAR)["a.py"]


def test_an_outline_is_a_stub(tmp_path: Path) -> None:
    till = (
        "class Till(Box):\n    limit: int = 3\n\n    def __init__(self) -> None:\n        self.left: int = 0\n\n"
        "    @property\n    def open(self) -> bool:\n        return True\n\n    @open.setter\n"
        "    def open(self, value: bool) -> None: ...\n\n    @overload\n    def pay(self, amount: int) -> int: ...\n\n"
        "    def pay(\n        self,\n        amount: int | str,\n    ) -> int:  # in cents\n        return 0\n"
    )
    found = House(tmp_path, {"till.py": till, "main.py": "from till import Till\n\nTill().█\n"}).found(
        SourceName.DEFINITIONS
    )
    assert found["till.py"] == (
        "class Till(Box):\n    limit: int = 3\n    def __init__(self) -> None: ...\n    left: int = 0\n"
        "    @property\n    def open(self) -> bool: ...\n    def pay(self, amount: int | str) -> int: ...\n"
    )


def test_a_long_function_by_its_head_and_what_it_says_of_itself(tmp_path: Path) -> None:
    body = "    amount += 1\n" * 9
    till = f'def pay(amount: int) -> int:\n    """Put it in the till.\n\n    And more.\n    """\n{body}'
    found = House(tmp_path, {"till.py": till, "main.py": "from till import pay\n\npay(█)\n"}).found(
        SourceName.DEFINITIONS
    )
    assert found["till.py"] == 'def pay(amount: int) -> int:\n    """Put it in the till."""\n'


def test_a_file_is_shown_once() -> None:
    def snippet(path: str, line: int, text: str, source: SourceName = SourceName.SIMILAR) -> Snippet:
        return Snippet(source, path, line, line + 1, text, 1.0)

    found = [
        snippet("a.py", 30, "late\n"),
        snippet("a.py", 0, "-old\n", SourceName.EDITS),
        snippet("b.py", 3, "other\n"),
        snippet("a.py", 2, "early\n"),
    ]
    told = [(each.path, each.text) for each in whole_files(found)]
    assert told == [("a.py", "-old\n"), ("b.py", "other\n"), ("a.py", "early\n\nlate\n")]


IMPORTS = {
    "python": (
        {
            "shop/till.py": "LIMIT = 3\n\nclass Till: ...\n\ndef pay(): ...\n\ndef unused(): ...\n",
            "main.py": "from shop.till import (\n    █\n)\n\n\ndef run():\n    pay(Till(), LIMIT)\n",
        },
        "from shop.till import (\n    LIMIT,\n    Till,\n    pay,\n)\n",
    ),
    "python, some names are there": (
        {
            "shop/till.py": "class Till: ...\n\ndef pay(): ...\n\ndef take(): ...\n",
            "main.py": "from .shop.till import pay, █\n\n\ndef take():\n    pay(Till())\n",
        },
        "from .shop.till import (\n    Till,\n    pay,\n)\n",
    ),
    "typescript": (
        {
            "src/till.ts": "export class Till {\n}\nexport function pay(): void {\n}\n",
            "src/main.ts": "import { █ } from './till';\n\npay(new Till());\n",
        },
        "import {\n    Till,\n    pay,\n} from './till';\n",
    ),
    "rust": (
        {
            "src/lib.rs": "mod till;\nmod main_loop;\n",
            "src/till.rs": "pub struct Till;\npub fn pay() {}\n",
            "src/main_loop.rs": "use crate::till::{█};\n\nfn run(till: Till) {\n    pay()\n}\n",
        },
        "use crate::till::{\n    Till,\n    pay,\n};\n",
    ),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_has_the_names_that_the_file_uses(tmp_path: Path, name: str) -> None:
    files, expected = IMPORTS[name]
    best = House(tmp_path, files).gathered(SourceName.DEFINITIONS).snippets[-1]
    assert best.text == expected


def test_outside_of_imports_nobody_lists_names_to_import(tmp_path: Path) -> None:
    files = {
        "shop/till.py": "class Till: ...\n\ndef pay(): ...\n",
        "main.py": "from shop.till import Till\n\n\ndef run():\n    pay(█)\n",
    }
    assert "import" not in "".join(House(tmp_path, files).found(SourceName.DEFINITIONS).values())


def test_an_import_means_a_file_of_its_language(tmp_path: Path) -> None:
    files = {
        "data/shop.css": ".box {\n  color: red;\n}\n",
        "shop/__init__.py": "LIMIT = 3\n",
        "main.py": "import shop\n\nshop.█\n",
    }
    assert House(tmp_path, files).found(SourceName.DEFINITIONS) == {"shop/__init__.py": "LIMIT = 3\n"}


def test_lines_that_the_embedded_engine_expects(tmp_path: Path) -> None:
    files = {
        "till.py": "def pay():\n    open_till()\n\n    take(3)\n    close_till()\n",
        "main.py": "def run():\n    █\n",
    }
    house = House(tmp_path, files)
    house.expecting(Likely("till.py", 2, "take(3)", 0.6))
    assert house.found(SourceName.SIMILAR) == {
        "till.py": "    open_till()\n\n    take(3)\n    close_till()\n".replace("    ", "")
    }


def test_a_line_that_is_no_longer_there_is_not_shown(tmp_path: Path) -> None:
    house = House(tmp_path, {"till.py": "def pay():\n    take(4)\n", "main.py": "def run():\n    █\n"})
    house.expecting(Likely("till.py", 1, "take(3)", 0.6), Likely("gone.py", 1, "take(3)", 0.6))
    assert list(likely(house.place, house.workspace)) == []


def test_what_is_expected_and_alike_is_shown_once(tmp_path: Path) -> None:
    files = {
        "other.py": "def settle(ledger):\n    ledger.reconcile(strict=True)\n    ledger.close_month()\n",
        "main.py": "def again(ledger):\n    ledger.reconcile(strict=True)\n    █\n",
    }
    house = House(tmp_path, files)
    house.expecting(Likely("other.py", 2, "ledger.close_month()", 0.6))
    (text,) = house.found(SourceName.SIMILAR).values()
    assert text.count("ledger.close_month()") == 1
