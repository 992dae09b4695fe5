"""Model families: how each was trained to fill in the middle. A table, open for more.

Codestral's order is mistral-common's `encode_fim`: BOS, [SUFFIX], suffix, [PREFIX], prefix, and nothing behind it;
BOS is the server's business. Qwen's is from its technical report (prefix, suffix, middle). Both were trained
without blanks around the control tokens, whatever templates on model hubs put there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codestral_lsp.backends.base import ModelInfo
from codestral_lsp.prompt.crossfile import COMMENTED, CrossFile


class Hole(Enum):
    """Where the user's text goes in a layout."""

    PREFIX = "prefix"
    SUFFIX = "suffix"


@dataclass(frozen=True, slots=True)
class Family:
    """What is common to the models of a family."""

    name: str
    layout: tuple[str | Hole, ...]
    """Control tokens and holes, in the order the model was trained on."""
    control: tuple[str, ...]
    """Texts that the tokenizer turns into control tokens: neutralised in the user's text."""
    stop: tuple[str, ...]
    """Where an answer surely ends."""
    suffix_share: float
    """Share of the window's tokens for the suffix."""
    names: tuple[str, ...]
    """Lower-case parts of model names that belong to the family."""
    marks: tuple[str, ...]
    """Tokens by which the family is known in a template or a vocabulary, whatever the model is called."""
    cross_file: CrossFile = COMMENTED
    """How other files are shown to it."""

    @property
    def suffix_first(self) -> bool:
        """Whether the model reads the suffix first, so that typing only appends to the prompt."""
        return self.layout.index(Hole.SUFFIX) < self.layout.index(Hole.PREFIX)


CODESTRAL = Family(
    name="codestral",
    layout=("[SUFFIX]", Hole.SUFFIX, "[PREFIX]", Hole.PREFIX),
    control=(
        "<s>",
        "</s>",
        "<unk>",
        "[INST]",
        "[/INST]",
        "[TOOL_CALLS]",
        "[AVAILABLE_TOOLS]",
        "[/AVAILABLE_TOOLS]",
        "[TOOL_RESULTS]",
        "[/TOOL_RESULTS]",
        "[SYSTEM_PROMPT]",
        "[/SYSTEM_PROMPT]",
        "[IMG]",
        "[PREFIX]",
        "[MIDDLE]",
        "[SUFFIX]",
    ),
    stop=("[PREFIX]", "[SUFFIX]", "[MIDDLE]", "</s>"),
    suffix_share=0.35,
    names=("codestral",),
    marks=("[SUFFIX]", "[PREFIX]"),
    cross_file=CrossFile("+++++ {path}\n{text}\n", "+++++ {path}\n", stop=("\n+++++ ",)),
)

QWEN_CODER = Family(
    name="qwen-coder",
    layout=("<|fim_prefix|>", Hole.PREFIX, "<|fim_suffix|>", Hole.SUFFIX, "<|fim_middle|>"),
    control=(
        "<|endoftext|>",
        "<|im_start|>",
        "<|im_end|>",
        "<|fim_prefix|>",
        "<|fim_middle|>",
        "<|fim_suffix|>",
        "<|fim_pad|>",
        "<|repo_name|>",
        "<|file_sep|>",
    ),
    stop=("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>"),
    # The suffix stands behind the growing prefix and is read again with every request: kept short.
    suffix_share=0.2,
    names=("qwen2.5-coder", "qwen2.5coder", "qwen25-coder", "qwen-2.5-coder", "codeqwen", "qwen3-coder"),
    marks=("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    cross_file=CrossFile(
        "<|file_sep|>{path}\n{text}", "<|file_sep|>{path}\n", opening="<|repo_name|>{repository}\n", inside=False
    ),
)

FAMILIES: tuple[Family, ...] = (CODESTRAL, QWEN_CODER)


def named(name: str) -> Family | None:
    """The family of that name."""
    return next((family for family in FAMILIES if family.name == name), None)


def detect(info: ModelInfo) -> Family | None:
    """The family of a model, from what its server says of it: its template first, then its names, most telling first.

    A template shows the very tokens the model was trained with; a name may be anyone's.
    """
    for family in FAMILIES:
        if info.template and all(mark in info.template for mark in family.marks):
            return family
    for name in map(str.lower, info.names):
        for family in FAMILIES:
            if any(part in name for part in family.names):
                return family
    return None
