"""Writes docs/troubleshooting.md from the doctor's table of causes: `make docs`. A test keeps the two in step."""

from __future__ import annotations

from itertools import groupby

from codestral_lsp.insight.doctor.causes import CAUSES

INTRODUCTION = """\
# Troubleshooting, by symptom

<!-- Generated from codestral_lsp/insight/doctor/causes.py by `make docs`. Edit there. -->

First ask the program itself:

* `codestral-lsp doctor` looks at settings, engines, keys, model, memory, speed, folders and editors, and names what is
  wrong with the command that cures it ([the doctor](doctor.md));
* `codestral-lsp why` (or the command `codestral.why`; VS Code: "Codestral: Why No Suggestion?", Neovim:
  `:Codestral why`) shows the last requests, each with the reason why nothing was shown or what it cost;
* the command `codestral.status` tells the engine, why it was chosen, what is wrong with it and what to do;
* `codestral-lsp complete FILE:LINE:COL` makes one suggestion without any editor.

The last column is the name under which the doctor, the status and `--json` output tell of the cause.
"""


def document() -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for group, causes in groupby(CAUSES.values(), key=lambda cause: cause.group):
        parts.append(f"\n## {group}\n\n| Symptom | Why | Cure | Name |\n| --- | --- | --- | --- |\n")
        parts += [f"| {cause.symptom} | {cause.why} | {cause.cure} | `{cause.code}` |\n" for cause in causes]
    return "".join(parts)


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
