"""Whether the user takes blocks: suggestions of several lines that came unasked."""

from __future__ import annotations

from itertools import islice

from codestral_lsp.completion.request import Trigger
from codestral_lsp.insight.trace import Traces

IN_VAIN = 6
"""After so many blocks in a row of which nothing was taken, only lines are shown ..."""
LOOKED_AT = 200
"""... until those blocks are so many requests old. Then blocks are tried again."""


def takes_blocks(traces: Traces) -> bool:
    """Whether any of the last blocks was accepted, in whole or in part, or typed to its end; so too while there were
    few."""
    blocks = (
        trace
        for trace in islice(reversed(list(traces)), LOOKED_AT)
        if trace.shown_lines > 1 and not trace.continues and trace.trigger == Trigger.AUTOMATIC.value
    )
    last = list(islice(blocks, IN_VAIN))
    return len(last) < IN_VAIN or any(trace.accepted_characters or trace.fate == "typed through" for trace in last)
