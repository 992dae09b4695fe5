"""Ollama's store of models: what it has, what it runs and where, and getting more. No prompts go this way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from codestral_lsp.backends.choices import count
from codestral_lsp.backends.framing import Lines
from codestral_lsp.backends.http import Http
from codestral_lsp.backends.replies import Reply, Server, quoted, refusal
from codestral_lsp.errors import BackendError, DownloadStalled, ModelMissing, Stalled

_STALLED_S = 60.0
"""A download that brings nothing for this long has stalled; Ollama itself reports several times a second."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model that Ollama has."""

    name: str
    bytes: int
    """Size of its files."""
    quantisation: str


@dataclass(frozen=True, slots=True)
class RunningModel:
    """A model that Ollama has loaded."""

    name: str
    bytes: int
    """Memory that it takes, context included."""
    gpu_bytes: int
    """How much of that is the graphics card's."""
    context_tokens: int | None
    """None: an Ollama before 0.10 does not say."""

    @property
    def processor(self) -> str:
        """Where it runs, as `ollama ps` says it."""
        if self.gpu_bytes <= 0:
            return "CPU"
        if self.gpu_bytes >= self.bytes:
            return "GPU"
        on_gpu = round(100 * self.gpu_bytes / self.bytes)
        return f"{100 - on_gpu} % CPU, {on_gpu} % GPU"


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Where a download is. A layer's sizes are 0 while Ollama does something else."""

    status: str
    layer: str = ""
    total_bytes: int = 0
    done_bytes: int = 0


class OllamaStore:
    """Asks one Ollama of its models. All methods raise BackendError."""

    def __init__(self, url: str, *, local_only: bool) -> None:
        self.server = Server("ollama", url, "ollama.url")
        self._http = Http(self.server, local_only=local_only, refuse=self._refusal)

    async def version(self) -> str:
        """The server's version; raises BadReply if what answers is no Ollama."""
        told = await self._http.json("GET", "/api/version", within_s=2.0)
        version = told.get("version")
        if not isinstance(version, str):
            raise self._http.bad_reply("answers, but not as Ollama does")
        return version

    async def models(self) -> tuple[StoredModel, ...]:
        """All models that it has, the newest first."""
        told = await self._http.json("GET", "/api/tags")
        return tuple(
            StoredModel(str(entry["name"]), count(entry.get("size")) or 0, _quantisation(entry))
            for entry in _entries(told)
        )

    async def running(self) -> tuple[RunningModel, ...]:
        """The models that are loaded now."""
        told = await self._http.json("GET", "/api/ps")
        return tuple(
            RunningModel(
                str(entry["name"]),
                count(entry.get("size")) or 0,
                count(entry.get("size_vram")) or 0,
                count(entry.get("context_length")),
            )
            for entry in _entries(told)
        )

    async def show(self, model: str) -> Mapping[str, Any]:
        """What it tells of a model; raises ModelMissing if it does not have it."""
        return await self._http.json("POST", "/api/show", {"model": model}, within_s=20.0)

    async def pull(self, model: str) -> AsyncGenerator[PullProgress]:
        """Get a model. Layers that are there already, whole or in part, are not fetched again; closing stops it."""
        try:
            async with aclosing(self._pull(model)) as reports:
                async for report in reports:
                    yield report
        except Stalled:
            cure = f"Run it again: codestral-lsp pull {model} goes on with what was fetched."
            raise DownloadStalled("ollama", f"The download of {model} stands still.", cure=cure) from None

    async def _pull(self, model: str) -> AsyncGenerator[PullProgress]:
        async with self._http.stream(
            "/api/pull",
            {"model": model, "stream": True},
            framing=Lines(),
            kind="application/x-ndjson",
            first_s=_STALLED_S,
            idle_s=_STALLED_S,
        ) as stream:
            status = ""
            async for message in stream:
                if message.get("error"):
                    raise self._refusal(stream.failed(message))
                status = str(message.get("status") or "")
                yield PullProgress(
                    status,
                    str(message.get("digest") or ""),
                    count(message.get("total")) or 0,
                    count(message.get("completed")) or 0,
                )
            if status != "success":
                raise stream.broken()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def _refusal(self, reply: Reply) -> BackendError:
        if "not found" in reply.text or "file does not exist" in reply.text:
            return ModelMissing(
                "ollama", f"Ollama knows of no such model{quoted(reply)}", cure="Check the model's name."
            )
        return refusal(self.server, reply)


def full_name(model: str) -> str:
    """A model's name with the tag that Ollama adds to one without."""
    return (model if ":" in model.rpartition("/")[2] else f"{model}:latest").lower()


def cache_bytes_per_token(shown: Mapping[str, Any]) -> int | None:
    """Memory that a token of context takes in the model's KV cache (16 bit), from its metadata; None if not told."""
    info = shown.get("model_info")
    if not isinstance(info, Mapping):
        return None
    architecture = info.get("general.architecture")

    def number(name: str) -> int | None:
        return count(info.get(f"{architecture}.{name}"))

    layers, heads, kv_heads = number("block_count"), number("attention.head_count"), number("attention.head_count_kv")
    width = number("embedding_length")
    if not layers or not heads or not kv_heads or not width:
        return None
    key, value = number("attention.key_length"), number("attention.value_length")
    return 2 * layers * kv_heads * ((key or width // heads) + (value or width // heads))


def _entries(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    models = told.get("models")
    return [entry for entry in models or () if isinstance(entry, dict) and entry.get("name")]


def _quantisation(entry: Mapping[str, Any]) -> str:
    details = entry.get("details")
    return str(details.get("quantization_level") or "") if isinstance(details, dict) else ""
