"""Layouts against golden files: the exact text that goes to a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from codestral_lsp.backends.base import ModelInfo, Prompt
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


def built(drawn: str, family: Family | None, **changes: object) -> Prompt:
    document, cursor = at(drawn)
    window = WindowAnchor().window(document, cursor, WindowBudget(1000, 300), TokenCounter().line)
    return build(window, family, info(**changes), TokenCounter(), path="x.py", language="python")


def prompt_at(drawn: str, family: Family | None, **changes: object) -> str:
    return built(drawn, family, **changes).raw


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_layout(family: Family) -> None:
    assert prompt_at(SOURCE, family) == (GOLDEN / f"{family.name}.txt").read_text("utf-8").removesuffix("\n")


def test_codestral_without_a_suffix_still_has_both_tokens() -> None:
    assert prompt_at("x = █", CODESTRAL) == "[SUFFIX][PREFIX]x = "


def test_codestral_prompts_only_grow_at_their_end() -> None:
    before = prompt_at(SOURCE, CODESTRAL)
    after = prompt_at(SOURCE.replace("█", "math█"), CODESTRAL)
    assert after == before + "math"


def test_a_word_begun_is_left_to_the_model_where_that_does_better() -> None:
    half = SOURCE.replace("█", "math█")
    prompt = built(half, QWEN_CODER)
    assert (prompt.raw, prompt.start) == (prompt_at(SOURCE, QWEN_CODER), "math")
    assert prompt.plain is not None
    assert prompt.plain.raw == prompt.raw.replace("return ", "return math", 1)
    assert built(half, QWEN_CODER, holds_start=True).plain is None


@pytest.mark.parametrize(
    ("drawn", "family", "changes"),
    [
        ("x = tot█", CODESTRAL, {}),
        ("x = tot█", None, {"form": "suffix"}),
        ("x = tot█", QWEN_CODER, {"remote": True}),
        ("x = 12█", QWEN_CODER, {}),
        ("x = y.█", QWEN_CODER, {}),
        (f"x = {'o' * 41}█", QWEN_CODER, {}),
    ],
    ids=["not measured", "no layout", "another machine", "a number", "no word", "no word that anybody writes"],
)
def test_a_word_stays_in_the_prompt(drawn: str, family: Family | None, changes: dict[str, object]) -> None:
    prompt = built(drawn, family, **changes)
    assert (prompt.start, prompt.plain) == ("", None)
    assert prompt.prefix == drawn.removesuffix("█")


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


def test_the_documents_say_how_each_family_is_asked() -> None:
    page = (Path(__file__).parent.parent.parent / "docs/backends.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    told = {cells[0].strip("`"): cells[2:] for cells in rows if len(cells) == 6}
    assert told == {
        family.name: [
            "suffix" if family.suffix_first else "prefix",
            f"{family.suffix_share:.0%}",
            f"{family.temperature:g}",
            "written anew" if family.heals_words else "kept",
        ]
        for family in FAMILIES
    }


def test_families_are_named_uniquely() -> None:
    assert [named(family.name) for family in FAMILIES] == list(FAMILIES)
    assert named("nonsense") is None
