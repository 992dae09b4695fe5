"""Writes docs/troubleshooting.md from the doctor's table of causes: `make docs`. A test keeps the two in step."""

from __future__ import annotations

import re
from itertools import groupby

from codestral_lsp.insight.doctor.causes import CAUSES, Cause

_COMMAND = re.compile(r"([Rr]un:) (.+?)(?=$| \(|, |;| on the folder)")
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

Each cause has a name, under which the doctor, the status and `--json` output tell of it.

## No ghost text, and nothing is wrong

`codestral-lsp why` gives these as the reason of a request:

* *completions are switched off for markdown*: `completion.languages` says so; for Markdown it does unless you set it
  to `true`.
* *the file is ignored*: by git, `.codestralignore` or `privacy.ignore`, or its name says that it holds secrets.
  `privacy.ignore = ["!NAME"]` in your own settings lets it in.
* *snoozed*: the command `codestral.snooze` asked for silence; with `0` it ends.
* *dismissed*: you sent the suggestion away; it stays away until the text changes.
* *inside a word*, *too much code behind the cursor*: a suggestion would only be in the way there.
* *several cursors*, *text was pasted*: nobody is typing one line.
* *inside a comment*: `completion.inComments` is `false`.
* *nothing to suggest*: the model had nothing, or was not sure enough of what it had.
* *superseded*, *cancelled*: you typed on before the answer came.

Asked for by hand (VS Code and Neovim: Alt+\\) more is shown, unsure answers too.
"""


def document() -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for group, causes in groupby(CAUSES.values(), key=lambda cause: cause.group):
        parts.append(f"\n## {group}\n")
        parts += [_entry(cause) for cause in causes]
    return "".join(parts)


def _entry(cause: Cause) -> str:
    first = cause.why.partition(" ")[0]
    why = f"{first.capitalize() if first.isalpha() and first.islower() else first}{cause.why.removeprefix(first)}."
    cure = _COMMAND.sub(r"\1 `\2`", cause.cure)
    return f"\n### {cause.symptom}\n\n{why}\n\n**Cure:** {cure} (`{cause.code}`)\n"


if __name__ == "__main__":
    print(document(), end="")  # noqa: T201
