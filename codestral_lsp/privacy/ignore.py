"""Which files are the user's business alone: neither completed nor used as context, nor indexed.

Weakest first, the last word counts: `.gitignore` files as git reads them, `.codestralignore` files in the same
syntax, the built-in list of files that hold secrets, the user's own patterns from the settings. So no file of a
project can bring a secret back into play; only the user can (`!.env.shared`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from time import monotonic

RULE_FILES = (".gitignore", ".codestralignore")
"""Files that hold rules, weakest first."""

SECRET_FILES = (
    ".env",
    ".env.*",
    "*.env",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.ppk",
    "*.jks",
    "*.keystore",
    "*.kdb",
    "*.kdbx",
    "*.agekey",
    "*.gpg",
    "*.ovpn",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "credentials",
    "credentials.json",
    "credentials.toml",
    "credentials.y*ml",
    ".credentials*",
    "client_secret*.json",
    "service-account*.json",
    "service_account*.json",
    "secrets.json",
    "secrets.toml",
    "secrets.y*ml",
    ".secrets",
    ".git-credentials",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".yarnrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".s3cfg",
    ".boto",
    ".dockercfg",
    ".dockerconfigjson",
    ".terraformrc",
    "terraform.rc",
    "*.tfstate",
    "*.tfstate.*",
    "*.tfvars",
    "*.tfvars.json",
    ".vault-token",
    ".vault_pass*",
    "rclone.conf",
    "kubeconfig",
    "*.kubeconfig",
    "local.settings.json",
    ".*_history",
)
"""Names of files that hold secrets wherever they lie; letter case does not matter."""

SECRET_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store"})
"""Folders all of whose files are taken for secrets."""

TEMPLATES = ("*.example", "*.sample", "*.template", "*.dist", "*.schema", "*.pub")
"""What files without the secret are called beside those with it: `.env.example`, `id_rsa.pub`."""

_RECHECK_S = 2.0
"""How long the rule files of a folder are believed to be as they were."""
_REMEMBERED = 20_000
"""Answers kept."""


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns))


_SECRET = _any_of(SECRET_FILES)
_TEMPLATE = _any_of(TEMPLATES)


@dataclass(frozen=True, slots=True)
class _Rules:
    """One rule file's patterns, the last and so strongest first: what each looks for, and whether it ignores it."""

    patterns: tuple[tuple[re.Pattern[str], bool], ...]
    cut: int = 0
    """How many characters of an absolute path stand before the part that the patterns speak of."""

    def verdict(self, path: str) -> bool | None:
        """Whether they ignore a path (with a slash at its end: a folder); None if they say nothing of it.

        Unlike pathspec's own matching this leaves alone what only lies in a folder that a pattern names: whoever
        asks has asked about that folder already, and the pattern may have been overruled there.
        """
        path = path[self.cut :]
        for regex, ignores in self.patterns:
            # Those for any path or any folder are not bound to the start: they look for one character.
            match = regex.search(path, 0 if regex.pattern.startswith("^") else len(path) - 1)
            if match is not None and match.end() == len(path):
                return ignores
        return None


@dataclass(slots=True)
class _Folder:
    """What holds for the files of one folder."""

    top: int
    """How many characters of an absolute path stand before its part below the top folder."""
    rules: dict[str, tuple[_Rules, ...]]
    """By the name of the rule file: those from here up to the top, the nearest and so strongest first."""
    ignored: bool
    """Whether the folder itself is ignored; nothing in it can be brought back then."""
    stamp: tuple[int, ...]
    """When this folder's own rule files were last modified (ns), 0 where there is none."""
    seen_s: float


class IgnoreRules:
    """Says of any path whether it may be completed or used as context. Asked again, it answers in microseconds.

    A folder's rules reach from the top of its git repository (outside of one: of the file system) down to it. Rule
    files are looked at again every few seconds, and at once after `refresh`.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        self.patterns: tuple[str, ...] = ()
        """The user's own patterns, as in `.gitignore`; they hold in every workspace."""
        self._own = _Rules(())
        self._folders: dict[str, _Folder] = {}
        self._answers: dict[str, bool] = {}
        self.configure(patterns)

    def configure(self, patterns: Sequence[str]) -> None:
        """Take other patterns of the user's. One that makes no sense is left out."""
        self.patterns = tuple(patterns)
        self._own = _rules(patterns, 0)
        self.refresh()

    def refresh(self) -> None:
        """Read all rule files again: one of them has changed."""
        self._folders.clear()
        self._answers.clear()

    def allows(self, path: Path) -> bool:
        """Whether the file at an absolute `path`, which need not exist, may be completed or used as context."""
        name = str(path)
        folder = self._folder(os.path.dirname(name))
        answer = self._answers.get(name)
        if answer is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = not (folder.ignored or self._ignores(folder, name, is_folder=False))
            if answer and os.path.islink(name) and (real := os.path.realpath(name)) != name:
                answer = self.allows(Path(real))  # another name of a file does not make it another file
            self._answers[name] = answer
        return answer

    def enters(self, path: Path) -> bool:
        """Whether the folder at an absolute `path` can hold files that are allowed."""
        return not self._folder(str(path)).ignored

    def _folder(self, path: str) -> _Folder:
        now_s = monotonic()
        known = self._folders.get(path)
        if known is not None and now_s - known.seen_s < _RECHECK_S:
            return known
        parent_path = os.path.dirname(path)
        is_top = parent_path == path or os.path.exists(os.path.join(path, ".git"))
        parent = None if is_top else self._folder(parent_path)
        stamp = tuple(_modified_ns(os.path.join(path, name)) for name in RULE_FILES)
        known = self._folders.get(path)  # gone if the rules of a folder above were found changed
        if known is not None:
            if known.stamp == stamp:
                known.seen_s = now_s
                return known
            self.refresh()
            return self._folder(path)
        below = len(path.rstrip(os.sep)) + 1
        folder = _Folder(parent.top if parent else below, {}, False, stamp, now_s)
        folder.ignored = parent is not None and (parent.ignored or self._ignores(parent, path, is_folder=True))
        if not folder.ignored and os.path.islink(path) and (real := os.path.realpath(path)) != path:
            folder.ignored = self._folder(real).ignored
        if not folder.ignored:
            for name, modified_ns in zip(RULE_FILES, stamp, strict=True):
                above = parent.rules.get(name, ()) if parent else ()
                own = (_read(os.path.join(path, name), below),) if modified_ns else ()
                folder.rules[name] = own + above
        self._folders[path] = folder
        return folder

    def _ignores(self, folder: _Folder, path: str, *, is_folder: bool) -> bool:
        """Whether the rules of `folder` ignore `path`, a file or folder in it; the strongest word counts."""
        slashed = path.replace(os.sep, "/") + ("/" if is_folder else "")
        verdict = self._own.verdict(slashed[folder.top :])
        if verdict is None and _is_secret(os.path.basename(path), is_folder=is_folder):
            return True
        for name in reversed(RULE_FILES):
            for rules in folder.rules[name]:
                if verdict is not None:
                    return verdict
                verdict = rules.verdict(slashed)
        return bool(verdict)


def _is_secret(name: str, *, is_folder: bool) -> bool:
    name = name.lower()
    if is_folder:
        return name in SECRET_FOLDERS
    return _SECRET.match(name) is not None and _TEMPLATE.match(name) is None


def _modified_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _read(path: str, cut: int) -> _Rules:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return _rules(file.read().splitlines(), cut)
    except OSError:
        return _Rules(())


def _rules(lines: Sequence[str], cut: int) -> _Rules:
    patterns = [pattern for line in lines for pattern in _patterns(line)]
    return _Rules(tuple(reversed(patterns)), cut)


def _patterns(line: str) -> list[tuple[re.Pattern[str], bool]]:
    """A line's pattern; none if it is a comment, blank or nonsense (git takes no notice of nonsense either)."""
    from pathspec import GitIgnoreSpec  # slow to import, and not wanted where there are no rules

    # To git `a/**` is what lies in `a`, to pathspec also `a` itself.
    line = re.sub(r"/\*\*(/?)$", r"/**/*\1", line.rstrip())
    try:
        spec = GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return []
    return [(each.regex, each.include) for each in spec.patterns if each.regex is not None and each.include is not None]
