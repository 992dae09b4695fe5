"""What entries of the table have in common: quotes, comments, and the shape of code in braces."""

from __future__ import annotations

from codestral_lsp.document.language import Header, Quote, ScopeKind

DOUBLE = Quote('"', '"')
SINGLE = Quote("'", "'")
TEMPLATE = Quote("`", "`", multiline=True, code=r"\$\{[^}]*$")
IN_BRACES = r"(?<!\{)(?:\{\{)*\{[^{}]*$"
"""Behind the opening brace of a value within a string."""
RAW = r"(?!)"
"""An escape that never matches."""

C_COMMENTS = (("/*", "*/"),)
C_BLOCK = Header(
    ScopeKind.BLOCK,
    r"(?:\}\s*)?(?:else|if|for|foreach|while|do|switch|try|catch|finally|using|lock|synchronized|with|match)\b[^;]*$",
)
C_OPENER = r"\{$|^\s*(?:case\b.*|default\s*):$"
C_LITERAL = r"(?:[=({\[,:?&|+]|\breturn|\byield|\bnew\b[^(){}]*)\s*$"

_NO_CALL = (
    r"(?!(?:else|if|for|foreach|while|do|switch|try|catch|return|new|throw|delete|case|using|lock|await|yield)\b)"
)
_C_NAME = r"(?P<name>~?\w[\w:~]*)\s*\("
C_FUNCTIONS = (
    Header(ScopeKind.FUNCTION, rf"{_NO_CALL}(?:[\w<>\[\],.:@?~]+[\s*&]+)+{_C_NAME}[^;]*(?:\)\s*[^;()=]*)?$"),
    Header(ScopeKind.FUNCTION, rf"{_NO_CALL}{_C_NAME}[^;]*\)[\s\w:]*\{{?$"),
)
"""A function that no keyword announces: a type, a name and parameters; or just these with the whole list of them,
for constructors, and for types on a line of their own."""


def kinds(names: str) -> frozenset[str]:
    """The names of nodes, which are written with blanks between."""
    return frozenset(names.split())
