"""Tracebacks: the line that raised, among those of the workspace, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.actions.tracebacks import file_finder, read_trace, resolve

ROOT = Path("/home/me/shop")
FILES = {
    ROOT / name
    for name in (
        "shop/orders.py",
        "shop/cli.py",
        "tests/test_orders.py",
        "src/cart.ts",
        "lib/index.js",
        "pkg/queue/queue.go",
        "src/main.rs",
        "src/main/java/com/shop/Cart.java",
        "node_modules/left/index.js",
    )
}


def guilty(text: str) -> tuple[str, int, str]:
    """File, line (from 1) and error of the first frame in the workspace."""
    trace = read_trace(text)
    frames = resolve(trace, file_finder([ROOT], [], FILES.__contains__))
    return frames[0].path.relative_to(ROOT).as_posix(), frames[0].frame.line + 1, trace.error


PYTHON = """Traceback (most recent call last):
  File "/home/me/shop/shop/cli.py", line 12, in main
    total(order)
  File "/home/me/shop/shop/orders.py", line 40, in total
    return net / len(order.lines)
           ~~~~^~~~~~~~~~~~~~~~~~
  File "/usr/lib/python3.12/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value)
ZeroDivisionError: division by zero
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PYTHON, ("shop/orders.py", 40, "ZeroDivisionError: division by zero")),
        (PYTHON.replace("\n", "\r\n"), ("shop/orders.py", 40, "ZeroDivisionError: division by zero")),
        (
            "Traceback (most recent call last):\n  File \"shop/orders.py\", line 3, in a\nKeyError: 'x'\n\n"
            "The above exception was the direct cause of the following exception:\n\n"
            'Traceback (most recent call last):\n  File "shop/cli.py", line 9, in b\nRuntimeError: no x\n',
            ("shop/orders.py", 3, "KeyError: 'x'"),
        ),
        (
            "Traceback (most recent call last):\n  File \"shop/orders.py\", line 3, in a\nKeyError: 'x'\n\n"
            "During handling of the above exception, another exception occurred:\n\n"
            'Traceback (most recent call last):\n  File "shop/cli.py", line 9, in b\nTypeError: bad\n',
            ("shop/cli.py", 9, "TypeError: bad"),
        ),
        (
            "    def test_total():\n>       assert total([]) == 0\n\ntests/test_orders.py:5: \n_ _ _ _\n\n"
            "    def total(lines):\n>       return sum(lines) / len(lines)\n"
            "E       ZeroDivisionError: division by zero\n\n"
            "shop/orders.py:22: ZeroDivisionError\n",
            ("shop/orders.py", 22, "ZeroDivisionError: division by zero"),
        ),
        (
            "TypeError: Cannot read properties of undefined (reading 'price')\n"
            "    at /home/me/shop/node_modules/left/index.js:3:1\n"
            "    at Cart.total (/home/me/shop/src/cart.ts:17:31)\n"
            "    at Module._compile (node:internal/modules/cjs/loader:1554:14)\n",
            ("src/cart.ts", 17, "TypeError: Cannot read properties of undefined (reading 'price')"),
        ),
        (
            "Error: no\n    at async Promise.all (index 0)\n    at async run (file:///home/me/shop/lib/index.js:8:3)\n",
            ("lib/index.js", 8, "Error: no"),
        ),
        (
            "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\n"
            "example.com/shop/pkg/queue.(*Queue).Pop(...)\n\t/build/src/example.com/shop/pkg/queue/queue.go:31\n"
            "main.main()\n\t/build/src/example.com/shop/main.go:9 +0x1d\nexit status 2\n",
            ("pkg/queue/queue.go", 31, "panic: runtime error: index out of range [3] with length 3"),
        ),
        (
            "panic: boom [recovered]\n\ngoroutine 7 [running]:\n"
            "panic({0x1, 0x2})\n\t/usr/go/src/runtime/panic.go:770 +0x1\n"
            "shop/pkg/queue.Push({0x1})\n\t/home/me/shop/pkg/queue/queue.go:12 +0x1d\n",
            ("pkg/queue/queue.go", 12, "panic: boom [recovered]"),
        ),
        (
            "thread 'main' panicked at src/main.rs:14:9:\nattempt to subtract with overflow\nnote: run again\n",
            ("src/main.rs", 14, "attempt to subtract with overflow"),
        ),
        (
            "thread 'main' panicked at /rustc/abc/library/core/src/slice.rs:10:5:\n"
            "index out of bounds\nstack backtrace:\n"
            "   0: core::panicking::panic\n             at /rustc/abc/library/core/src/panicking.rs:1:1\n"
            "   2: shop::run\n             at ./src/main.rs:33:5\n",
            ("src/main.rs", 33, "index out of bounds"),
        ),
        (
            'Exception in thread "main" java.lang.IllegalStateException: wrapped\n'
            "\tat com.shop.Main.main(Main.java:5)\n"
            "Caused by: java.lang.NullPointerException: null\n"
            "\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)\n"
            "\tat com.shop.Cart.total(Cart.java:28)\n\t... 1 more\n",
            ("src/main/java/com/shop/Cart.java", 28, "java.lang.NullPointerException: null"),
        ),
        ("src/cart.ts:44:3 - error TS2322: no\n", ("src/cart.ts", 44, "src/cart.ts:44:3 - error TS2322: no")),
    ],
)
def test_the_guilty_line(text: str, expected: tuple[str, int, str]) -> None:
    if expected[0].endswith(".java"):
        # A Java traceback names files without their folder: they are known because they are open.
        trace = read_trace(text)
        frames = resolve(trace, file_finder([ROOT], list(FILES), FILES.__contains__))
        assert (frames[0].path, frames[0].frame.line + 1, trace.error) == (ROOT / expected[0], *expected[1:])
    else:
        assert guilty(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "it just crashed",
        'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nNameError: x\n',
        'Traceback (most recent call last):\n  File "/usr/lib/python3/x.py", line 1, in a\nNameError: x\n',
        "    at Object.<anonymous> (/home/me/shop/node_modules/left/index.js:1:1)\n",
        "thread 'main' panicked at 99999999999999999999.rs:1",
        "at " * 10_000 + "(((((",
    ],
)
def test_where_there_is_none(text: str) -> None:
    assert not resolve(read_trace(text), file_finder([ROOT], [], FILES.__contains__))
