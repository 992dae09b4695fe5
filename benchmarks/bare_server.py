"""The yardstick: a bare pygls server with the same HTTP client and nothing else.

Stock documents, stock reader, one httpx2 client; on each inline completion it sends the text around the cursor to
Ollama and returns what comes back, up to the first line end. No cache, no debounce, no filters, no syntax.
"""

from __future__ import annotations

import json
import sys

import httpx2
from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")
url = sys.argv[1]
client: httpx2.AsyncClient | None = None


@server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
async def complete(ls: LanguageServer, params: types.InlineCompletionParams) -> types.InlineCompletionList:
    """Ask, cut at the line's end, answer."""
    global client
    if client is None:
        client = httpx2.AsyncClient(http2=False)
    document = ls.workspace.get_text_document(params.text_document.uri)
    line, column = params.position.line, params.position.character
    lines = document.lines
    prefix = "".join(lines[max(0, line - 60) : line]) + lines[line][:column]
    suffix = lines[line][column:] + "".join(lines[line + 1 : line + 30])
    body = {
        "model": "codestral",
        "prompt": f"[SUFFIX]{suffix}[PREFIX]{prefix}",
        "raw": True,
        "stream": True,
        "keep_alive": "30m",
        "options": {"temperature": 0, "num_predict": 256},
    }
    text = ""
    async with client.stream("POST", f"{url}/api/generate", json=body) as reply:
        async for row in reply.aiter_lines():
            text += json.loads(row).get("response", "")
            if "\n" in text:
                break
    item = types.InlineCompletionItem(
        insert_text=text.partition("\n")[0], range=types.Range(params.position, params.position)
    )
    return types.InlineCompletionList([item])


if __name__ == "__main__":
    server.start_io()
