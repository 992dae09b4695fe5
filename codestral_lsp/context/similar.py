"""Code like the code at the cursor: files that use the same rare words, and in them the lines that use most of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from codestral_lsp.context.place import LONGEST, Place, Snippet, SourceName
from codestral_lsp.context.resolve import together
from codestral_lsp.context.store import FEW
from codestral_lsp.context.words import code, words
from codestral_lsp.context.workspace import Workspace

_LINES_ABOVE, _LINES_BELOW = 12, 4
"""Lines around the cursor that are compared."""
_MOST_WORDS = 24
_MOST_FILES = 8
_SPAN = 10
"""Lines of a piece that are compared."""
_AFTER = 4
"""Lines shown behind them: what came next there may come next here."""
_LEAST = 0.15
"""Share of the words' worth that a piece must have."""
_WORTH, _MOST_WORTH = 2.0, 1.6
"""What a piece with all the words is worth, and the most that any is: what is nearly the same brings nothing new."""
_FADES = 0.75
"""What each further piece is worth, compared with the one before it."""
_MOST_LINES = 3000


def similar(place: Place, workspace: Workspace) -> Iterator[Snippet]:
    """The best piece of each of the files that have most in common with the lines around the cursor."""
    wanted = _rare_words(place, workspace)
    total = sum(worth for worth, _ in wanted.values())
    if not total:
        return
    scores: dict[str, float] = {}
    for worth, users in wanted.values():
        for path in users:
            scores[path] = scores.get(path, 0.0) + worth
    for path in place.open:
        scores.setdefault(path, 0.0)
    scores.pop(place.path, None)
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_FILES]
    value = {word: worth for word, (worth, _) in wanted.items()}
    pieces = []
    for path, _ in ranked:
        pieces.append((path, *_best(workspace.lines(path)[:_MOST_LINES], value)))
        if workspace.late:
            break
    pieces.sort(key=lambda piece: -piece[2])
    for number, (path, start, worth) in enumerate(pieces):
        if worth / total >= _LEAST:
            lines = workspace.lines(path)
            end = min(len(lines), start + _SPAN + _AFTER)
            score = min(_MOST_WORTH, _WORTH * worth / total) * _FADES**number
            yield Snippet(SourceName.SIMILAR, path, start, end, _dedented(lines[start:end]), score)


def _rare_words(place: Place, workspace: Workspace) -> dict[str, tuple[float, list[str]]]:
    """The words around the cursor that few files use: what each is worth, and those files."""
    first = max(0, place.line - _LINES_ABOVE)
    around = [*place.lines[first : place.line], place.head + "\n"]
    around += place.lines[place.line + 1 : place.line + 1 + _LINES_BELOW]
    text = "".join(line for line in around if len(line) <= LONGEST)
    found: dict[str, tuple[float, list[str]]] = {}
    nearest = sorted(words(text), key=lambda word: -place.near.get(word, 0.0))
    languages = together(place.language)
    for word in nearest[:_MOST_WORDS]:
        users = workspace.reader.using(code(word), languages)
        if 0 < len(users) <= FEW and users != [place.path]:
            rarity = log(1 + FEW / len(users))
            found[word] = rarity * (0.5 + min(1.0, place.near.get(word, 0.0))), users
    return found


def _best(lines: list[str], value: dict[str, float]) -> tuple[int, float]:
    """Where the piece begins that has most of the words, and what those are worth."""
    per_line = [{word for word in value if word in line} if len(line) <= LONGEST else set() for line in lines]
    best, most = 0, 0.0
    for start in range(0, max(1, len(lines) - _SPAN // 2), _SPAN // 2):
        if any(per_line[start : start + _SPAN]):
            shared = set().union(*per_line[start : start + _SPAN])
            worth = sum(value[word] for word in shared)
            if worth > most:
                best, most = start, worth
    return best, most


def _dedented(lines: list[str]) -> str:
    """The lines without the indentation that all of them have; without blank lines at the ends."""
    text = [line.rstrip() for line in lines]
    while text and not text[0]:
        text.pop(0)
    while text and not text[-1]:
        text.pop()
    width = min((len(line) - len(line.lstrip()) for line in text if line), default=0)
    return "".join(line[width:] + "\n" for line in text)
