"""codestral-lsp explain FILE[:LINE]: what a function, a class or a file does, as it is written."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from codestral_lsp.actions.target import target_at
from codestral_lsp.commands.workplace import Spot, read_document, spot, target_as_json, work_on

NO_MODEL = 3
"""Exit code where there was no model to ask and syntax alone answered."""


def run(options: argparse.Namespace) -> int:
    """Print the explanation. Exit code 3 if there was no model to ask."""
    return asyncio.run(_explain(spot(options.place), options))


async def _explain(where: Spot, options: argparse.Namespace) -> int:
    document = read_document(where.file)
    span = where.cursor(document)
    async with work_on(document, options.config) as app:
        target = target_at(await app.syntax.syntax(document), document, span)
        printer = _Printer(streams=not options.json)
        explanation = await app.actions.explain(target, printer, options.instruction)
    if options.json:
        said = explanation.said
        print(
            json.dumps(
                {
                    "file": str(where.file),
                    "target": target_as_json(target),
                    "markdown": explanation.markdown,
                    "note": explanation.note,
                    "grounded": list(explanation.grounded),
                    "model": said.model if said else "",
                },
                indent=2,
            )
        )
    else:
        printer.finish(explanation.markdown)
    return NO_MODEL if explanation.said is None else 0


class _Printer:
    """Prints what is new of a growing text. What changes after it was printed (links) is left as it was."""

    def __init__(self, *, streams: bool) -> None:
        self._streams = streams and sys.stdout.isatty()
        self._printed = ""

    def heard(self, text: str) -> None:
        """The text so far."""
        if self._streams and text.startswith(self._printed):
            print(text[len(self._printed) :], end="", flush=True)
            self._printed = text

    def waits(self, why: str) -> None:
        """A person at a terminal sees that nothing comes."""

    def finish(self, text: str) -> None:
        """Print the rest, or all of it where nothing was printed yet."""
        if not self._printed:
            print(text, end="")
        elif text.startswith(self._printed):
            print(text[len(self._printed) :], end="")
        else:
            print()
