"""codestral-lsp generate FILE:LINE --prompt TEXT: new code at a place, as a diff or written into the file."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import sys

from codestral_lsp.actions.holes import hole_at
from codestral_lsp.commands.workplace import Spot, read_document, spot, work_on
from codestral_lsp.errors import StaleEdit


def run(options: argparse.Namespace) -> int:
    """Print the diff, or write the file."""
    return asyncio.run(_generate(spot(options.place, needs_line=True), options))


async def _generate(where: Spot, options: argparse.Namespace) -> int:
    document = read_document(where.file)
    span = where.cursor(document)
    async with work_on(document, options.config) as app:
        hole = hole_at(await app.syntax.syntax(document), document, span, options.prompt or "")
        generated = await app.actions.generate(hole, _Silence())
    before, after = document.text, generated.edit.applied()
    if options.write:
        path = where.file.resolve()
        if read_document(path).text.lines != before.lines:
            raise StaleEdit(f"{where.file} was changed meanwhile.", cure="Ask again; nothing was written.")
        mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
        path.write_bytes((mark + str(after)).encode())
        print(f"Wrote {where.file}.", file=sys.stderr)
    else:
        name = str(where.file)
        sys.stdout.writelines(difflib.unified_diff(before.lines, after.lines, f"a/{name}", f"b/{name}"))
    return 0


class _Silence:
    """The diff is shown when it is whole."""

    def heard(self, text: str) -> None:
        """Nothing."""

    def waits(self, why: str) -> None:
        """Nothing."""
