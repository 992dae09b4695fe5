"""LSP4IJ and Neovim 0.12, neither of which runs here: what is accepted is the text that the model meant."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conformance.typist import LSP4IJ, NEOVIM_012, URI, Behaviour, Typist
from tests.lsp_client import LspClient
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

HEAD = "# What is in the cart.\n"
BOTH = pytest.mark.parametrize("behaviour", [LSP4IJ, NEOVIM_012], ids=lambda each: each.name)


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaStandIn]:
    async with OllamaStandIn(Script(), version="0.12.10") as server:
        yield server


@pytest.fixture
async def client(environ: dict[str, str]) -> AsyncIterator[LspClient]:
    client = LspClient()
    await client.start(environ=environ)
    yield client
    await client.stop()


async def typist(client: LspClient, behaviour: Behaviour, ollama: OllamaStandIn, answer: str) -> Typist:
    """Somebody in the last line of a small file, whose model goes on with `answer`."""
    ollama.script = Script(answer=answer)
    who = Typist(client, behaviour, HEAD, 1)
    completion = {"debounceMs": 0, "multiline": "always", "prefetch": False}
    await who.open({"backend": "ollama", "ollama": {"url": ollama.url}, "completion": completion})
    return who


@BOTH
@pytest.mark.parametrize(
    ("typed", "paired", "answer", "accepted"),
    [
        ("total = ", "", "sum(prices)\n", "total = sum(prices)"),
        ("total(", ")", "prices)\n", "total(prices)"),
        ("total([", "])", "1, 2])\n", "total([1, 2])"),
        ('name = "', '"', 'bread"\n', 'name = "bread"'),
        ("def total(", ")", "prices):\n    return sum(prices)\n", "def total(prices):\n    return sum(prices)"),
        ("\tx = ", "", "1\n", "\tx = 1"),
    ],
)
async def test_accepting(
    behaviour: Behaviour, typed: str, paired: str, answer: str, accepted: str, client: LspClient, ollama: OllamaStandIn
) -> None:
    who = await typist(client, behaviour, ollama, answer)
    await who.type(typed, paired)
    item = await who.suggestion()
    if item is None:
        # LSP4IJ can only insert: where the brackets would have to move, nothing is the right thing to show.
        assert behaviour is LSP4IJ
        assert not answer.rstrip("\n").endswith(paired)
        return
    assert await who.accept(item) == HEAD + accepted


@BOTH
async def test_typing_on_into_the_suggestion(behaviour: Behaviour, client: LspClient, ollama: OllamaStandIn) -> None:
    who = await typist(client, behaviour, ollama, "sum(prices)\n")
    await who.type("total = ")
    assert await who.suggestion()
    asked = len(ollama.seen("/api/generate"))
    await who.type("sum(")
    item = await who.suggestion()
    assert item
    assert await who.accept(item) == f"{HEAD}total = sum(prices)"
    assert len(ollama.seen("/api/generate")) == asked


async def test_lsp4ij_never_says_what_was_accepted_and_is_served_all_the_same(
    client: LspClient, ollama: OllamaStandIn
) -> None:
    who = await typist(client, LSP4IJ, ollama, "sum(prices)\n")
    await who.type("total = ")
    item = await who.suggestion()
    assert item
    await who.accept(item)
    who.lines[who.line :] = ["total = sum(prices)", ""]
    who.line, who.cursor = 2, 0
    client.change(URI, 99, ((1, 19), (1, 19), "\n"))
    await who.type("x = ")
    assert await who.suggestion()
