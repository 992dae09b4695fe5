"""Ollama's API: generate, chat, show, tags, ps, version; with loading, reloading, truncation and the repeat guard."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.standins.base import (
    Canned,
    Fault,
    Fields,
    Reply,
    Request,
    Script,
    Slot,
    StandIn,
    Violation,
    check,
    options,
    script,
    serve,
)

NDJSON = "application/x-ndjson"

_LOAD_OPTIONS = {"num_ctx": int, "num_batch": int, "num_gpu": int, "main_gpu": int, "use_mmap": bool, "num_thread": int}
_OPTIONS: Fields = {
    **_LOAD_OPTIONS,
    "num_predict": int,
    "num_keep": int,
    "seed": int,
    "top_k": int,
    "top_p": (int, float),
    "min_p": (int, float),
    "temperature": (int, float),
    "repeat_penalty": (int, float),
    "stop": list,
}
_COMMON: Fields = {
    "model": str,
    "stream": bool,
    "format": (str, dict),
    "keep_alive": (str, int),
    "options": dict,
    "think": bool,
    "truncate": bool,
    "shift": bool,
    "logprobs": bool,
    "top_logprobs": int,
}
_GENERATE: Fields = {
    **_COMMON,
    "prompt": str,
    "suffix": str,
    "system": str,
    "template": str,
    "context": list,
    "raw": bool,
}
_CHAT: Fields = {**_COMMON, "messages": list}

CODESTRAL_TEMPLATE = """\
{{- if .Suffix }}[SUFFIX]{{ .Suffix }}[PREFIX] {{ .Prompt }}
{{- else if .Messages }}
{{- range $index, $_ := .Messages }}
{{- if eq .Role "user" }}[INST] {{ .Content }}[/INST]
{{- else if eq .Role "assistant" }} {{ .Content }}</s>
{{- end }}
{{- end }}
{{- else }}[INST] {{ .Prompt }}[/INST]
{{- end }} {{ .Response }}"""


@dataclass(frozen=True, slots=True)
class Model:
    """A model in Ollama's store."""

    template: str = CODESTRAL_TEMPLATE
    capabilities: tuple[str, ...] = ("completion", "insert")
    architecture: str = "llama"
    basename: str = "Codestral"
    trained_context: int = 32768
    parameters: str = ""
    """As /api/show writes them: lines of name and value."""
    control_tokens: tuple[str, ...] = ("<s>", "</s>", "[INST]", "[/INST]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]")
    remote_host: str = ""
    remote_model: str = ""


@dataclass(slots=True)
class _Loaded:
    options: Mapping[str, Any]
    """What the requests say of loading; a request that says otherwise has the model loaded anew."""
    context: int
    slot: Slot = field(default_factory=Slot)


class OllamaStandIn(StandIn):
    """An Ollama with one model and one slot a model.

    `reloads` counts loads of a model that was loaded already, with other options: the thing never to cause.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        models: Mapping[str, Model] | None = None,
        version: str = "0.34.0",
        auto_context: int = 4096,
        out_of_memory: bool = False,
        max_queue: int = 512,
        silent_guard: bool = False,
        on_gpu: float = 1.0,
        port: int = 0,
    ) -> None:
        """`auto_context` is what a model is loaded with when no one says.

        `silent_guard`: the repeat guard of older versions, which ends the stream after 30 repeats without a word; the
        newer one says so after 100. `on_gpu`: the share of a loaded model that is in the graphics card's memory.
        """
        super().__init__(script, port=port)
        self.models = dict(models) if models is not None else {"codestral:latest": Model()}
        self.loaded: dict[str, _Loaded] = {}
        self.loads = 0
        self.reloads = 0
        self.aborted_loads = 0
        self.pulled = 0
        """Tenths of a model that were downloaded."""
        self.model_bytes = 12_569_170_041
        """Size of each model."""
        self._version = version
        self._auto_context = auto_context
        self._out_of_memory = out_of_memory
        self._max_queue = max_queue
        self._silent_guard = silent_guard
        self._on_gpu = on_gpu
        self._waiting = 0
        self._loading = asyncio.Lock()

    def stats(self) -> dict[str, Any]:
        return {**super().stats(), "loads": self.loads, "reloads": self.reloads, "abortedLoads": self.aborted_loads}

    def _since(self, version: str) -> bool:
        def numbers(text: str) -> list[int]:
            return [int(part) for part in text.split("-")[0].split(".")]

        return numbers(self._version) >= numbers(version)

    async def route(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        match request.method, request.path:
            case "GET" | "HEAD", "/":
                reply.json("Ollama is running")
            case "GET" | "HEAD", "/api/version":
                reply.json({"version": self._version})
            case "GET", "/api/tags":
                reply.json({"models": [self._listed(name) for name in self.models]})
            case "GET", "/api/ps":
                reply.json({"models": [self._running(name) for name in self.loaded]})
            case "POST", "/api/show":
                self._show(check(request.json(), {"model": str, "verbose": bool}, ["model"]), reply)
            case "POST", "/api/pull":
                await self._pull(check(request.json(), {"model": str, "stream": bool}, ["model"]), reply, fault)
            case "POST", "/api/generate":
                await self._generate(check(request.json(), _GENERATE, ["model", "prompt"]), reply, fault)
            case "POST", "/api/chat":
                await self._chat(check(request.json(), _CHAT, ["model", "messages"]), reply, fault)
            case _:
                reply.whole(Canned(404, "404 page not found", content_type="text/plain"))

    def error_message(self, text: str) -> bytes:
        return _line({"error": text})

    def _listed(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "model": name,
            "modified_at": "2026-11-01T12:00:00.000000000+01:00",
            "size": self.model_bytes,
            "digest": "0898a8b286d5" + "0" * 52,
            "details": self._details(self.models[name]),
        }

    def _details(self, model: Model) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": model.architecture,
            "families": [model.architecture],
            "parameter_size": "22.2B",
            "quantization_level": "Q4_0",
        }

    def _running(self, name: str) -> dict[str, Any]:
        entry = {**self._listed(name), "size": 14000000000, "expires_at": "2026-11-01T12:30:00.000000000+01:00"}
        entry["size_vram"] = int(entry["size"] * self._on_gpu)
        del entry["modified_at"]
        if self._since("0.10.0"):
            entry["context_length"] = self.loaded[name].context
        return entry

    def _find(self, name: str, reply: Reply) -> str | None:
        full = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
        if full in self.models:
            return full
        reply.json({"error": f"model '{name}' not found"}, 404)
        return None

    def _show(self, body: dict[str, Any], reply: Reply) -> None:
        name = self._find(body["model"], reply)
        if name is None:
            return
        model = self.models[name]
        tokens = [*model.control_tokens, "def", "▁return"] if body.get("verbose") else []
        kinds = [3] * len(model.control_tokens) + [1, 1] if body.get("verbose") else []
        shown: dict[str, Any] = {
            "license": "Mistral AI Non-Production License",
            "modelfile": f'# Modelfile generated by "ollama show"\nFROM {name}\n',
            "parameters": model.parameters,
            "template": model.template,
            "details": self._details(model),
            "model_info": {
                "general.architecture": model.architecture,
                "general.basename": model.basename,
                f"{model.architecture}.context_length": model.trained_context,
                f"{model.architecture}.block_count": 56,
                f"{model.architecture}.embedding_length": 6144,
                f"{model.architecture}.attention.head_count": 48,
                f"{model.architecture}.attention.head_count_kv": 8,
                "tokenizer.ggml.model": "llama",
                "tokenizer.ggml.token_type": kinds,
                "tokenizer.ggml.tokens": tokens,
            },
            "modified_at": "2026-11-01T12:00:00.000000000+01:00",
        }
        if self._since("0.6.4"):
            shown["capabilities"] = list(model.capabilities)
        if model.remote_host:
            shown |= {"remote_host": model.remote_host, "remote_model": model.remote_model}
        reply.json(shown)

    async def _pull(self, body: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        """In tenths; what was fetched before a client went away is there when it comes again."""
        name, layer, total = body["model"], "sha256:0898a8b286d5", self.model_bytes

        async def messages() -> AsyncIterator[bytes]:
            yield _line({"status": "pulling manifest"})
            if name.startswith("no-such"):
                yield self.error_message("pull model manifest: file does not exist")
                return
            while self.pulled < 10:
                done = {"digest": layer, "total": total, "completed": total * self.pulled // 10}
                yield _line({"status": f"pulling {layer[7:]}", **done})
                self.pulled += 1
            yield _line({"status": f"pulling {layer[7:]}", "digest": layer, "total": total, "completed": total})
            for status in ("verifying sha256 digest", "writing manifest", "success"):
                yield _line({"status": status})
            self.models[name if ":" in name else f"{name}:latest"] = Model()

        if await self.play(reply, NDJSON, messages(), fault):
            reply.end()

    async def _generate(self, body: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        name = self._find(body["model"], reply)
        if name is None:
            return
        if body.get("raw") and (body.get("template") or body.get("system") or body.get("context")):
            reply.json({"error": "raw mode does not support template, system, or context"}, 400)
        elif body.get("suffix") and "insert" not in self.models[name].capabilities:
            reply.json({"error": f"registry.ollama.ai/library/{name} does not support insert"}, 400)
        else:
            await self._run(name, body, body["prompt"], "generate", reply, fault)

    async def _chat(self, body: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        for message in body["messages"]:
            check(message, {"role": str, "content": str}, ["role", "content"])
        if (name := self._find(body["model"], reply)) is not None:
            prompt = "".join(f"[INST] {message['content']}[/INST]" for message in body["messages"])
            await self._run(name, body, prompt, "chat", reply, fault)

    async def _run(
        self, name: str, body: dict[str, Any], prompt: str, kind: str, reply: Reply, fault: Fault | None
    ) -> None:
        chosen = check(body.get("options") or {}, _OPTIONS)
        if not all(isinstance(stop, str) for stop in chosen.get("stop", [])):
            raise Violation("option 'stop' must be a list of texts")
        if self._waiting >= self._max_queue:
            reply.json({"error": "server busy, please try again.  maximum pending requests exceeded"}, 503)
            return
        self._waiting += 1
        try:
            start = time.perf_counter()
            loaded = await self._load(name, body, chosen, reply)
            if loaded is None:
                return
            load_ns = _ns(start)
            if not prompt:
                stamp = {"model": body["model"], "created_at": _now(), "response": "", "done": True}
                reply.json({**stamp, "done_reason": "load"})
                return
            async with loaded.slot.lock:
                await self._answer(loaded, body, chosen, prompt, kind, start, load_ns, reply, fault)
        finally:
            self._waiting -= 1

    async def _load(self, name: str, body: dict[str, Any], chosen: Mapping[str, Any], reply: Reply) -> _Loaded | None:
        wanted = {option: chosen[option] for option in _LOAD_OPTIONS if option in chosen}
        if self._since("0.12.6"):
            wanted["shift"] = body.get("shift", True)
        async with self._loading:
            held = self.loaded.get(name)
            if held and held.options == wanted:
                return held
            if self._out_of_memory:
                reason = "llama-server process has terminated: exit status 1: cudaMalloc failed: out of memory"
                reply.json({"error": reason}, 500)
                return None
            if held:
                async with held.slot.lock:
                    self.reloads += 1
                    del self.loaded[name]
            try:
                await asyncio.sleep(self.script.load_ms / 1000)
            except asyncio.CancelledError:
                self.aborted_loads += 1
                raise
            self.loads += 1
            context = min(chosen.get("num_ctx", self._auto_context), self.models[name].trained_context)
            self.loaded[name] = _Loaded(wanted, context)
            return self.loaded[name]

    async def _answer(
        self,
        loaded: _Loaded,
        body: dict[str, Any],
        chosen: Mapping[str, Any],
        prompt: str,
        kind: str,
        start: float,
        load_ns: int,
        reply: Reply,
        fault: Fault | None,
    ) -> None:
        read, cached = loaded.slot.read(prompt)
        if read > loaded.context - 1:
            if body.get("truncate", True) or not self._since("0.12.6"):
                read, cached = loaded.context // 2, 0
            else:
                self._too_long(read, loaded.context, reply)
                return
        await self.evaluate(read - cached)
        prompt_ns = round(self.script.reading_ms(read - cached) * 1e6)
        limit = chosen.get("num_predict") or None  # 0 is lost on the way to the runner
        said, reason = self.said(prompt, fault, limit, chosen.get("stop", []))
        stamp: dict[str, Any] = {"model": body["model"], "created_at": _now()}
        counts: dict[str, Any] = {"prompt_eval_count": read}
        if self._since("0.34.0"):
            counts["prompt_eval_cached_count"] = cached
        counts["prompt_eval_duration"] = prompt_ns
        finish = {"done": True, "done_reason": reason, "load_duration": load_ns, **counts}
        if kind == "generate" and not body.get("raw"):
            finish["context"] = list(range(read))

        def text(token: str) -> dict[str, Any]:
            return {"response": token} if kind == "generate" else {"message": {"role": "assistant", "content": token}}

        async def messages() -> AsyncIterator[bytes]:
            count = 0
            last, repeats = "", 0
            for token in said:
                repeats = repeats + 1 if token.strip() == last else 0
                last = token.strip()
                if repeats > (30 if self._silent_guard else 100):
                    if not self._silent_guard:
                        yield self.error_message("prediction aborted, token repeat limit reached")
                    return
                count += 1
                loaded.slot.wrote(token)
                line = {**stamp, **text(token), "done": False}
                if body.get("logprobs") and self._since("0.12.11"):
                    line["logprobs"] = [{"token": token, "logprob": self.script.logprob, "bytes": list(token.encode())}]
                yield _line(line)
            writing_ns = round(self.script.writing_ms(count) * 1e6)
            times = {"total_duration": _ns(start), "eval_count": count, "eval_duration": writing_ns}
            yield _line({**stamp, **text(""), **finish, **times})

        if body.get("stream", True):
            if await self.play(reply, NDJSON, messages(), fault):
                reply.end()
        else:
            lines = [json.loads(line) async for line in messages()]
            reply.json({**lines[-1], **text("".join(line.get("response", "") for line in lines))})

    def _too_long(self, tokens: int, context: int, reply: Reply) -> None:
        if self._since("0.30.0"):
            message = (
                f"request ({tokens} tokens) exceeds the available context size ({context} tokens), try increasing it"
            )
            kind = {"type": "exceed_context_size_error", "n_prompt_tokens": tokens, "n_ctx": context}
            reply.json({"error": json.dumps({"error": {"code": 400, "message": message, **kind}})}, 400)
        else:
            reply.json({"error": "the input length exceeds the context length"}, 500)


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime())


def _ns(since: float) -> int:
    return int((time.perf_counter() - since) * 1e9)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = options(__doc__)
    parser.add_argument("--model", default="codestral:latest")
    parser.add_argument("--context", type=int, default=4096, help="what the model is loaded with when no one says")
    chosen = parser.parse_args(arguments)
    models = {chosen.model: Model()}
    serve(lambda: OllamaStandIn(script(chosen), models=models, auto_context=chosen.context, port=chosen.port))


if __name__ == "__main__":
    main()
