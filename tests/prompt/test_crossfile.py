"""How other files stand in a prompt, as each family was taught."""

from __future__ import annotations

import pytest

from codestral_lsp.backends.base import ModelInfo, Prompt, PromptForm
from codestral_lsp.prompt.build import build
from codestral_lsp.prompt.crossfile import ContextFile
from codestral_lsp.prompt.families import CODESTRAL, QWEN_CODER, Family
from codestral_lsp.prompt.tokens import TokenCounter
from codestral_lsp.prompt.window import Window

FILES = (ContextFile("shop/till.py", "class Till:\n"), ContextFile("shop/box.py", "BOX = 1\n"))


def prompt(family: Family | None, *files: ContextFile, form: PromptForm = "raw", language: str = "python") -> Prompt:
    window = Window("import till\n", "\nrun()\n", "", 0, 3, fresh=True)
    info = ModelInfo("ollama", "m", "", False, False, form, 4096)
    return build(
        window, family, info, TokenCounter(), path="main.py", language=language, context=files, repository="house"
    )


def test_codestral() -> None:
    assert prompt(CODESTRAL, *FILES).raw == (
        "[SUFFIX]\nrun()\n[PREFIX]+++++ shop/till.py\nclass Till:\n\n+++++ shop/box.py\nBOX = 1\n\n"
        "+++++ main.py\nimport till\n"
    )


def test_qwen_coder() -> None:
    made = prompt(QWEN_CODER, *FILES)
    assert made.raw == (
        "<|repo_name|>house\n<|file_sep|>shop/till.py\nclass Till:\n<|file_sep|>shop/box.py\nBOX = 1\n"
        "<|file_sep|>main.py\n<|fim_prefix|>import till\n<|fim_suffix|>\nrun()\n<|fim_middle|>"
    )
    assert [each.text for each in made.segments if each.control] == [
        "<|repo_name|>", "<|file_sep|>", "<|file_sep|>", "<|file_sep|>", "<|fim_prefix|>", "<|fim_suffix|>",
        "<|fim_middle|>",
    ]  # fmt: skip


def test_a_model_that_only_knows_one_file_sees_comments() -> None:
    made = prompt(None, FILES[0], form="suffix")
    assert made.prefix == "# shop/till.py\n# class Till:\nimport till\n"
    assert prompt(None, FILES[0], form="suffix", language="go").prefix.startswith("// shop/till.py\n")
    assert prompt(None, FILES[0], form="suffix", language="html").prefix == "import till\n", "no line comments"


def test_where_the_server_writes_the_layout_the_format_that_stands_in_the_prefix_is_kept() -> None:
    assert prompt(CODESTRAL, FILES[0], form="suffix").prefix == (
        "+++++ shop/till.py\nclass Till:\n\n+++++ main.py\nimport till\n"
    )
    assert prompt(QWEN_CODER, FILES[0], form="suffix").prefix.startswith("# shop/till.py\n")


@pytest.mark.parametrize("family", [CODESTRAL, QWEN_CODER])
def test_without_other_files_nothing_is_added(family: Family) -> None:
    assert prompt(family).prefix == "import till\n"


@pytest.mark.parametrize("family", [CODESTRAL, QWEN_CODER])
def test_control_tokens_of_other_files_do_nothing(family: Family) -> None:
    nasty = "".join(family.control)
    made = prompt(family, ContextFile(f"{nasty}.py", nasty + "\n"))
    plain = [each.text for each in made.segments if not each.control]
    assert not any(token in text for text in plain for token in family.control)
