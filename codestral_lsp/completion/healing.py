"""Half a word before the cursor: the model writes it anew, as tokens it knows, and what stands already is taken off.

A server that can be held to a start of its answer never disagrees. The others are asked once more, with the half word
in the prompt, as soon as their answer turns out to be another word.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from codestral_lsp.backends.base import Backend, Piece, Prompt, Sampling


async def healed(backend: Backend, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Piece]:
    """The answer behind `prompt.start`. Raises BackendError."""
    said, written = "", 0
    async with aclosing(backend.stream(prompt, sampling)) as pieces:
        async for piece in pieces:
            missing = prompt.start[len(said) :]
            said += piece.text
            written += bool(piece.text)
            if missing and not (said.startswith(prompt.start) or prompt.start.startswith(said)):
                break
            if missing and piece.finish is not None and len(said) < len(prompt.start):
                break
            yield _behind(piece, missing, held=prompt.plain is None) if missing else piece
        else:
            return
    if prompt.plain is None:
        return
    async with aclosing(backend.stream(prompt.plain, sampling)) as pieces:
        async for piece in pieces:
            usage = piece.usage
            if usage is not None and usage.completion_tokens is not None:
                usage = replace(usage, completion_tokens=usage.completion_tokens + written)
            yield replace(piece, usage=usage)


def _behind(piece: Piece, missing: str, *, held: bool) -> Piece:
    """What of a piece stands behind the start, and how probable that is."""
    text = piece.text[len(missing) :]
    if not text or piece.logprob is None:
        return replace(piece, text=text, logprob=None)
    # A server that was held to the start tells how probable the rest is; of another token a part is typed already.
    return replace(piece, text=text, logprob=piece.logprob * (1.0 if held else len(text) / len(piece.text)))
