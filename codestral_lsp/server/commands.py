"""workspace/executeCommand: what users and editor integrations can ask for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from codestral_lsp.backends.base import BackendName
from codestral_lsp.errors import CodestralError, UsageError
from codestral_lsp.privacy.ledger import last
from codestral_lsp.privacy.trust import PROJECT_FILE
from codestral_lsp.server import reckoning
from codestral_lsp.server.app import App
from codestral_lsp.server.status import with_money

_DAYS = 30.0
"""What statistics are of, unless told."""


def register(app: App) -> None:
    """Offer the commands. Their answers are plain JSON values."""
    command = app.server.command

    @command("codestral.didAccept")
    async def did_accept(number: int) -> None:
        """The suggestion of that number was accepted."""
        app.completion.accepted(number)

    @command("codestral.toggle")
    async def toggle() -> bool:
        """Switch completions on or off for this session; answers whether they are on now."""
        app.sources.override("enabled", not app.settings.enabled)
        await app.reload()
        return app.settings.enabled

    @command("codestral.snooze")
    async def snooze(*minutes: float) -> None:
        """Stay silent for some minutes (5 unless told); 0 ends it."""
        app.completion.snooze(max(0.0, minutes[0] if minutes else 5.0) * 60)

    @command("codestral.status")
    async def status(*uri: str) -> dict[str, Any]:
        """What is going on: the fields of codestral/didChangeStatus, whether the workspace is indexed, and for an open
        document why nothing is suggested there (empty if nothing speaks against it); what the month has cost."""
        document = app.documents.get(uri[0]) if uri else None
        here = {} if document is None else {"here": app.completion.silence(document)}
        await app.door.month_cost()
        status, month = with_money(app, app.engines.status), app.door.month.as_json()
        return {**asdict(status), "indexed": app.embedded.indexed, "month": month, **here}

    @command("codestral.why")
    async def why(*last: int) -> list[dict[str, Any]]:
        """The last requests (20 unless told), oldest first: what was decided, what it cost, what was shown."""
        count = max(1, last[0] if last else 20)
        return [{**trace.as_json(), "line": trace.line()} for trace in list(app.traces)[-count:]]

    @command("codestral.doctor")
    async def doctor() -> dict[str, Any]:
        """Examine everything; the report has the schema of `codestral-lsp doctor --json`, and its text at `text`."""
        from codestral_lsp.server.doctor import examine_here

        return await examine_here(app)

    @command("codestral.models")
    async def models() -> dict[str, Any]:
        """The models that Ollama has, and those that it can get, each with size, licence and whether it fits here."""
        from codestral_lsp.server.models import models_here

        return await models_here(app)

    @command("codestral.pull")
    async def pull(*name: str) -> None:
        """Get a model (ollama.model unless told) through Ollama, with work-done progress that can be cancelled."""
        from codestral_lsp.server.pull import pull_here

        await pull_here(app, name[0] if name else app.settings.ollama.model)

    @command("codestral.stats")
    async def stats(*days: float) -> dict[str, Any]:
        """What was shown and taken in the last days (30 unless told); the fields of `codestral-lsp stats --json`, and
        its text at `text`."""
        return await reckoning.reckon(app, days[0] if days else _DAYS)

    @command("codestral.statsPage")
    async def stats_page(*days: float) -> str:
        """The same as a page with plots: written to a file, which the editor is asked to open; answers its URI."""
        return await reckoning.show_page(app, days[0] if days else _DAYS)

    @command("codestral.sent")
    async def sent(*count: int) -> list[dict[str, Any]]:
        """The last things that were sent to a model (20 unless told), oldest first: where to, of which files; each as
        one line for a person at `line`."""
        entries = await app.ledger.database.ask(last, max(1, count[0] if count else 20))
        return [{**entry.as_json(), "line": entry.line()} for entry in entries or ()]

    @command("codestral.selectEngine")
    async def select_engine(name: str) -> None:
        """Use another engine for this session."""
        if name != "auto" and name not in get_args(BackendName):
            raise UsageError(f"There is no engine {name}.", cure=f"Use auto, {', '.join(get_args(BackendName))}.")
        app.sources.override("backend", name)
        await app.reload()

    @command("codestral.restart")
    async def restart() -> None:
        """Forget what is known of the engines and choose anew."""
        app.engines.choose(app.settings)

    @command("codestral.clearCache")
    async def clear_cache() -> int:
        """Forget all cached answers; tells how many there were."""
        return await app.completion.cache.clear() + await app.answers.clear()

    @command("codestral.trustWorkspace")
    async def trust_workspace() -> list[str]:
        """Let this workspace's own .codestral.toml have a say; answers the files that are trusted now."""
        files = [file for root in app.roots if (file := root / PROJECT_FILE).is_file()]
        try:
            for file in files:
                app.trust.trust(file)
        except OSError as error:
            raise CodestralError(
                f"The trust cannot be kept: {error.strerror}.", cure="Check the permissions of your state folder."
            ) from None
        await app.reload()
        return [str(file) for file in files]
