"""Documents as editors really have them: encodings, line ends, tabs, marks, no file behind them."""

from __future__ import annotations

import pytest

from tests.lsp_client import Json
from tests.server.conftest import StartClient, prompts
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///a.py"


@pytest.mark.parametrize(("encoding", "before", "inside"), [("utf-8", 8, 4), ("utf-16", 6, 2), ("utf-32", 5, 1)])
async def test_position_encodings(
    start: StartClient, ollama: OllamaStandIn, encoding: str, before: int, inside: int
) -> None:
    capabilities = {"general": {"positionEncodings": [encoding]}, "textDocument": {"inlineCompletion": {}}}
    client = await start(ollama, capabilities=capabilities)
    ollama.script = Script(answer="12\n")
    client.open(URI, "😀x = \n")
    (item,) = await client.items(URI, 0, before)
    assert prompts(ollama)[-1].endswith("[PREFIX]😀x = ")
    assert item["insertText"] == "x = 12"  # VS Code draws nothing over a character of two units
    assert item["range"] == {"start": {"line": 0, "character": inside}, "end": {"line": 0, "character": before}}
    client.change(URI, 2, ((0, inside), (0, inside), "y"))
    await client.items(URI, 0, before + 1)
    assert prompts(ollama)[-1].endswith("[PREFIX]😀yx = ")


async def test_the_default_encoding_is_utf_16(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, capabilities={"textDocument": {"inlineCompletion": {}}})
    ollama.script = Script(answer="12\n")
    client.open(URI, "😀 = \n")
    (item,) = await client.items(URI, 0, 5)
    assert item["range"]["end"]["character"] == 5


async def test_crlf(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"completion": {"debounceMs": 0, "multiline": "always"}})
    ollama.script = Script(answer="if a:\n        return b\n    return a\n")
    client.open(URI, "def add(a, b):\r\n    \r\nx = 1\r\n")
    (item,) = await client.items(URI, 1, 4)
    assert item["insertText"] == "    if a:\r\n        return b\r\n    return a"
    assert "\r" not in prompts(ollama)[-1]


async def test_tabs(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama, {"completion": {"debounceMs": 0, "multiline": "always"}})
    ollama.script = Script(answer="if (a) {\n\t\treturn b;\n\t}\n")
    client.open(URI, "function f(a, b) {\n\t\n}\n", "javascript")
    (item,) = await client.items(URI, 1, 1)
    assert item["insertText"] == "\tif (a) {\n\t\treturn b;\n\t}"


async def test_a_byte_order_mark_is_no_text_for_the_model(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, "\ufeffx = \n")
    (item,) = await client.items(URI, 0, 5)
    assert prompts(ollama)[-1].endswith("[PREFIX]x = ")
    assert item["insertText"].startswith("\ufeffx = ")


async def test_no_line_end_at_the_end_of_the_file(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, "def add(a, b):\n    ")
    (item,) = await client.items(URI, 1, 4)
    assert item["insertText"] == "    return a + b"
    assert prompts(ollama)[-1] == "[SUFFIX][PREFIX]def add(a, b):\n    "


async def test_an_empty_file(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, "")
    (item,) = await client.items(URI, 0, 0)
    assert item["insertText"] == "return a + b"


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-remote://ssh/x.py", "git:/a.py?ref", "nonsense", "file:///%ff", "zip:///a"]
)
async def test_documents_that_are_no_files(start: StartClient, ollama: OllamaStandIn, uri: str) -> None:
    client = await start(ollama)
    client.open(uri, "def add(a, b):\n    \n")
    assert await client.items(uri, 1, 4)


async def test_lone_surrogates_and_odd_line_separators(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, "a = '\ud800\u2028\x0c'\nb = \n")
    (item,) = await client.items(URI, 1, 4)
    assert item["insertText"] == "b = return a + b"


async def test_notebook_cells(start: StartClient, ollama: OllamaStandIn) -> None:
    capabilities: Json = {"textDocument": {"inlineCompletion": {}}, "notebookDocument": {"synchronization": {}}}
    client = await start(ollama, capabilities=capabilities)
    book, cell = "file:///n.ipynb", "vscode-notebook-cell:/n.ipynb#1"
    client.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": book,
                "notebookType": "jupyter",
                "version": 1,
                "cells": [{"kind": 2, "document": cell}],
            },
            "cellTextDocuments": [{"uri": cell, "languageId": "python", "version": 1, "text": "def add(a, b):\n    "}],
        },
    )
    assert await client.items(cell, 1, 4)
    change = {
        "document": {"uri": cell, "version": 2},
        "changes": [
            {"range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 4}}, "text": "ret"}
        ],
    }
    client.notify(
        "notebookDocument/didChange",
        {"notebookDocument": {"uri": book, "version": 2}, "change": {"cells": {"textContent": [change]}}},
    )
    (item,) = await client.items(cell, 1, 7)
    assert item["insertText"] == "    return a + b"


async def test_a_huge_line(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, "x = '" + "a" * 1_000_000 + "'\ny = \n")
    assert await client.items(URI, 1, 4)
    assert await client.items(URI, 0, 500_000) == []
    assert len(prompts(ollama)[-1]) < 30_000
