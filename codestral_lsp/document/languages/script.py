"""JavaScript and TypeScript."""

from __future__ import annotations

from codestral_lsp.document.language import Grammar, Header, Language, ScopeKind
from codestral_lsp.document.languages.parts import (
    C_BLOCK,
    C_COMMENTS,
    C_LITERAL,
    C_OPENER,
    DOUBLE,
    SINGLE,
    TEMPLATE,
    kinds,
)

_SCRIPT_HEADERS = (
    Header(
        ScopeKind.CLASS,
        r"(?:export\s+|default\s+|declare\s+|abstract\s+|const\s+)*(?:class|interface|enum)\b\s*(?P<name>[\w$]+)?",
    ),
    Header(ScopeKind.NAMESPACE, r"(?:export\s+|declare\s+)*(?:namespace|module)\s+(?P<name>[\w$.]+)\s*\{"),
    Header(
        ScopeKind.FUNCTION,
        r"(?:export\s+|default\s+|declare\s+|async\s+)*function\b\s*\*?\s*(?P<name>[\w$]+)?",
    ),
    Header(
        ScopeKind.FUNCTION,
        r"(?:export\s+|default\s+)*(?:(?:const|let|var|public|private|protected|static|readonly)\s+)*"
        r"(?P<name>[\w$.#]+)\s*[:=][^;]*(?:=>\s*\{?|\bfunction\b[^;]*\{)\s*$",
    ),
    C_BLOCK,
    Header(ScopeKind.FUNCTION, r".*(?:\bfunction\b[\s*]*\([^()]*\)|=>)\s*\{$"),
    Header(
        ScopeKind.FUNCTION,
        r"(?!(?:return|await|new|throw|case)\b)(?:(?:public|private|protected|static|override|async|get|set)\s+)*"
        r"\*?(?P<name>[\w$#]+)\s*(?:<[^>]*>)?\([^;]*\)[^;)]*\{$",
    ),
)


def _script_grammar(module: str, entry: str) -> Grammar:
    return Grammar(
        module,
        entry=entry,
        functions=kinds(
            "arrow_function function_declaration function_expression generator_function"
            " generator_function_declaration method_definition"
        ),
        classes=kinds("class class_declaration abstract_class_declaration interface_declaration enum_declaration"),
        blocks=kinds(
            "if_statement else_clause for_statement for_in_statement while_statement do_statement switch_statement"
            " try_statement catch_clause finally_clause with_statement class_static_block labeled_statement"
        ),
        bodies=kinds("statement_block class_body switch_body interface_body enum_body object_type class_static_block"),
        namespaces=kinds("internal_module module"),
        comments=kinds("comment html_comment hash_bang_line"),
        strings=kinds("string template_string regex"),
        interpolations=kinds("template_substitution"),
    )


def _script(name: str, ids: tuple[str, ...], extensions: tuple[str, ...], module: str, entry: str) -> Language:
    return Language(
        name,
        ids,
        extensions,
        line_comments=("//",),
        block_comments=C_COMMENTS,
        quotes=(DOUBLE, SINGLE, TEMPLATE),
        headers=_SCRIPT_HEADERS,
        opener=C_OPENER,
        closer=r"\}",
        literal_brace=C_LITERAL,
        members=("?.", "."),
        word=r"[\w$]",
        builtins=kinds("undefined arguments console window document globalThis module exports process require self"),
        grammar=_script_grammar(module, entry),
    )


SCRIPT: tuple[Language, ...] = (
    _script(
        "javascript",
        ("javascript", "javascriptreact"),
        (".js", ".mjs", ".cjs", ".jsx"),
        "tree_sitter_javascript",
        "language",
    ),
    _script("typescript", ("typescript",), (".ts", ".mts", ".cts"), "tree_sitter_typescript", "language_typescript"),
    _script("tsx", ("typescriptreact",), (".tsx",), "tree_sitter_typescript", "language_tsx"),
)
