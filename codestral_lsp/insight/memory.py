"""Which model a memory can hold: file, context and what the program itself needs.

File sizes are those of the models' pages in Ollama's library, context costs follow from the models' shapes (16-bit
KV cache). The order is by size within what the makers publish of quality; nothing of it was measured here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codestral_lsp.insight.machine import Machine

GB = 10**9
MEMORIES_GB = (8, 12, 16, 24, 32, 48)
_PROGRAM = 0.7 * GB
"""What a server takes beside model and context: buffers, the graphics library."""
_SMALL = 1.5 * GB
"""Size of a model's file up to which it is of use without a graphics card."""
_USABLE = 0.92
"""Share of a memory that a model can have; the rest is the system's."""

NON_PRODUCTION = "Mistral AI Non-Production License: not for production use"


@dataclass(frozen=True, slots=True)
class Fit:
    """A model in one quantisation."""

    pull: str
    """The name to pull it by."""
    quantisation: str
    file_bytes: float
    cache_bytes_per_token: int
    licence: str

    @property
    def is_free(self) -> bool:
        """Whether its licence lets everybody use it for everything."""
        return self.licence != NON_PRODUCTION

    def needs(self, context_tokens: int) -> float:
        """Bytes of memory with a context of that size."""
        return self.file_bytes + self.cache_bytes_per_token * context_tokens + _PROGRAM


_CODESTRAL = 2 * 56 * 8 * 2 * 128  # two bytes, layers, heads, keys and values, width of a head

MODELS = (
    Fit("codestral:22b-v0.1-q8_0", "Q8_0", 23.6 * GB, _CODESTRAL, NON_PRODUCTION),
    Fit("codestral:22b-v0.1-q6_K", "Q6_K", 18.3 * GB, _CODESTRAL, NON_PRODUCTION),
    Fit("codestral:22b-v0.1-q5_K_M", "Q5_K_M", 15.7 * GB, _CODESTRAL, NON_PRODUCTION),
    Fit("codestral:22b-v0.1-q4_K_M", "Q4_K_M", 13.3 * GB, _CODESTRAL, NON_PRODUCTION),
    Fit("codestral", "Q4_0", 12.6 * GB, _CODESTRAL, NON_PRODUCTION),
    Fit("qwen2.5-coder:14b-base", "Q4_K_M", 9.0 * GB, 2 * 48 * 8 * 2 * 128, "Apache-2.0"),
    Fit("qwen2.5-coder:7b-base", "Q4_K_M", 4.7 * GB, 2 * 28 * 4 * 2 * 128, "Apache-2.0"),
    Fit("qwen2.5-coder:1.5b-base", "Q4_K_M", 1.0 * GB, 2 * 28 * 2 * 2 * 128, "Apache-2.0"),
    Fit("qwen2.5-coder:0.5b-base", "Q4_K_M", 0.4 * GB, 2 * 24 * 2 * 2 * 64, "Apache-2.0"),
)
"""The largest first."""


def best_fit(memory_bytes: float, context_tokens: int, models: Sequence[Fit] = MODELS) -> Fit | None:
    """The largest model that the memory holds with that context."""
    usable = memory_bytes * _USABLE
    return next((model for model in models if model.needs(context_tokens) <= usable), None)


def advice(machine: Machine, context_tokens: int, models: Sequence[Fit] = MODELS) -> Fit | None:
    """The model to take on a machine: the largest that fits on its graphics card, and without one a small one.

    A processor alone could hold larger ones too, and would take seconds to begin an answer.
    """
    fit = best_fit(machine.for_model, context_tokens, models)
    if machine.gpu or fit is None:
        return fit
    small = [model for model in models if model.file_bytes <= _SMALL]
    return fit if fit in small else small[0]


def shown(size: float) -> str:
    """Bytes for a person, in GB."""
    return f"{size / GB:.1f} GB"
