"""Languages of tags, and prose."""

from __future__ import annotations

from codestral_lsp.document.language import Grammar, Language
from codestral_lsp.document.languages.parts import (
    DOUBLE,
    SINGLE,
    TEMPLATE,
    kinds,
)


def _markup_grammar(module: str, blocks: str = "") -> Grammar:
    return Grammar(
        module,
        functions=frozenset(),
        classes=frozenset(),
        blocks=kinds(f"element script_element style_element {blocks}"),
        bodies=frozenset(),
        comments=kinds("comment"),
        strings=kinds("quoted_attribute_value"),
    )


MARKUP: tuple[Language, ...] = (
    Language(
        "html",
        ("html", "vue"),
        (".html", ".htm", ".vue"),
        block_comments=(("<!--", "-->"),),
        members=(),
        word=r"[\w-]",
        grammar=_markup_grammar("tree_sitter_html"),
    ),
    Language(
        "svelte",
        ("svelte",),
        (".svelte",),
        block_comments=(("<!--", "-->"),),
        quotes=(DOUBLE, SINGLE, TEMPLATE),
        opener=r"\{$",
        closer=r"\}|</|\{/",
        members=("?.", "."),
        word=r"[\w$]",
        grammar=_markup_grammar("tree_sitter_svelte", "if_statement each_statement await_statement key_statement"),
    ),
    Language(
        "xml",
        ("xml",),
        (".xml", ".svg"),
        block_comments=(("<!--", "-->"),),
        members=(),
        word=r"[\w:-]",
        grammar=Grammar(
            "tree_sitter_xml",
            entry="language_xml",
            functions=frozenset(),
            classes=frozenset(),
            blocks=kinds("element"),
            bodies=frozenset(),
            comments=kinds("Comment"),
            strings=kinds("AttValue"),
        ),
    ),
    Language("markdown", ("markdown",), (".md", ".markdown"), block_comments=(("<!--", "-->"),), members=()),
)
