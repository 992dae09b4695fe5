"""Gives an answer plain line ends; the suggestion gets the document's own."""

from __future__ import annotations

from codestral_lsp.completion.surroundings import Extent, Surroundings


def plain_line_ends(text: str, around: Surroundings, extent: Extent) -> str:
    """The text with LF for CR LF and for CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
