"""What editors do beside plain typing: after each of it the suggestion is right, or there is none."""

from __future__ import annotations

import pytest

from tests.server.conftest import StartClient
from tests.server.mirror import Mirror, answer
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

TEXT = "import os\n\n\ndef area(width, height):\n    total = 0\n    \n    return total\n"
BODY = TEXT.index("    \n") + 4


@pytest.fixture
async def mirror(start: StartClient, ollama: OllamaStandIn) -> Mirror:
    ollama.script = Script(answer=answer)
    return Mirror(await start(ollama, {"completion": {"debounceMs": 0, "instant": False}}), TEXT, BODY)


async def test_typing_and_deleting(mirror: Mirror) -> None:
    assert await mirror.ghost()
    mirror.type("xy = ")
    assert await mirror.ghost()
    mirror.edit((mirror.cursor - len("y = "), mirror.cursor, ""))
    assert await mirror.ghost()


async def test_typing_through_and_back(mirror: Mirror) -> None:
    ghost = await mirror.ghost()
    for taken in range(1, len(ghost) - 1):
        mirror.type(ghost[taken - 1])
        assert await mirror.ghost() == ghost[taken:]
    mirror.type(ghost[-2])
    assert await mirror.ghost() == "", "taking one character is no less work than typing it"
    mirror.edit((mirror.cursor - 2, mirror.cursor, ""))
    assert await mirror.ghost() == ghost[len(ghost) - 3 :]


async def test_several_cursors_stay_silent(mirror: Mirror) -> None:
    first = TEXT.index("total = 0")
    mirror.edit((BODY, BODY, "a"), (first, first, "a"))
    assert await mirror.ghost() == ""
    mirror.edit((mirror.cursor, mirror.cursor, "b"), (first + 1, first + 1, "b"))
    assert await mirror.ghost() == ""
    mirror.type("c")
    assert await mirror.ghost(), "one cursor again"


async def test_snippet_placeholders_that_change_together_stay_silent(mirror: Mirror) -> None:
    mirror.edit((BODY, BODY, "for i in range(n): use(i)"))
    start = BODY + len("for ")
    second = BODY + len("for i in range(n): use(")
    mirror.edit((second, second + 1, "x"), (start, start + 1, "x"))
    assert await mirror.ghost() == ""


async def test_an_inserted_snippet_is_a_paste_until_something_is_typed(mirror: Mirror) -> None:
    snippet = "for index in range(10):\n        pass\n    else:\n        pass"
    mirror.edit((BODY, BODY, snippet))
    assert await mirror.ghost() == ""
    # Its first placeholder is selected and typed over.
    mirror.edit((BODY + 4, BODY + 9, "n"))
    await mirror.ghost()


async def test_input_methods_replace_what_they_composed(mirror: Mirror) -> None:
    mirror.type("s = '")
    start = mirror.cursor
    for composed in ("n", "に", "にh", "にほ", "にほn", "にほん"):
        mirror.edit((start, mirror.cursor, composed))
        await mirror.ghost()
    mirror.edit((start, mirror.cursor, "日本"))
    assert await mirror.ghost()
    # The same with characters of two UTF-16 units.
    mirror.edit((start, mirror.cursor, "𠮷"))
    assert await mirror.ghost()


async def test_a_paste_is_followed_by_nothing_and_the_next_key_by_the_right_thing(mirror: Mirror) -> None:
    mirror.edit((BODY, BODY, "first = width * height\n    second = first * first\n    third = "))
    assert await mirror.ghost() == ""
    mirror.type("s")
    assert await mirror.ghost()


async def test_asked_for_after_a_paste(mirror: Mirror) -> None:
    mirror.edit((BODY, BODY, "first = width * height\n    second = "))
    assert await mirror.ghost(invoked=True)


async def test_undo_and_redo(mirror: Mirror) -> None:
    mirror.type("x = ")
    before, cursor = mirror.text, mirror.cursor
    assert await mirror.ghost()
    mirror.edit((cursor - 4, cursor, ""))
    await mirror.ghost()
    mirror.edit((cursor - 4, cursor - 4, "x = "))
    assert (mirror.text, mirror.cursor) == (before, cursor)
    await mirror.ghost()
    # An undo far away from the cursor, sent as one change of the whole text.
    text = mirror.text.replace("import os\n", "")
    mirror.edit((0, len(mirror.text), text))
    mirror.cursor = text.index("x = ") + 4
    await mirror.ghost()


async def test_an_undone_acceptance_stays_undone(mirror: Mirror) -> None:
    ghost = await mirror.ghost()
    mirror.edit((BODY, BODY, ghost))
    mirror.edit((BODY, BODY + len(ghost), ""))
    assert await mirror.ghost() == ""
    mirror.type("q")
    assert await mirror.ghost()


async def test_a_macro_is_many_edits_at_once(mirror: Mirror) -> None:
    for turn in range(50):
        mirror.edit((mirror.cursor, mirror.cursor, f"line_{turn} = {turn}\n    "))
    mirror.type("x")
    assert await mirror.ghost()


async def test_normal_mode_edits_elsewhere_and_then_asks(mirror: Mirror) -> None:
    assert await mirror.ghost()
    start = mirror.text.index("import")
    mirror.edit((start, start + len("import os\n"), ""))  # dd
    mirror.cursor = mirror.text.index("total = 0") + 2  # inside a word: nothing
    assert await mirror.ghost() == ""
    mirror.cursor = mirror.text.index("    \n") + 4
    await mirror.ghost()


async def test_replacing_and_deleting_lines(mirror: Mirror) -> None:
    line = mirror.text.index("    total = 0\n")
    mirror.edit((line, line + len("    total = 0\n"), "    count = 1\n    more = 2\n"))
    mirror.cursor = mirror.text.index("    \n") + 4
    await mirror.ghost()
    mirror.type("z")
    assert await mirror.ghost()


async def test_autopaired_brackets(mirror: Mirror) -> None:
    mirror.type("use")
    mirror.edit((mirror.cursor, mirror.cursor, "()"))
    mirror.cursor -= 1
    assert await mirror.ghost()
    mirror.type("w")
    assert await mirror.ghost()


async def test_the_selected_entry_of_the_suggestion_list_is_extended(mirror: Mirror) -> None:
    mirror.type("wi")
    line, character = mirror.place(mirror.cursor)
    span = {"start": {"line": line, "character": character - 2}, "end": {"line": line, "character": character}}
    (item,) = await mirror.client.items(mirror.uri, line, character, selected={"range": span, "text": "width"})
    assert item["insertText"].startswith("width")
    assert item["range"] == span


async def test_escape_is_remembered_until_the_text_changes(mirror: Mirror) -> None:
    assert await mirror.ghost()
    line, character = mirror.place(mirror.cursor)
    where = {"textDocument": {"uri": mirror.uri}, "position": {"line": line, "character": character}}
    mirror.client.notify("codestral/didDismissCompletion", where)
    assert await mirror.ghost() == ""
    assert await mirror.ghost(invoked=True)
    mirror.type("x")
    assert await mirror.ghost()
