"""make demo: the real server, over its real protocol, completing in a sample project as an editor would have it.

Types a few things, pauses, shows what the server suggests, and takes some of it over. Uses whatever engine the
server chooses by your settings: a model where there is one, else your workspace.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from demo.editor import Editor, Ghost
from demo.screen import Screen

SAMPLE = Path(__file__).parent / "sample"
TAB = "⇥"
"""In a scene: take what is suggested."""
KEY_S = 0.035
PAUSE_S = 0.9
"""How long what is suggested stands before the typing goes on, where somebody watches."""


@dataclass(frozen=True)
class Scene:
    """Something to type: behind which line of which file, in portions with a pause behind each."""

    title: str
    file: str
    behind: str
    portions: tuple[str, ...]


SCENES = (
    Scene(
        "The next line, with this place's names",
        "bookshop/store.py",
        "self._orders[order.number] = order",
        (
            "\n\n    def get_order(self, number: int) -> Order:\n        order = self._orders.get(number)"
            "\n        if order is None:",
            TAB,
            "\n        ",
            TAB,
        ),
    ),
    Scene(
        "Tests go like the tests before",
        "tests/test_orders.py",
        "assert order.customer.points == 50",
        (
            "\n\n\ndef test_paying_twice(store: Store) -> None:\n    order = place_order(store,",
            TAB,
            "\n    ",
            TAB,
        ),
    ),
    Scene(
        "A signature",
        "bookshop/orders.py",
        'logger.info("order %s paid by %s", order.number, order.customer.email)',
        ("\n\n\ndef refund_order(order:", TAB),
    ),
    Scene(
        "In JavaScript, and typed on by hand: what was suggested stays, from memory",
        "web/orders.js",
        "showError(`order ${order.number}: ${response.status}`);",
        (
            '\n  }\n}\n\nasync function loadCustomers() {\n  const response = await fetch("/api/customers");\n  if',
            " (",
            "!res",
            TAB,
        ),
    ),
)

HOW_TO_GET_CODESTRAL = """\
Codestral on this machine:  ollama pull codestral     (13 GB; its licence is not for production use)
Codestral from Mistral:     export CODESTRAL_API_KEY=…  (a key from console.mistral.ai, paid by use)
Then run `make demo` again. In your editor: docs/editors/ · other models, llama-server, vLLM: docs/backends.md"""


class Show:
    """Plays scenes in an editor and draws them on a screen."""

    def __init__(self, editor: Editor, screen: Screen) -> None:
        self._editor = editor
        self._screen = screen
        self.shown = 0
        self.several_lines = 0

    async def play(self, scene: Scene) -> None:
        """Type a scene."""
        self._screen.title(f"{scene.title}  ({scene.file})")
        self._editor.open(scene.file, scene.behind)
        ghost: Ghost | None = None
        for portion in scene.portions:
            if portion != TAB:
                await self._type(portion)
            elif ghost is not None:
                await self._editor.accept(ghost)
            else:
                break
            ghost = await self._pause(took=portion == TAB)
        self._editor.close()

    async def _type(self, text: str) -> None:
        for character in text:
            self._editor.type(character)
            if self._screen.is_terminal:
                self._draw("", done=False)
                await asyncio.sleep(KEY_S)

    async def _pause(self, *, took: bool) -> Ghost | None:
        ghost = await self._editor.ghost()
        if ghost is None:
            self._draw("", note="taken over; nothing more is sure" if took else "nothing is sure enough here")
        else:
            self.shown += 1
            self.several_lines += "\n" in ghost.text
            self._draw(ghost.text, note=f"{ghost.ms:.0f} ms, {ghost.by}")
        if self._screen.is_terminal:
            await asyncio.sleep(PAUSE_S)
        return ghost

    def _draw(self, ghost: str, note: str = "", *, done: bool = True) -> None:
        editor = self._editor
        self._screen.draw(editor.lines, editor.line, editor.column, ghost, note, done=done)


async def show(root: Path, screen: Screen) -> int:
    """Show it in the workspace `root`. Exit code 1 if nothing was suggested at all."""
    editor = Editor(root)
    screen.say("Starting codestral-lsp, the server that your editor will run …")
    await editor.start()
    try:
        status = editor.status
        screen.say(f"Engine: {status['message']}" + (f" ({status['detail']})" if status["detail"] else ""))
        player = Show(editor, screen)
        for scene in SCENES:
            await player.play(scene)
    finally:
        await editor.stop()
    screen.say()
    screen.say(f"{player.shown} suggestions, {player.several_lines} of them of several lines.")
    if "codestral" not in status["model"].lower():
        more = "" if status["model"] else " What a model would add: code that was never written before."
        screen.say(f"Engine: {status['message']}.{more}")
        screen.say(HOW_TO_GET_CODESTRAL)
    return 0 if player.shown else 1


def main() -> int:
    """Show it in a copy of the sample project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "bookshop"
        shutil.copytree(SAMPLE, root)
        return asyncio.run(show(root, Screen()))


if __name__ == "__main__":
    sys.exit(main())
