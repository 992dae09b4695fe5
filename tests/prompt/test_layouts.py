"""Layouts against golden files: the exact text that goes to a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.backends.base import ModelInfo
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.families import (
    CODEGEMMA,
    CODELLAMA,
    CODESTRAL,
    DEEPSEEK_CODER,
    FAMILIES,
    GRANITE_4,
    GRANITE_CODE,
    QWEN_CODER,
    STARCODER,
    Family,
    Hole,
    detect,
    named,
)
from codestral_lsp.prompt.tokens import TokenCounter
from codestral_lsp.prompt.window import WindowAnchor, WindowBudget
from tests.notation import at

GOLDEN = Path(__file__).parent.parent / "golden" / "prompts"
SOURCE = """import math


def area(radius):
    return █


def volume(radius):
    return 4 / 3 * math.pi * radius**3
"""


def info(**changes: object) -> ModelInfo:
    values: dict[str, object] = {
        "backend": "ollama",
        "model": "m",
        "host": "127.0.0.1:11434",
        "remote": False,
        "metered": False,
        "form": "raw",
        "context_tokens": 4096,
    }
    return ModelInfo(**{**values, **changes})  # type: ignore[arg-type]


def prompt_at(drawn: str, family: Family | None, **changes: object) -> str:
    document, cursor = at(drawn)
    window = WindowAnchor().window(document, cursor, WindowBudget(1000, 300), TokenCounter().line)
    return build(window, family, info(**changes), TokenCounter(), path="x.py", language="python").raw


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_layout(family: Family) -> None:
    assert prompt_at(SOURCE, family) == (GOLDEN / f"{family.name}.txt").read_text("utf-8").removesuffix("\n")


def test_codestral_without_a_suffix_still_has_both_tokens() -> None:
    assert prompt_at("x = █", CODESTRAL) == "[SUFFIX][PREFIX]x = "


def test_codestral_prompts_only_grow_at_their_end() -> None:
    before = prompt_at(SOURCE, CODESTRAL)
    after = prompt_at(SOURCE.replace("█", "math█"), CODESTRAL)
    assert after == before + "math"


def test_an_api_with_a_suffix_field_gets_no_control_tokens() -> None:
    document, cursor = at(SOURCE)
    window = WindowAnchor().window(document, cursor, WindowBudget(1000, 300), TokenCounter().line)
    prompt = build(window, None, info(form="suffix"), TokenCounter(), path="x.py", language="python")
    assert prompt.segments == ()
    assert prompt.prefix.endswith("return ")
    assert prompt.suffix.startswith("\n\n\ndef volume")
    assert prompt.tokens > 20


def test_line_ends_become_lf_in_prompts() -> None:
    assert prompt_at("a = 1\r\nb = █\r\nc = 3\r\n", CODESTRAL) == "[SUFFIX]\nc = 3\n[PREFIX]a = 1\nb = "


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_control_tokens_in_the_users_text_are_neutralised(family: Family) -> None:
    layout = "".join(part for part in family.layout if not isinstance(part, Hole))
    text = prompt_at(f"a = '{''.join(family.control)}'\nb = █\nc = '{''.join(family.control)}'\n", family)
    for token in family.control:
        assert text.count(token) == layout.count(token)


@pytest.mark.parametrize(
    ("known", "family"),
    [
        ({"names": ("llama", "Codestral-22B-v0.1", "codestral:latest")}, CODESTRAL),
        ({"names": ("my-own-name:7b",), "template": "[SUFFIX]{{ .Suffix }}[PREFIX] {{ .Prompt }}"}, CODESTRAL),
        ({"names": ("qwen2", "Qwen2.5-Coder-7B")}, QWEN_CODER),
        (
            {"names": ("x",), "template": "<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>"},
            QWEN_CODER,
        ),
        # The template shows what the model was trained on; the name may be anything.
        ({"names": ("codestral-killer",), "template": "<|fim_prefix|><|fim_suffix|><|fim_middle|>"}, QWEN_CODER),
        ({"names": ("llama3.2",), "template": "{{ .Prompt }}"}, None),
        ({"names": ("gemma", "codegemma:2b"), "template": "<|fim_prefix|><|fim_suffix|><|fim_middle|>"}, CODEGEMMA),
        ({"names": ("llama", "DeepSeek-Coder-6.7B-base")}, DEEPSEEK_CODER),
        (
            {"names": ("x",), "template": "<｜fim▁begin｜>{{ .Prompt }}<｜fim▁hole｜>{{ .Suffix }}<｜fim▁end｜>"},
            DEEPSEEK_CODER,
        ),
        ({"names": ("starcoder2:3b",)}, STARCODER),
        ({"names": ("llama", "granite-3b-code-base")}, GRANITE_CODE),
        ({"names": ("granitehybrid", "granite-4.0-h-tiny")}, GRANITE_4),
        ({"names": ("llama", "CodeLlama-7b-code")}, CODELLAMA),
    ],
)
def test_the_family_is_found_from_the_models_own_metadata(known: dict[str, object], family: Family | None) -> None:
    assert detect(info(**known)) is family


def test_families_are_named_uniquely() -> None:
    assert [named(family.name) for family in FAMILIES] == list(FAMILIES)
    assert named("nonsense") is None
