"""The table of languages holds together: nothing in it is misspelt, ambiguous or slow."""

import re
import time

import pytest

from codestral_lsp.document.language import Language
from codestral_lsp.document.languages import LANGUAGES, PLAIN, language_of
from codestral_lsp.document.parsing import load
from codestral_lsp.document.scan import Scan
from codestral_lsp.document.text import Text
from tests.document.marked import BY_NAME, parsed
from tests.document.snippets import SNIPPETS

PARSED = [language for language in LANGUAGES if language.grammar is not None]
FAMILIES = {"javascript": ["typescript", "tsx"], "c": ["cpp"]}
"""Languages that share the node types of a larger one."""


def name_of(language: Language) -> str:
    return language.name


@pytest.mark.parametrize(
    ("identifier", "path", "name"),
    [
        ("python", "", "python"),
        ("javascriptreact", "x.jsx", "javascript"),
        ("typescriptreact", "", "tsx"),
        ("shellscript", "", "bash"),
        ("sh", "", "bash"),
        ("csharp", "", "csharp"),
        ("", "src/Main.JAVA", "java"),
        ("plaintext-ish", "/a/b.c.rs", "rust"),
        ("Python", "", "python"),
        ("python", "x.rb", "python"),
        ("nonsense", "file:///a/b.go", "go"),
        ("nonsense", "README", "plaintext"),
        ("", "", "plaintext"),
    ],
)
def test_a_language_is_found_by_its_id_or_else_by_extension(identifier: str, path: str, name: str) -> None:
    assert language_of(identifier, path).name == name


def test_these_languages_are_parsed() -> None:
    assert {language.name for language in PARSED} == set(SNIPPETS)


def test_no_id_or_extension_belongs_to_two_languages() -> None:
    every = (*LANGUAGES, PLAIN)
    for everything in (
        [item for language in every for item in language.ids],
        [item for language in every for item in language.extensions],
    ):
        assert len(everything) == len(set(everything))
        assert everything == [item.lower() for item in everything]
    assert all(item.startswith(".") for language in LANGUAGES for item in language.extensions)


@pytest.mark.parametrize("language", PARSED, ids=name_of)
def test_every_node_type_exists_in_its_grammar(language: Language) -> None:
    kinds = set[str | None]()
    for name in (language.name, *FAMILIES.get(language.name, ())):
        grammar = BY_NAME[name].grammar
        assert grammar is not None
        loaded = load(grammar)
        kinds |= {loaded.node_kind_for_id(number) for number in range(loaded.node_kind_count)}
    grammar = language.grammar
    assert grammar is not None
    named = (
        grammar.functions | grammar.classes | grammar.blocks | grammar.bodies | grammar.comments | grammar.strings
    ) | (grammar.interpolations | grammar.namespaces)
    assert named <= kinds


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippets_parse(name: str) -> None:
    assert parsed(name, Text.of(SNIPPETS[name])).error_count() == 0


@pytest.mark.parametrize("language", LANGUAGES, ids=name_of)
def test_line_comments_and_block_comments_are_recognised_by_their_own_markers(language: Language) -> None:
    for marker in language.line_comments:
        scan = Scan(language, Text.of(f"{marker} x"), 0, 1)
        assert scan.around(len(marker) + 1) is not None
    for opening, closing in language.block_comments:
        scan = Scan(language, Text.of(f"{opening} x {closing} y"), 0, 9)
        assert scan.around(len(opening) + 1) is not None
        assert scan.around(len(opening) + len(closing) + 4) is None


GARBAGE = [
    "a",
    "/",
    "ab ",
    "a, ",
    "(",
    '"',
    "a * ",
    "<a> ",
    "a = ",
    "if ",
    "\\",
    '"\\',
    "{",
    "a.",
    " ",
    "pub ",
    "async ",
]


@pytest.mark.parametrize("language", LANGUAGES, ids=name_of)
def test_no_pattern_takes_forever_on_garbage(language: Language) -> None:
    """Each of them must stay far from exponential; a second for a thousand tries is a hundred times the usual."""
    patterns = [header.pattern for header in language.headers]
    patterns += [language.opener, language.closer, language.literal_brace]
    started = time.process_time()
    for pattern in map(re.compile, patterns):
        for piece in GARBAGE:
            for end in ("", " {", ")", "=", ";", "do", "{x"):
                line = piece * (200 // len(piece)) + end
                pattern.match(line)
                pattern.search(line)
    assert time.process_time() - started < 5
