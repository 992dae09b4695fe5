"""Mistral's API: whether there is a key, which host takes it, whether the model is there, and the limits seen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial

from codestral_lsp.backends.choices import listed
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.keys import Key, KeyPlaces
from codestral_lsp.backends.replies import Reply, Server, rate_limits, refusal
from codestral_lsp.errors import BackendError, KeySourceError
from codestral_lsp.insight.doctor.finding import Finding, Level, failed, fine, trouble
from codestral_lsp.insight.doctor.subject import Subject


async def check(subject: Subject, level: Level, problem: BackendError | None) -> AsyncIterator[Finding]:
    """Look at the key and at the hosts; `problem` is what opening the engine met.

    `level` is how bad it is if it cannot be used. A key is shown to Mistral's own hosts and to the one in the
    settings, and to nobody else.
    """
    settings = subject.settings.mistral
    places = KeyPlaces("mistral", settings.api_key_env, settings.api_key_command, keyring=True)
    try:
        key = await subject.keys.find(places)
    except KeySourceError as error:
        yield failed("mistral.key", level, error)
        return
    if key is None:
        message = f"There is no key in {settings.api_key_env}, nor one from a command, the keyring or the editor."
        # Who leaves the choice to us and gave no key does not ask for this engine.
        yield trouble("mistral.key", Level.NOTE if subject.settings.backend == "auto" else level, "no-key", message)
        return
    yield fine("mistral.key", f"There is a key from {key.source}.", source=key.source)
    replies, obstacle = await _ask(subject, key)
    takes = [host for host, reply in replies.items() if reply.status not in (401, 403, 429) and reply.status < 500]
    if found := _host(subject, level, key, replies, takes) if replies else None:
        yield found
    for host, reply in replies.items():
        if reply.status == 429:
            yield failed("mistral.limits", level, refusal(Server("mistral", host, "mistral.url"), reply))
        elif limits := rate_limits(reply.headers):
            yield told_limits(_name(host), limits)
        if host in takes and (models := [str(entry["id"]) for entry in listed(reply.json())]):
            yield fine("mistral.models", f"{_name(host)} lists {len(models)} models.", models=models)
    trouble_left = obstacle or (problem if takes or not replies else None)
    if trouble_left is not None and not (found and found.level is not Level.OK):
        yield failed("mistral.server", level, trouble_left)


def told_limits(host: str, limits: Mapping[str, str]) -> Finding:
    """The rate limits that a host has told, with its list of models or with an answer."""
    told = ", ".join(f"{name} {value}" for name, value in limits.items())
    return fine("mistral.limits", f"{host} tells its limits: {told}.", limits=dict(limits))


async def _ask(subject: Subject, key: Key) -> tuple[dict[str, Reply], BackendError | None]:
    """What each host says to the key, and the first thing that kept us from asking."""
    settings, hosts = subject.settings.mistral, list(subject.mistral_hosts)
    urls = [settings.url] if settings.url and settings.url not in hosts else hosts
    replies: dict[str, Reply] = {}
    problem: BackendError | None = None
    for url in urls:
        server = Server("mistral", url, "mistral.url")
        local_only = subject.settings.privacy.local_only
        http = Http(server, local_only=local_only, refuse=partial(refusal, server))
        try:
            replies[url] = await http.reply("GET", "/v1/models", key=key.secret)
        except BackendError as error:
            problem = problem or error
        finally:
            await http.aclose()
    return replies, problem


def _host(subject: Subject, level: Level, key: Key, replies: Mapping[str, Reply], takes: list[str]) -> Finding | None:
    chosen = subject.settings.mistral.url
    source = subject.loaded.sources.get("mistral.url", "the defaults")
    if chosen and chosen not in takes and takes:
        message = f"The key from {key.source} is one of {_name(takes[0])}; mistral.url ({source}) is {chosen}."
        cure = f"Unset mistral.url, or set it to {takes[0]}."
        return trouble("mistral.host", level, "wrong-host", message, cure=cure, takes=takes)
    if takes:
        return fine("mistral.host", f"{_name(takes[0])} takes the key.", takes=takes)
    if all(reply.status == 401 for reply in replies.values()):
        hosts = " nor ".join(_name(host) for host in replies)
        message = f"Neither {hosts} takes the key from {key.source}: it has expired, was revoked or is mistyped."
        if len(replies) == 1:
            message = message.replace("Neither ", "").replace(" takes", " does not take", 1)
        return trouble("mistral.host", level, "unauthorized", message)
    return None


def _name(url: str) -> str:
    return Server("mistral", url, "mistral.url").host
