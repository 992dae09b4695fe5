"""Answers kept for the next time the same text comes up: in memory, and on disk for other editors and other days."""

from codestral_lsp.completion.cache.cache import CompletionCache
from codestral_lsp.completion.cache.entry import Answer

__all__ = ["Answer", "CompletionCache"]
