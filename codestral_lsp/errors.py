"""Every error a user can meet, each with its cause and its cure.

One hierarchy, so that a caller can catch as much as it means to: `CodestralError` for anything that should
become a message, `BackendError` for anything that should make the pipeline fall back.
"""

from __future__ import annotations

from typing import ClassVar


class CodestralError(Exception):
    """Something went wrong that the user can understand and cure.

    `cause` says what happened and why, in one sentence; `cure` says what to do, in one sentence or one command.
    Neither may hold a secret or the user's code: both are shown, logged and traced.
    """

    code: ClassVar[str] = "error"
    """Stable name of the cause, for `--json` output, traces and tests."""

    def __init__(self, cause: str, *, cure: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure

    @property
    def message(self) -> str:
        """Cause and cure as one line."""
        return f"{self.cause} {self.cure}".strip()


class Cancelled(CodestralError):
    """The user has stopped it."""

    code = "cancelled"


class SettingsError(CodestralError):
    """A setting has an unknown name, a wrong type or an impossible value."""

    code = "settings"

    def __init__(self, path: str, source: str, problem: str, *, cure: str = "") -> None:
        """`path` names the setting; empty if all of `source` is meant."""
        where = f"Setting {path} ({source})" if path else f"Settings in {source}"
        super().__init__(f"{where}: {problem}.", cure=cure)
        self.path = path
        self.source = source


class KeySourceError(CodestralError):
    """The API key could not be had from where the settings say it is (command, environment, keyring)."""

    code = "key-source"


class CacheError(CodestralError):
    """The completion cache on disk cannot be used; completions go on without it."""

    code = "cache"


class IndexingError(CodestralError):
    """The workspace index cannot be built or read; completions go on without it."""

    code = "index"


class UsageError(CodestralError):
    """A command line that cannot be carried out (no such file, no such line, bad arguments)."""

    code = "usage"


class NoTarget(CodestralError):
    """There is no such code where an action was asked for."""

    code = "no-target"


class NoChat(CodestralError):
    """There is no model that could be asked a question."""

    code = "no-chat"


class UselessAnswer(CodestralError):
    """The model answered, and nothing of it can be used."""

    code = "useless-answer"


class StaleEdit(CodestralError):
    """The text has moved on and an edit made for an older version no longer fits it."""

    code = "stale-edit"


class EditDeclined(StaleEdit):
    """The user has seen what an edit would do and thrown it away; there is nothing to tell them of it."""


class PromptFileError(CodestralError):
    """A prompt file of the user's own cannot be used; the built-in one is used in its place."""

    code = "prompt-file"


class BackendError(CodestralError):
    """A backend could not answer.

    `transient` errors may pass by themselves, so the circuit breaker tries again after `retry_after_s` seconds (its
    own back-off when that is None); the others last until settings, the model or the server change.
    """

    code = "backend"
    transient: ClassVar[bool] = True

    def __init__(self, backend: str, cause: str, *, cure: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(cause, cure=cure)
        self.backend = backend
        self.retry_after_s = retry_after_s


class NotInstalled(BackendError):
    """The program behind the backend is not on this machine."""

    code = "not-installed"


class LocalOnly(BackendError):
    """`privacy.localOnly` is set and this backend would send prompts off the machine."""

    code = "local-only"
    transient = False


class Unreachable(BackendError):
    """No connection: refused, unknown host, TLS failure, proxy failure."""

    code = "unreachable"


class UnknownHost(Unreachable):
    """The server's name has no address."""

    code = "unknown-host"


class ProxyRefused(Unreachable):
    """The proxy that the environment names refuses the connection, or cannot be used."""

    code = "proxy"


class TlsFailed(Unreachable):
    """The server's certificate is not trusted, or what is said there is not TLS."""

    code = "tls"


class NotRunning(Unreachable):
    """Nothing listens at the backend's address."""

    code = "not-running"


class Stalled(BackendError):
    """Connected, but no byte within the time allowed."""

    code = "stalled"


class DownloadStalled(Stalled):
    """A model's download brings nothing any more."""

    code = "download-stalled"


class Disconnected(BackendError):
    """The connection broke in the middle of a reply."""

    code = "disconnected"


class BadReply(BackendError):
    """The reply is not what the API promises: wrong content type, garbage, half a message."""

    code = "bad-reply"


class ModelLoading(BackendError):
    """The server is up and still loading the model."""

    code = "model-loading"


class ServerBusy(BackendError):
    """The server's queue is full."""

    code = "server-busy"


class ServerFault(BackendError):
    """The server failed (5xx) and may recover."""

    code = "server-fault"


class OutOfMemory(BackendError):
    """The model does not fit into this machine's memory."""

    code = "out-of-memory"
    transient = False


class RateLimited(BackendError):
    """Too many requests (429); `retry_after_s` says for how long to stay away."""

    code = "rate-limited"


class ModelMissing(BackendError):
    """The server does not have the model."""

    code = "model-missing"
    transient = False


class NoFim(BackendError):
    """The model cannot fill in the middle."""

    code = "no-fim"
    transient = False


class Unauthorized(BackendError):
    """The key is missing, wrong, or belongs to another host."""

    code = "unauthorized"
    transient = False


class BudgetSpent(BackendError):
    """This month's requests have cost what they may cost (`mistral.monthlyBudget`)."""

    code = "budget"
    transient = False


class NotPermitted(BackendError):
    """The key is good but the plan or the payment does not allow this (402, 403)."""

    code = "not-permitted"
    transient = False


class PromptTooLong(BackendError):
    """The prompt does not fit into the model's context."""

    code = "prompt-too-long"


class RequestRefused(BackendError):
    """The server refused the request as malformed (400, 404, 422): ours or the settings' fault."""

    code = "request-refused"
    transient = False
