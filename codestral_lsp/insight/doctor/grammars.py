"""The grammars of tree-sitter, and the embedded engine, which is there when nothing else is."""

from __future__ import annotations

from codestral_lsp.backends.workspace.engine import Query, WorkspaceEngine
from codestral_lsp.document.document import Document
from codestral_lsp.document.languages import LANGUAGES
from codestral_lsp.document.parsing import load
from codestral_lsp.document.position import Position
from codestral_lsp.document.text import Text
from codestral_lsp.insight.doctor.finding import Finding, Level, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject
from codestral_lsp.privacy.ignore import IgnoreRules

EMBEDDED = "engine.workspace"


def check_grammars() -> Finding:
    """Load every grammar."""
    loaded, broken = [], {}
    for language in LANGUAGES:
        if language.grammar is None:
            continue
        try:
            load(language.grammar)
            loaded.append(language.name)
        except Exception as error:
            broken[language.name] = type(error).__name__
    if broken:
        message = f"The grammars of {', '.join(broken)} cannot be loaded."
        return trouble("grammars", Level.WARNING, "grammar", message, broken=broken, loaded=loaded)
    return fine("grammars", f"{len(loaded)} grammars of tree-sitter are there.", loaded=loaded)


async def check_embedded(subject: Subject) -> Finding:
    """Ask the embedded engine something, in a document of our own."""
    text = Text.of("first = compute(1)\nsecond = compute(2)\nthird = comp")
    document = Document("untitled:doctor", "python", 1, text)
    engine = WorkspaceEngine(
        subject.paths.cache / "index", subject.settings.workspace_index, IgnoreRules(subject.settings.privacy.ignore)
    )
    try:
        engine.predict(Query(document, Position(2, len(text.line(2)))))
    except Exception as error:
        message = f"The embedded engine fails: {type(error).__name__}."
        return trouble(EMBEDDED, Level.FAILURE, "error", message)
    finally:
        await engine.aclose()
    return fine(EMBEDDED, "The embedded engine answers.")
