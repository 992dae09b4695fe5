"""Model families: how each was trained to fill in the middle. A table, open for more.

Codestral's order is mistral-common's `encode_fim`: BOS, [SUFFIX], suffix, [PREFIX], prefix, and nothing behind it;
BOS is the server's business. The others are from their reports and model cards, and put the prefix first. All but
CodeLlama were trained without blanks around the control tokens, whatever templates on model hubs put there.
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
    temperature: float = 0.0
    """How freely it may choose its tokens. At 0 the same question gets the same answer."""
    heals_words: bool = False
    """Whether a word that is begun before the cursor is left for the model to write anew, from its first letter: cut
    in two it is other tokens than those the model was trained on. Only where it was measured to do better."""

    @property
    def suffix_first(self) -> bool:
        """Whether the model reads the suffix first, so that typing only appends to the prompt."""
        return self.layout.index(Hole.SUFFIX) < self.layout.index(Hole.PREFIX)


_STARCODER_MARKS = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
_BAR_MARKS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
_SHORT_SUFFIX = 0.2
"""For models that read the suffix last: it stands behind the growing prefix and is read again with every request."""


def _prefix_first(marks: tuple[str, ...]) -> tuple[str | Hole, ...]:
    prefix, suffix, middle = marks
    return (prefix, Hole.PREFIX, suffix, Hole.SUFFIX, middle)


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
    layout=_prefix_first(_BAR_MARKS),
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
    suffix_share=_SHORT_SUFFIX,
    heals_words=True,
    names=("qwen2.5-coder", "qwen2.5coder", "qwen25-coder", "qwen-2.5-coder", "codeqwen", "qwen3-coder"),
    marks=_BAR_MARKS,
    cross_file=CrossFile(
        "<|file_sep|>{path}\n{text}", "<|file_sep|>{path}\n", opening="<|repo_name|>{repository}\n", inside=False
    ),
)

_DEEPSEEK_MARKS = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>")

DEEPSEEK_CODER = Family(
    name="deepseek-coder",
    layout=_prefix_first(_DEEPSEEK_MARKS),
    control=("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<|EOT|>", *_DEEPSEEK_MARKS),
    stop=("<｜end▁of▁sentence｜>", "<|EOT|>", "<｜fim▁begin｜>"),
    suffix_share=_SHORT_SUFFIX,
    names=("deepseek-coder", "deepseekcoder", "deepseek-v2", "deepseek2"),
    marks=_DEEPSEEK_MARKS,
)

STARCODER = Family(
    name="starcoder2",
    layout=_prefix_first(_STARCODER_MARKS),
    control=(
        "<|endoftext|>",
        *_STARCODER_MARKS,
        "<fim_pad>",
        "<repo_name>",
        "<file_sep>",
        "<filename>",
        "<gh_stars>",
        "<issue_start>",
        "<issue_comment>",
        "<issue_closed>",
        "<jupyter_start>",
        "<jupyter_text>",
        "<jupyter_code>",
        "<jupyter_output>",
        "<empty_output>",
        "<commit_before>",
        "<commit_msg>",
        "<commit_after>",
    ),
    # Trained on whole repositories, it goes on with the next file.
    stop=("<|endoftext|>", "<file_sep>", "<fim_prefix>", "<fim_pad>"),
    suffix_share=_SHORT_SUFFIX,
    names=("starcoder", "stable-code", "stablecode"),
    marks=_STARCODER_MARKS,
)

CODEGEMMA = Family(
    name="codegemma",
    layout=_prefix_first(_BAR_MARKS),
    control=(
        "<bos>",
        "<eos>",
        "<pad>",
        "<start_of_turn>",
        "<end_of_turn>",
        *_BAR_MARKS,
        "<|file_separator|>",
    ),
    stop=("<|file_separator|>", "<eos>", "<end_of_turn>", "<|fim_prefix|>"),
    suffix_share=_SHORT_SUFFIX,
    names=("codegemma",),
    marks=_BAR_MARKS,
)

CODELLAMA = Family(
    name="codellama",
    # The blanks belong to the control tokens, which the tokenizer knows as words of their own.
    layout=("<PRE> ", Hole.PREFIX, " <SUF>", Hole.SUFFIX, " <MID>"),
    control=("<s>", "</s>", "<PRE>", "<SUF>", "<MID>", "<EOT>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"),
    stop=("<EOT>", "</s>", "<PRE>"),
    suffix_share=_SHORT_SUFFIX,
    names=("codellama", "code-llama", "code_llama"),
    marks=("<PRE>", "<SUF>", "<MID>"),
)

GRANITE_CODE = Family(
    name="granite-code",
    layout=_prefix_first(_STARCODER_MARKS),
    control=("<|endoftext|>", *_STARCODER_MARKS, "<fim_pad>", "<reponame>", "<filename>", "<gh_stars>"),
    stop=("<|endoftext|>", "<fim_prefix>", "<fim_pad>", "<filename>"),
    suffix_share=_SHORT_SUFFIX,
    names=("granite-code", "granite-3b-code", "granite-8b-code", "granite-20b-code", "granite-34b-code"),
    marks=_STARCODER_MARKS,
)

GRANITE_4 = Family(
    name="granite-4",
    layout=_prefix_first(_BAR_MARKS),
    control=(
        "<|end_of_text|>",
        "<|start_of_role|>",
        "<|end_of_role|>",
        *_BAR_MARKS,
        "<|fim_pad|>",
        "<|filename|>",
        "<|reponame|>",
    ),
    stop=("<|end_of_text|>", "<|fim_pad|>", "<|filename|>", "<|start_of_role|>"),
    suffix_share=_SHORT_SUFFIX,
    names=("granite-4", "granite4", "granitehybrid"),
    marks=_BAR_MARKS,
)

FAMILIES: tuple[Family, ...] = (
    CODESTRAL,
    QWEN_CODER,
    DEEPSEEK_CODER,
    STARCODER,
    CODEGEMMA,
    CODELLAMA,
    GRANITE_CODE,
    GRANITE_4,
)
"""Where several families share marks or a part of a name, the more usual (or the more exactly named) comes first."""


def named(name: str) -> Family | None:
    """The family of that name."""
    return next((family for family in FAMILIES if family.name == name), None)


def detect(info: ModelInfo) -> Family | None:
    """The family of a model, from what its server says of it: its template first, then its names, most telling first.

    A template shows the very tokens the model was trained with; a name may be anyone's, and only decides between
    families with the same tokens.
    """
    shown = [family for family in FAMILIES if info.template and all(mark in info.template for mark in family.marks)]
    for name in map(str.lower, info.names):
        for family in shown or FAMILIES:
            if any(part in name for part in family.names):
                return family
    return shown[0] if shown else None
