"""The settings: which are not the defaults and where they come from, and which were refused."""

from __future__ import annotations

from collections.abc import Iterator

from codestral_lsp.config.load import leaves
from codestral_lsp.config.settings import Settings
from codestral_lsp.insight.doctor.finding import Finding, Level, failed, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the settings."""
    for problem in subject.loaded.problems:
        yield failed("settings.refused", Level.WARNING, problem, path=problem.path, source=problem.source)
    for file, trusted in subject.project_files:
        if not trusted:
            yield trouble("settings.project", Level.NOTE, "untrusted", f"{file} is not applied.", file=str(file))
    if not subject.settings.enabled:
        source = subject.loaded.sources.get("enabled", "?")
        yield trouble("settings.enabled", Level.FAILURE, "disabled", f"Completions are switched off ({source}).")
    sources = subject.loaded.sources
    values = {path: {"value": value(subject.settings, path), "source": source} for path, source in sources.items()}
    file = subject.paths.config_file
    where = f"your file is {file}" if file.is_file() else f"there is no file {file}"
    yield fine(
        "settings.sources", f"{len(values)} of {len(list(leaves()))} settings are yours; {where}.", values=values
    )


def value(settings: Settings, path: str) -> object:
    """The value of a setting by its dotted camelCase path."""
    node: object = settings
    for name in path.split("."):
        node = getattr(node, "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name))
    return list(node) if isinstance(node, tuple) else node
