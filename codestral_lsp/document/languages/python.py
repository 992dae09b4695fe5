"""Python."""

from __future__ import annotations

import builtins
import keyword

from codestral_lsp.document.language import Grammar, Header, Language, Quote, ScopeKind
from codestral_lsp.document.languages.parts import (
    DOUBLE,
    IN_BRACES,
    SINGLE,
    kinds,
)

_F_STRING = r"(?:(?<=[fF])|(?<=[fF][rR]))"
_PYTHON_HEADERS = (
    Header(ScopeKind.FUNCTION, r"(?:async\s+)?def\s+(?P<name>\w+)"),
    Header(ScopeKind.CLASS, r"class\s+(?P<name>\w+)"),
    Header(
        ScopeKind.BLOCK,
        r"(?:(?:async\s+)?(?:for|with)|if|elif|else|while|try|except|finally|match|case)\b.*:\s*(?:#.*)?$",
    ),
)


PYTHON: tuple[Language, ...] = (
    Language(
        "python",
        ("python",),
        (".py", ".pyi", ".pyw"),
        line_comments=("#",),
        quotes=(
            Quote(rf'{_F_STRING}"""', '"""', multiline=True, code=IN_BRACES),
            Quote('"""', '"""', multiline=True),
            Quote("'''", "'''", multiline=True),
            Quote(rf'{_F_STRING}"', '"', code=IN_BRACES),
            Quote(rf"{_F_STRING}'", "'", code=IN_BRACES),
            DOUBLE,
            SINGLE,
        ),
        docstrings=True,
        indented=True,
        headers=_PYTHON_HEADERS,
        opener=(
            r"^\s*(?:(?:async\s+)?(?:def|for|with)|class|if|elif|else|while|try|except|finally|match|case)\b.*:$"
            r"|^\s*[)\]}].*:$"
        ),
        builtins=frozenset(dir(builtins)) | frozenset(keyword.kwlist) | {"self", "cls"},
        grammar=Grammar(
            "tree_sitter_python",
            functions=kinds("function_definition"),
            classes=kinds("class_definition"),
            blocks=kinds(
                "if_statement elif_clause else_clause for_statement while_statement try_statement except_clause"
                " finally_clause with_statement match_statement case_clause"
            ),
            bodies=kinds("block"),
            comments=kinds("comment"),
            strings=kinds("string"),
            interpolations=kinds("interpolation"),
        ),
    ),
)
