"""Languages whose blocks end with a word, or where the indentation says."""

from __future__ import annotations

from codestral_lsp.document.language import Grammar, Header, Language, Quote, ScopeKind
from codestral_lsp.document.languages.parts import (
    C_COMMENTS,
    DOUBLE,
    RAW,
    SINGLE,
    kinds,
)

_SHELL_HEADERS = (
    Header(ScopeKind.FUNCTION, r"(?:function\s+)?(?P<name>[\w:.-]+)\s*\(\s*\)|function\s+(?P<other>[\w:.-]+)"),
    Header(ScopeKind.BLOCK, r"(?:if|elif|else|for|while|until|case|select|\()(?:\s|$)"),
)
_END_BLOCK = r"(?:if|unless|while|until|case|when|in|for|begin|else|elsif|ensure|rescue)\b"


WORDS: tuple[Language, ...] = (
    Language(
        "ruby",
        ("ruby",),
        (".rb", ".rake", ".gemspec", ".ru"),
        line_comments=("#",),
        block_comments=(("\n=begin", "\n=end"),),
        quotes=(
            Quote('"', '"', multiline=True, code=r"#\{[^}]*$"),
            Quote("'", "'", multiline=True),
            Quote("`", "`", multiline=True, code=r"#\{[^}]*$"),
        ),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:private\s+|protected\s+|public\s+)?def\s+(?:self\.)?(?P<name>[\w?!=]+)"),
            Header(ScopeKind.CLASS, r"class\s+(?:<<\s*)?(?P<name>[\w:]+)"),
            Header(ScopeKind.NAMESPACE, r"module\s+(?P<name>[\w:]+)"),
            Header(ScopeKind.BLOCK, rf"{_END_BLOCK}|.*(?:\bdo|\{{)\s*(?:\|[^|]*\|)?$|.*=\s*(?:if|case|begin)\b"),
        ),
        opener=(
            rf"^\s*(?:(?:private\s+|protected\s+|public\s+)?def|class|module|{_END_BLOCK})(?:\b(?!.*\bend$)|.*$)"
            r"|(?:\bdo|\{)\s*(?:\|[^|]*\|)?$"
        ),
        closer=r"(?:end|else|elsif|when|rescue|ensure)\b|\}",
        literal_brace=r"[=(\[,:>]\s*$|\breturn\s*$",
        members=("&.", "::", "."),
        grammar=Grammar(
            "tree_sitter_ruby",
            functions=kinds("method singleton_method lambda"),
            classes=kinds("class singleton_class"),
            blocks=kinds(
                "if unless while until for case case_match when in_clause begin rescue ensure else elsif do_block block"
            ),
            bodies=kinds("block do_block"),
            namespaces=kinds("module"),
            comments=kinds("comment"),
            strings=kinds(
                "string chained_string heredoc_body subshell regex string_array symbol_array delimited_symbol character"
            ),
            interpolations=kinds("interpolation"),
        ),
    ),
    Language(
        "bash",
        ("shellscript", "bash", "sh", "zsh"),
        (".sh", ".bash", ".zsh", ".bashrc", ".bats"),
        line_comments=("#",),
        quotes=(
            Quote('"', '"', multiline=True, code=r"\$\{[^}]*$|\$\([^)]*$"),
            Quote("'", "'", escape=RAW, multiline=True),
        ),
        headers=_SHELL_HEADERS,
        opener=r"(?:^|[\s;])(?:then|do|else|in|\{|\()$|^\s*[^()\s]+(?:\s*\|\s*[^()\s]+)*\)$",
        closer=r"(?:fi|done|esac|else|elif)\b|;;|\}|\)",
        members=(),
        grammar=Grammar(
            "tree_sitter_bash",
            functions=kinds("function_definition"),
            classes=frozenset(),
            blocks=kinds(
                "if_statement elif_clause else_clause for_statement c_style_for_statement while_statement"
                " case_statement case_item subshell"
            ),
            bodies=kinds("compound_statement subshell"),
            comments=kinds("comment"),
            strings=kinds("string raw_string ansi_c_string translated_string heredoc_body"),
            interpolations=kinds(
                "command_substitution expansion simple_expansion arithmetic_expansion process_substitution"
            ),
        ),
    ),
    Language(
        "lua",
        ("lua",),
        (".lua",),
        line_comments=("--",),
        block_comments=(("--[[", "]]"),),
        quotes=(Quote(r"\[\[", r"\]\]", escape=RAW, multiline=True), DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:local\s+)?function\s+(?P<name>[\w.:]+)"),
            Header(ScopeKind.FUNCTION, r"(?:local\s+)?(?P<name>[\w.]+)\s*=\s*function\b"),
            Header(ScopeKind.BLOCK, r"(?:if|elseif|else|for|while|repeat|do)\b"),
        ),
        opener=r"\b(?:then|do|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$",
        closer=r"(?:end|else|elseif|until)\b",
        literal_brace=r"",
        members=(".", ":"),
        grammar=Grammar(
            "tree_sitter_lua",
            functions=kinds("function_declaration function_definition"),
            classes=frozenset(),
            blocks=kinds(
                "if_statement elseif_statement else_statement for_statement while_statement repeat_statement"
                " do_statement"
            ),
            bodies=kinds("block"),
            comments=kinds("comment"),
            strings=kinds("string"),
        ),
    ),
    Language(
        "haskell",
        ("haskell",),
        (".hs",),
        line_comments=("--",),
        block_comments=(("{-", "-}"),),
        quotes=(DOUBLE,),
        indented=True,
    ),
    Language(
        "elixir",
        ("elixir",),
        (".ex", ".exs"),
        line_comments=("#",),
        quotes=(Quote('"""', '"""', multiline=True), DOUBLE, SINGLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:def|defp|defmacro|defmacrop)\s+(?P<name>[\w?!]+)"),
            Header(ScopeKind.NAMESPACE, r"defmodule\s+(?P<name>[\w.]+)"),
            Header(ScopeKind.BLOCK, r".*(?:\bdo|->)$|else\b|rescue\b|after\b"),
        ),
        opener=r"(?:\bdo|->|\belse)$",
        closer=r"(?:end|else|rescue|after|catch)\b",
    ),
    Language(
        "julia",
        ("julia",),
        (".jl",),
        line_comments=("#",),
        block_comments=(("#=", "=#"),),
        quotes=(Quote('"""', '"""', multiline=True), DOUBLE),
        headers=(
            Header(ScopeKind.FUNCTION, r"(?:function|macro)\s+(?P<name>[\w.!]+)"),
            Header(ScopeKind.CLASS, r"(?:mutable\s+)?struct\s+(?P<name>\w+)"),
            Header(ScopeKind.NAMESPACE, r"module\s+(?P<name>\w+)"),
            Header(ScopeKind.BLOCK, r"(?:if|elseif|else|for|while|begin|let|try|catch|finally)\b|.*\bdo\b"),
        ),
        opener=r"^\s*(?:function|macro|(?:mutable\s+)?struct|module|if|elseif|else|for|while|begin|let|try)\b(?!.*\bend$)",
        closer=r"(?:end|else|elseif|catch|finally)\b",
    ),
    Language("sql", ("sql",), (".sql",), line_comments=("--",), block_comments=C_COMMENTS, quotes=(SINGLE,)),
)
