"""The OpenAI-like APIs of vLLM, LM Studio, DeepSeek and Together, as far as they differ."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

from tests.standins.base import (
    Fault,
    Fields,
    Reply,
    Request,
    Script,
    Slot,
    StandIn,
    check,
    event,
    options,
    script,
    serve,
    tokenize,
)

SSE = "text/event-stream"
_COMMON: Fields = {
    "model": str,
    "max_tokens": int,
    "temperature": (int, float),
    "top_p": (int, float),
    "seed": int,
    "stop": list,
    "stream": bool,
    "stream_options": dict,
    "logprobs": (int, bool),
}
_COMPLETION: Fields = {**_COMMON, "prompt": str, "suffix": str}
_CHAT: Fields = {**_COMMON, "messages": list, "response_format": dict}

Kind = Literal["vllm", "lmstudio", "deepseek", "together"]


class OpenaiStandIn(StandIn):
    """A server of one of the kinds; `api_key` None: it asks for none."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        kind: Kind = "vllm",
        model: str = "codestral-22b",
        api_key: str | None = None,
        context: int = 16384,
        port: int = 0,
    ) -> None:
        super().__init__(script, port=port)
        self._kind = kind
        self._model = model
        self._api_key = api_key
        self._context = context
        self._slot = Slot()

    async def route(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._api_key is not None and given != self._api_key:
            self._refuse(reply, 401, f"Incorrect API key provided: {given}. Find yours in your account.")
            return
        base = "" if self._kind == "deepseek" else "/v1"
        path = request.path.removeprefix("/beta") if self._kind == "deepseek" else request.path
        if request.method == "GET" and path == f"{base}/models":
            reply.json({"object": "list", "data": [self._entry()]})
        elif request.method == "POST" and path == f"{base}/completions":
            body = check(request.json(), _COMPLETION, ["model", "prompt"])
            if "suffix" in body and self._kind != "deepseek":
                self._refuse(reply, 400, "suffix is not currently supported")
            else:
                await self._complete(body, body["prompt"], "text", reply, fault)
        elif request.method == "POST" and path == f"{base}/chat/completions":
            body = check(request.json(), _CHAT, ["model", "messages"])
            await self._complete(body, body["messages"][-1]["content"], "delta", reply, fault)
        elif request.method == "POST" and path == "/tokenize" and self._kind == "vllm":
            body = check(request.json(), {"model": str, "prompt": str, "add_special_tokens": bool}, ["prompt"])
            tokens = tokenize(body["prompt"])
            ids = list(range(len(tokens)))
            reply.json({"count": len(tokens), "max_model_len": self._context, "tokens": ids, "token_strs": None})
        else:
            reply.json({"detail": "Not Found"}, 404)

    def error_message(self, text: str) -> bytes:
        return event({"error": {"object": "error", "message": text, "type": "InternalServerError", "code": 500}})

    def _entry(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"id": self._model, "object": "model", "created": 1763900000, "owned_by": self._kind}
        if self._kind == "vllm":
            entry |= {"root": f"mistralai/{self._model}", "max_model_len": self._context}
        return entry

    def _refuse(self, reply: Reply, status: int, text: str) -> None:
        error = {"message": text, "type": "BadRequestError", "param": None, "code": status}
        reply.json({"error": error} if self._kind != "lmstudio" else {"error": text}, status)

    async def _complete(self, body: dict[str, Any], prompt: str, where: str, reply: Reply, fault: Fault | None) -> None:
        if body["model"] != self._model:
            self._refuse(reply, 404, f"The model `{body['model']}` does not exist.")
            return
        if len(body.get("stop", [])) > (16 if self._kind == "deepseek" else 4):
            self._refuse(reply, 400, "too many stop strings")
            return
        read, _ = self._slot.read(body.get("suffix", "") + prompt)
        if read + body.get("max_tokens", 16) > self._context:
            text = f"This model's maximum context length is {self._context} tokens. However, you requested {read}"
            self._refuse(reply, 400, f"{text} tokens in the prompt.")
            return
        await self.evaluate(read)
        said, reason = self.said(prompt, fault, body.get("max_tokens"), body.get("stop", []))
        stamp = {"id": "cmpl-7", "object": "text_completion", "created": int(time.time()), "model": self._model}

        def choice(text: str, finish: str | None) -> dict[str, Any]:
            told: dict[str, Any] = {"index": 0, "finish_reason": finish, "logprobs": None}
            told |= {"text": text} if where == "text" else {"delta": {"content": text}}
            if body.get("logprobs") and text:
                told["logprobs"] = {"tokens": [text], "token_logprobs": [self.script.logprob], "text_offset": [0]}
            return {**stamp, "choices": [told]}

        async def messages() -> AsyncIterator[bytes]:
            count = 0
            for token in said:
                count += 1
                yield event(choice(token, None))
            yield event(choice("", reason))
            if body.get("stream_options", {}).get("include_usage"):
                usage: dict[str, Any] = {"prompt_tokens": read, "completion_tokens": count}
                usage["total_tokens"] = read + count
                if self._kind == "deepseek":
                    usage |= {"prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": read}
                yield event({**stamp, "choices": [], "usage": usage})
            yield b"data: [DONE]\n\n"

        if await self.play(reply, SSE, messages(), fault):
            reply.end()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = options(__doc__)
    parser.add_argument("--kind", choices=("vllm", "lmstudio", "deepseek", "together"), default="vllm")
    parser.add_argument("--model", default="codestral-22b")
    chosen = parser.parse_args(arguments)
    serve(lambda: OpenaiStandIn(script(chosen), kind=chosen.kind, model=chosen.model, port=chosen.port))


if __name__ == "__main__":
    main()
