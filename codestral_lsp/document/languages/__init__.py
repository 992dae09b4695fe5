"""The languages, as data. To add one, add an entry; `tests/document/test_languages.py` checks what can be checked."""

from __future__ import annotations

from pathlib import PurePath

from codestral_lsp.document.language import Language
from codestral_lsp.document.languages.braces import BRACES
from codestral_lsp.document.languages.c_family import C_FAMILY
from codestral_lsp.document.languages.data import DATA
from codestral_lsp.document.languages.markup import MARKUP
from codestral_lsp.document.languages.python import PYTHON
from codestral_lsp.document.languages.script import SCRIPT
from codestral_lsp.document.languages.words import WORDS

LANGUAGES: tuple[Language, ...] = (*PYTHON, *SCRIPT, *C_FAMILY, *BRACES, *WORDS, *MARKUP, *DATA)

PLAIN = Language("plaintext", ("plaintext",), (".txt",), members=())
"""What a document is when nothing is known of its language."""

_BY_ID = {identifier: language for language in (*LANGUAGES, PLAIN) for identifier in language.ids}
_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}


def language_of(identifier: str, path: PurePath | str = "") -> Language:
    """The language of an LSP language id; if that is unknown, of the path's extension; else `PLAIN`."""
    found = _BY_ID.get(identifier.lower())
    return found if found is not None else _BY_EXTENSION.get(PurePath(path).suffix.lower(), PLAIN)
