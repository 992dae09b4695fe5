"""The guards: for each promise the line that keeps it, what would stand there without it, and the tests that notice.

A promise without a guard here is not proven: its test might pass whatever the code does.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """One line of the product that keeps a promise."""

    promise: str
    file: str
    """Below `codestral_lsp/`."""
    text: str
    """The guard, exactly as it stands there, once."""
    without: str
    """What takes its place when it is removed."""
    tests: str
    """What must fail then, as pytest's arguments."""


FAULTS = "tests/backends/test_every_fault.py"
LOCAL = "tests/privacy/test_local_only.py"
DUTIES = "tests/server/test_duties.py"
HOSTILE = "tests/server/test_hostile_project.py"
CACHE = "tests/completion/test_cache.py"

GUARDS = (
    # ---- protocol
    Guard(
        "a superseded request is answered at once",
        "completion/service.py",
        '            session.pending.drop("superseded")\n        now',
        "            pass\n        now",
        f"{DUTIES} -k superseded",
    ),
    Guard(
        "a request for a closed document is answered",
        "completion/service.py",
        "                session.close()\n            return",
        "                pass\n            return",
        f"{DUTIES} -k closed",
    ),
    Guard(
        "an answer of another text is never shown",
        "completion/generation.py",
        "return self._follows_edits and bool(change.edits) and all(map(self._follow, change.edits))",
        "return True",
        "tests/completion/test_generation.py tests/completion/test_service.py",
    ),
    Guard(
        "after shutdown nothing is done",
        "server/protocol.py",
        "if self._shutdown and method != types.EXIT:",
        "if False:",
        f"{DUTIES} -k goodbye",
    ),
    Guard(
        "what is no JSON gets an error",
        "server/protocol.py",
        'self._refuse(None, ErrorCodes.ParseError, "The message is not JSON.")',
        "pass",
        f"{DUTIES} -k everything_else",
    ),
    Guard(
        "wrong parameters get an error",
        "server/protocol.py",
        'self._refuse(msg_id, ErrorCodes.InvalidParams, f"{method}: {error.message}")',
        "pass",
        f"{DUTIES} -k parameters",
    ),
    Guard(
        "headers count in any letter case",
        "server/framing.py",
        r"\r?(?:\n|\Z)" + '", re.IGNORECASE)',
        r"\r?(?:\n|\Z)" + '")',
        "tests/server/test_framing.py",
    ),
    Guard(
        "a length beyond reason swallows nothing",
        "server/framing.py",
        "if not lengths or int(lengths[-1]) > self._max_body_bytes:",
        "if not lengths:",
        "tests/server/test_framing.py",
    ),
    Guard(
        "the process ends with its parent",
        "server/serve.py",
        "        elif was_seen:\n            end(1)\n            return",
        "",
        "tests/server/test_goodbye.py -k parent",
    ),
    Guard(
        "the process ends with its pipe",
        "server/stdio.py",
        "_on_data(data)\n\n    def connection_lost(self, _: Exception | None) -> None:\n        self._on_end()",
        "_on_data(data)\n\n    def connection_lost(self, _: Exception | None) -> None:\n        return",
        "tests/server/test_goodbye.py -k closed",
    ),
    # ---- documents
    Guard(
        "positions are counted in the client's units",
        "document/position.py",
        'return len(head.encode("utf-16-le", "surrogatepass")) // 2',
        "return len(head)",
        "tests/document/test_text.py",
    ),
    Guard(
        "an edited tree is a fresh tree",
        "document/parsing.py",
        "            start + sum(map(size, old.lines[hunk.first : hunk.old_stop])),",
        "            start + sum(map(size, old.lines[hunk.first : hunk.old_stop])) + 1,",
        "tests/document/test_parsing.py",
    ),
    Guard(
        "half a surrogate pair is no reason to fail",
        "document/parsing.py",
        "    except UnicodeEncodeError:\n",
        "    except ZeroDivisionError:\n",
        "tests/document",
    ),
    # ---- native code
    Guard(
        "a file that a parser dies of is left out",
        "context/indexer.py",
        "        if str(path) in self._deadly:\n            return FileTags((), ())\n",
        "",
        "tests/context/test_index.py -k dies",
    ),
    # ---- backend faults
    Guard(
        "an engine that failed is left alone",
        "completion/asking.py",
        "if engine is None or not engine.circuit.allows(asyncio.get_running_loop().time()):",
        "if engine is None:",
        FAULTS,
    ),
    Guard(
        "the next good answer closes the circuit",
        "completion/circuit.py",
        "        self.error, self._failures = None, 0\n",
        "",
        FAULTS,
    ),
    Guard(
        "a server that never stops is stopped",
        "backends/ollama.py",
        "if told > limit + SLACK:",
        "if False:",
        "tests/backends/test_faults.py -k never_stops",
    ),
    Guard(
        "of a strange reply no more is read than a message needs",
        "backends/http.py",
        "most = _MAX_REPLY if expected else _MAX_ERROR",
        "most = _MAX_ERROR",
        "tests/backends/test_http.py tests/backends/test_llamacpp.py tests/backends/test_ollama.py",
    ),
    Guard(
        "errors quote neither code nor key",
        "backends/replies.py",
        'said = _concealed(said.replace(key, "…") if key else said, private)',
        "said = str(said)",
        "tests/backends/test_faults.py -k errors_show",
    ),
    # ---- secrets
    Guard(
        "secrets do not leave",
        "privacy/outgoing.py",
        "        if not self._must_redact(info):\n            return prompt, Counter()",
        "        if True:\n            return prompt, Counter()",
        "tests/privacy/test_outgoing.py",
    ),
    Guard(
        "secrets do not leave in questions either",
        "privacy/outgoing.py",
        "        if self._must_redact(info):\n            contents",
        "        if False:\n            contents",
        "tests/privacy/test_outgoing.py",
    ),
    Guard(
        "no log line holds a secret",
        "log.py",
        "        handler.addFilter(without_secrets)",
        "        pass",
        "tests/privacy/test_log.py",
    ),
    Guard(
        "a restored secret is not kept",
        "completion/cache/disk.py",
        " or self._is_secret(answer.text)",
        "",
        "tests/server/test_secrets_stay.py -k placeholder",
    ),
    Guard(
        "no index holds a secret",
        "indexing/files.py",
        "else _without_secrets(text)",
        "else content",
        "tests/server/test_secrets_stay.py -k goes",
    ),
    Guard(
        "a key does not show itself",
        "backends/keys.py",
        'return "Secret(…)"',
        "return self._value",
        "tests/backends/test_keys.py",
    ),
    Guard(
        "ignored files are not completed",
        "completion/service.py",
        'return "" if document.path is None or self.ignore.allows(document.path) else "the file is ignored"',
        'return ""',
        HOSTILE,
    ),
    Guard(
        "a link to an ignored file is ignored",
        "privacy/ignore.py",
        "if answer and os.path.islink(name)",
        "if False and os.path.islink(name)",
        f"{HOSTILE} -k link",
    ),
    Guard(
        "links out of the workspace are not indexed",
        "indexing/files.py",
        "entry.is_dir(follow_symlinks=False)",
        "entry.is_dir()",
        "tests/backends/workspace/test_index.py tests/context/test_index.py",
    ),
    # ---- trust
    Guard(
        "a project's settings wait for trust",
        "server/app.py",
        "trusted = [file for file in files if self.trust.trusts(file)]",
        "trusted = files",
        HOSTILE,
    ),
    Guard(
        "trust is for one content",
        "privacy/trust.py",
        "== _digest(project_file)",
        "is not None",
        "tests/privacy/test_trust.py",
    ),
    Guard(
        "nothing in the folder is run as the keyring",
        "backends/keys.py",
        '(sys.executable, "-P", "-m"',
        '(sys.executable, "-m"',
        f"{HOSTILE} -k keyring",
    ),
    # ---- local means local
    Guard(
        "no name server is asked",
        "backends/http.py",
        "may_ask=not local_only",
        "may_ask=True",
        LOCAL,
    ),
    Guard(
        "no backend reaches another machine",
        "backends/http.py",
        "if self._local_only and await self.remote():",
        "if False:",
        LOCAL,
    ),
    Guard(
        "a local name that moves away is not followed",
        "backends/transport.py",
        "if not all(is_loopback(address) for address in found):",
        "if False:",
        "tests/backends/test_http.py -k moves_away",
    ),
    Guard(
        "Ollama's cloud is refused",
        "backends/ollama.py",
        "if in_cloud or _named_cloud(model):",
        "if False:",
        LOCAL,
    ),
    # ---- cache and state
    Guard(
        "a corrupt file is set aside",
        "database.py",
        "                    self._set_aside()\n                    set_aside = True",
        "                    self._give_up(str(error))",
        CACHE,
    ),
    Guard(
        "another version's file is begun anew",
        "database.py",
        'if connection.execute("PRAGMA user_version").fetchone()[0] != self._version:\n                self._create',
        'if connection.execute("PRAGMA user_version").fetchone()[0] == 0:\n                self._create',
        f"{CACHE} tests/state -k version",
    ),
    Guard(
        "only the user reads what is kept",
        "database.py",
        "os.O_RDWR | os.O_CREAT, 0o600))\n            os.chmod(self.path, 0o600)",
        "os.O_RDWR | os.O_CREAT, 0o644))",
        f"{CACHE} -k only_the_user",
    ),
    Guard(
        "a disk that is full or refuses costs only what would be kept",
        "database.py",
        "            except OSError as error:\n                self._give_up(error.strerror or str(error))",
        "",
        f"{CACHE} tests/state -k 'unusable or cannot_be_written'",
    ),
)
