"""Mistral's API: FIM and chat completions with strict bodies, the list of models, keys good for one host only."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from tests.standins.base import (
    Fault,
    Fields,
    Reply,
    Request,
    Script,
    Slot,
    StandIn,
    Violation,
    check,
    event,
    options,
    script,
    serve,
)

SSE = "text/event-stream"
_BLOCK = 64
"""Prompts are cached in blocks of this many tokens."""

_COMMON: Fields = {
    "model": str,
    "temperature": (int, float),
    "top_p": (int, float),
    "max_tokens": int,
    "min_tokens": int,
    "stream": bool,
    "stop": (str, list),
    "random_seed": int,
    "metadata": dict,
    "prompt_cache_key": str,
}
_FIM: Fields = {**_COMMON, "prompt": str, "suffix": str}
_CHAT: Fields = {**_COMMON, "messages": list, "response_format": dict, "prediction": dict, "safe_prompt": bool}


class MistralStandIn(StandIn):
    """One of Mistral's two hosts; a key that is not among `keys` gets 401."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        keys: Sequence[str] = ("key-of-api-mistral-ai",),
        content_chunks: bool = False,
        port: int = 0,
    ) -> None:
        """`content_chunks`: text comes as a list of chunks, which the API allows."""
        super().__init__(script, port=port)
        self._keys = set(keys)
        self._chunks = content_chunks
        self._read: dict[str | None, Slot] = {}

    async def route(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        known = request.headers.get("authorization", "").removeprefix("Bearer ") in self._keys
        if not known and request.path != "/":
            reply.json({"detail": "Unauthorized"}, 401)
            return
        match request.method, request.path:
            case "GET", "/v1/models":
                reply.json({"object": "list", "data": [self._model("codestral-2508", ["codestral-latest"])]})
            case "POST", "/v1/fim/completions":
                body = self._strict(request, _FIM, ["model", "prompt"], reply)
                if body is not None:
                    await self._complete(body, [body["prompt"], body.get("suffix", "")], "fim", reply, fault)
            case "POST", "/v1/chat/completions":
                body = self._strict(request, _CHAT, ["model", "messages"], reply)
                if body is not None:
                    texts = [str(message["content"]) for message in body["messages"]]
                    await self._complete(body, [texts[-1], *texts[:-1]], "chat", reply, fault)
            case _:
                reply.json({"message": "no Route matched with those values"}, 404)

    def error_message(self, text: str) -> bytes:
        return event({"object": "error", "message": text, "type": "internal_server_error", "code": "3000"})

    def _model(self, name: str, aliases: Sequence[str]) -> dict[str, Any]:
        return {
            "id": name,
            "object": "model",
            "created": 1753900000,
            "owned_by": "mistralai",
            "capabilities": {"completion_chat": True, "completion_fim": True, "function_calling": True},
            "name": name,
            "max_context_length": 256000,
            "aliases": list(aliases),
            "deprecation": None,
            "default_model_temperature": 0.3,
        }

    def _strict(self, request: Request, fields: Fields, required: Sequence[str], reply: Reply) -> dict[str, Any] | None:
        body = request.json()
        try:
            check(body, fields, required)
            if not 0 <= body.get("temperature", 0) <= 1.5:
                raise Violation("temperature out of range")
            if "response_format" in body:
                _check_format(body["response_format"])
        except Violation as violation:
            self.violations.append(f"{request.path}: {violation}")
            extra = next((name for name in body if name not in fields), "")
            finding = {"type": "extra_forbidden", "loc": ["body", extra], "msg": "Extra inputs are not permitted"}
            reply.json({"detail": [{**finding, "input": body.get(extra)}]}, 422)
            return None
        return dict(body)

    async def _complete(
        self, body: Mapping[str, Any], texts: Sequence[str], kind: str, reply: Reply, fault: Fault | None
    ) -> None:
        if not body["model"].startswith("codestral"):
            text = f"Invalid model: {body['model']}"
            reply.json({"object": "error", "message": text, "type": "invalid_model", "code": "1500"}, 400)
            return
        # Only requests with the same key share what was read, in whole blocks.
        key = body.get("prompt_cache_key")
        read, cached = self._read.setdefault(key, Slot()).read("".join([*texts[1:], texts[0]]))
        cached = cached // _BLOCK * _BLOCK if key else 0
        await self.evaluate(read - cached)
        stops = body.get("stop", [])
        said, reason = self.said(texts[0], fault, body.get("max_tokens"), [stops] if isinstance(stops, str) else stops)
        stamp = {"id": "cmpl-1f2e", "created": int(time.time()), "model": "codestral-2508"}

        def usage(count: int) -> dict[str, Any]:
            totals = {"prompt_tokens": read, "completion_tokens": count, "total_tokens": read + count}
            return {**totals, "prompt_tokens_details": {"cached_tokens": cached}}

        if not body.get("stream", False):
            tokens = list(said)
            message = {"role": "assistant", "content": "".join(tokens), "tool_calls": None, "prefix": False}
            choice = {"index": 0, "message": message, "finish_reason": reason}
            reply.json({**stamp, "object": "chat.completion", "choices": [choice], "usage": usage(len(tokens))})
            return

        def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return {**stamp, "object": "chat.completion.chunk", "choices": [choice]}

        async def messages() -> AsyncIterator[bytes]:
            yield event(chunk({"role": "assistant", "content": ""}))
            count = 0
            for token in said:
                count += 1
                yield event(chunk({"content": [{"type": "text", "text": token}] if self._chunks else token}))
            yield event({**chunk({"content": ""}, reason), "usage": usage(count)})
            yield b"data: [DONE]\n\n"

        if await self.play(reply, SSE, messages(), fault):
            reply.end()


def _check_format(wanted: dict[str, Any]) -> None:
    check(wanted, {"type": str, "json_schema": dict}, ["type"])
    if wanted["type"] == "json_schema":
        fields: Fields = {"name": str, "schema": dict, "strict": bool, "description": str}
        check(wanted.get("json_schema"), fields, ["name", "schema"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = options(__doc__)
    parser.add_argument("--key", default="key-of-api-mistral-ai", help="the key to accept")
    chosen = parser.parse_args(arguments)
    serve(lambda: MistralStandIn(script(chosen), keys=[chosen.key], port=chosen.port))


if __name__ == "__main__":
    main()
