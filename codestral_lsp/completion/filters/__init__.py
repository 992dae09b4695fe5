"""What is done to an answer before it is shown: one filter a file, each a function from text to (less) text."""

from __future__ import annotations

from collections.abc import Callable

from codestral_lsp.completion.filters.blank import drop_blank
from codestral_lsp.completion.filters.chat import drop_chat
from codestral_lsp.completion.filters.control_tokens import cut_at_control_token
from codestral_lsp.completion.filters.indentation import fit_indentation
from codestral_lsp.completion.filters.licence import cut_at_licence
from codestral_lsp.completion.filters.line_ends import plain_line_ends
from codestral_lsp.completion.filters.low_value import drop_low_value
from codestral_lsp.completion.filters.prompt_echo import strip_prompt_echo
from codestral_lsp.completion.filters.repeated_line import drop_repeated_line
from codestral_lsp.completion.filters.repetition import cut_repetition
from codestral_lsp.completion.filters.single_line import stop_at_line_end
from codestral_lsp.completion.filters.suffix_overlap import strip_suffix_overlap
from codestral_lsp.completion.filters.trailing_space import strip_trailing_space
from codestral_lsp.completion.surroundings import Extent, Surroundings

Filter = Callable[[str, Surroundings, Extent], str]

FILTERS: tuple[tuple[str, Filter], ...] = (
    ("line ends", plain_line_ends),
    ("control token", cut_at_control_token),
    ("chat", drop_chat),
    ("prompt echo", strip_prompt_echo),
    ("licence", cut_at_licence),
    ("indentation", fit_indentation),
    ("single line", stop_at_line_end),
    ("suffix overlap", strip_suffix_overlap),
    ("repetition", cut_repetition),
    ("repeated line", drop_repeated_line),
    ("low value", drop_low_value),
    ("trailing space", strip_trailing_space),
    ("blank", drop_blank),
)


def apply_filters(text: str, around: Surroundings, extent: Extent) -> tuple[str, list[str]]:
    """The text that is left, empty if nothing is, and what each filter did that did something."""
    report = []
    for name, each in FILTERS:
        if not text:
            break
        left = each(text, around, extent)
        if left != text:
            report.append(f"{name}: " + (f"{len(left) - len(text):+d} characters" if left else "dropped"))
            text = left
    return text, report
