"""The documentation: every page is in the site, every picture is there, and the drawing is true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import architecture

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))
_PICTURE = re.compile(r"!\[(?P<says>[^\]]*)\]\((?P<file>[^)]+)\)")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!https?:)(?P<file>[^)#]+)")


def listed(nav: Any) -> Iterator[str]:
    """The pages that a navigation names."""
    for entry in nav:
        for below in entry.values():
            yield from [below] if isinstance(below, str) else listed(below)


def test_the_navigation_names_pages_that_are_there_each_once() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    named = sorted(listed(nav))
    assert named == sorted(set(named) & set(PAGES))


@pytest.mark.parametrize("page", [*PAGES, "../README.md"])
def test_pictures_and_pages_that_are_named_are_there(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    for found in (*_PICTURE.finditer(text), *_LINK.finditer(text)):
        assert ((DOCS / page).parent / found["file"]).exists(), found["file"]
    for picture in _PICTURE.finditer(text):
        assert picture["says"], f"{picture['file']} has no words for those who cannot see it"


def test_the_drawing_is_of_the_code_as_it_is() -> None:
    graph = architecture.imports()
    assert set(graph) <= {room.name for room in architecture.ROOMS}, (
        "a new room: give it a place in tools/architecture.py"
    )
    drawn = (DOCS / "images" / "architecture.svg").read_text("utf-8")
    assert drawn == architecture.drawing(graph), "run: make docs"


def test_every_room_of_the_drawing_is_there() -> None:
    for room in architecture.ROOMS:
        path = architecture.PACKAGE / room.name
        assert path.is_dir() or path.with_suffix(".py").is_file(), room.name


def test_nothing_imports_from_a_room_beside_or_above_it() -> None:
    assert architecture.upward(architecture.imports()) == []


def test_an_arrow_that_others_imply_is_not_drawn() -> None:
    assert architecture.arrows({"a": {"b", "c"}, "b": {"c"}}) == [("a", "b"), ("b", "c")]
