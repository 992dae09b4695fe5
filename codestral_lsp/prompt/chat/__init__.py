"""Chat prompts: one Markdown file each, which a user may replace by a file of the same name."""

from codestral_lsp.prompt.chat.prompts import ChatPrompts

__all__ = ["ChatPrompts"]
