"""What there is to know of a language: the types of the table in `languages`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ScopeKind(StrEnum):
    """What encloses a place."""

    FUNCTION = "function"
    CLASS = "class"
    """A class, or whatever else has members: struct, interface, trait, enum, implementation."""
    NAMESPACE = "namespace"
    BLOCK = "block"
    """The body of a control statement, or of a call that takes one."""


class Header(NamedTuple):
    """How the first line of a scope looks, where there is no tree: a regular expression from the line's first
    character that is not blank on, with the scope's name in the group `name` if it has one."""

    kind: ScopeKind
    pattern: str


class Quote(NamedTuple):
    """How a string literal is written: regular expressions of its two ends and of an escape inside it.

    The opening starts with a quotation mark or a bracket; what may stand before that, it can look back at.
    """

    opening: str
    closing: str
    escape: str = r"\\(?:\r\n|[\s\S])"
    multiline: bool = False
    code: str = r"(?!)"
    """Matches code inside the string that is not over where the text ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """Where the tree-sitter grammar is, and which of its node types mean what."""

    module: str
    functions: frozenset[str]
    classes: frozenset[str]
    blocks: frozenset[str]
    bodies: frozenset[str]
    """Nodes whose braces hold statements or members, and not the fields of a literal."""
    comments: frozenset[str]
    strings: frozenset[str]
    interpolations: frozenset[str] = frozenset()
    """Code inside a string."""
    namespaces: frozenset[str] = frozenset()
    entry: str = "language"
    """The module's function that gives the grammar."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language. Text rules work from the other fields where `grammar` is None or the tree is in pieces."""

    name: str
    ids: tuple[str, ...]
    """LSP language ids, the most usual one first."""
    extensions: tuple[str, ...] = ()
    """With their dot, in lower case."""
    line_comments: tuple[str, ...] = ()
    """Markers of comments that end with the line, the most usual one first."""
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: tuple[Quote, ...] = ()
    docstrings: bool = False
    """Whether a multi-line string that is a statement of its own is documentation."""
    indented: bool = False
    """Whether indentation alone makes blocks."""
    headers: tuple[Header, ...] = ()
    opener: str = r"(?!)"
    """Matches the end of a line that a block's body must follow."""
    closer: str = r"(?!)"
    """Matches what follows a block's body."""
    literal_brace: str = r""
    """Matches the end of what stands before a brace that opens a literal."""
    brackets: tuple[tuple[str, str], ...] = (("(", ")"), ("[", "]"), ("{", "}"))
    members: tuple[str, ...] = (".",)
    """What stands between a value and the name of its member."""
    word: str = r"\w"
    """Matches one character of an identifier."""
    builtins: frozenset[str] = frozenset()
    """Words that need no value from the code: the language's own. Only those that begin in lower case matter."""
    grammar: Grammar | None = None

    @property
    def line_comment(self) -> str:
        """The usual marker of a comment that ends with the line; empty if there is none."""
        return self.line_comments[0] if self.line_comments else ""
