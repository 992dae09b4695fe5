"""llama-server's API: completion with text or tokens, tokenize, props, slots, health, and its OpenAI-like routes."""

from __future__ import annotations

import json
import re
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
)

SSE = "text/event-stream"
_START = re.compile(r'root ::= ("(?:[^"\\]|\\.)*") \[\^\\x00\]\*\Z')
"""The one grammar that is understood here: a text, and then anything."""
_COMPLETION: Fields = {
    "prompt": (str, list),
    "n_predict": int,
    "temperature": (int, float),
    "top_k": int,
    "top_p": (int, float),
    "seed": int,
    "stop": list,
    "grammar": str,
    "stream": bool,
    "cache_prompt": bool,
    "n_probs": int,
    "timings_per_token": bool,
    "response_fields": list,
    "id_slot": int,
    "t_max_predict_ms": int,
}
_OAI: Fields = {
    "model": str,
    "max_tokens": int,
    "temperature": (int, float),
    "seed": int,
    "stop": list,
    "stream": bool,
    "stream_options": dict,
    "logprobs": (int, bool),
    "cache_prompt": bool,
}
_OAI_COMPLETION: Fields = {**_OAI, "prompt": str, "suffix": str}
_OAI_CHAT: Fields = {**_OAI, "messages": list, "response_format": dict}

CODESTRAL = ("[INST]", "[/INST]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]")
QWEN = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|endoftext|>")


class Vocabulary:
    """Tokens and their ids. An SPM vocabulary writes a blank before the first word of each run of plain text, and so
    also after each control token, where Mistral's own tokenizer writes none before a suffix."""

    def __init__(self, kind: Literal["bpe", "spm"], control: Sequence[str]) -> None:
        self.kind = kind
        self.bos = [1] if kind == "spm" else []
        self._pieces = ["<unk>", "<s>", "</s>", *control]
        self._ids = {piece: number for number, piece in enumerate(self._pieces)}
        self._control = re.compile("(" + "|".join(re.escape(token) for token in control) + ")")

    def encode(self, text: str, *, parse_special: bool) -> list[int]:
        """The ids of `text`, without BOS."""
        runs = self._control.split(text) if parse_special else [text]
        ids: list[int] = []
        for place, run in enumerate(runs):
            if place % 2:
                ids.append(self._ids[run])
            elif run:
                plain = f" {run}" if self.kind == "spm" else run
                ids += [self._id(piece) for piece in re.findall(r" ?\w+|\s+?(?= ?\w)|\s+|[^\w\s]", plain)]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of `ids`."""
        return "".join(self._pieces[number] for number in ids)

    def _id(self, piece: str) -> int:
        if piece not in self._ids:
            self._ids[piece] = len(self._pieces)
            self._pieces.append(piece)
        return self._ids[piece]


class LlamaServerStandIn(StandIn):
    """A llama-server with one slot."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        vocabulary: Literal["bpe", "spm"] = "bpe",
        api_key: str | None = None,
        context: int = 8192,
        loading: bool = False,
        model: str = "/models/qwen2.5-coder-7b-q8_0.gguf",
        refuses_suffix: bool = False,
        port: int = 0,
    ) -> None:
        """`loading`: the server is up and its model is not. `refuses_suffix`: as older versions do; newer ones take
        `suffix` without a word and leave it out of the prompt."""
        super().__init__(script, port=port)
        self.vocabulary = Vocabulary(vocabulary, CODESTRAL if vocabulary == "spm" else QWEN)
        self.loading = loading
        self.slot = Slot(list) if vocabulary == "spm" else Slot()
        self._api_key = api_key
        self._context = context
        self._model = model
        self._refuses_suffix = refuses_suffix

    async def route(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        if self.loading:
            _error(reply, 503, "unavailable_error", "Loading model")
            return
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._api_key is not None and given != self._api_key and request.path != "/health":
            _error(reply, 401, "authentication_error", "Invalid API Key")
            return
        match request.method, request.path:
            case "GET", "/health":
                reply.json({"status": "ok"})
            case "GET", "/props":
                reply.json(self._props())
            case "GET", "/slots":
                reply.json([{"id": 0, "n_ctx": self._context, "is_processing": self.slot.lock.locked()}])
            case "GET", "/v1/models":
                meta = {"vocab_type": 1 if self.vocabulary.kind == "spm" else 2, "n_ctx": self._context}
                reply.json({"object": "list", "data": [{"id": self._model, "object": "model", "meta": meta}]})
            case "POST", "/tokenize":
                self._tokenize(request.json(), reply)
            case "POST", "/completion":
                await self._completion(check(request.json(), _COMPLETION, ["prompt"]), reply, fault)
            case "POST", "/v1/completions":
                await self._oai(check(request.json(), _OAI_COMPLETION, ["prompt"]), reply, fault)
            case "POST", "/v1/chat/completions":
                await self._oai(check(request.json(), _OAI_CHAT, ["messages"]), reply, fault)
            case _:
                _error(reply, 404, "not_found_error", "File Not Found")

    def error_message(self, text: str) -> bytes:
        return event({"error": {"code": 500, "message": text, "type": "server_error"}})

    def _props(self) -> dict[str, Any]:
        return {
            "default_generation_settings": {"params": {}, "n_ctx": self._context},
            "total_slots": 1,
            "model_alias": self._model,
            "model_path": self._model,
            "chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}",
            "bos_token": "<s>" if self.vocabulary.kind == "spm" else "<|endoftext|>",
            "eos_token": "</s>",
            "build_info": "b7000-1a2b3c4d",
        }

    def _tokenize(self, body: Any, reply: Reply) -> None:
        fields: Fields = {"content": str, "add_special": bool, "parse_special": bool, "with_pieces": bool}
        check(body, fields, ["content"])
        ids = self.vocabulary.encode(body["content"], parse_special=body.get("parse_special", True))
        if body.get("add_special", False):
            ids = [*self.vocabulary.bos, *ids]
        if body.get("with_pieces", False):
            reply.json({"tokens": [{"id": number, "piece": self.vocabulary.decode([number])} for number in ids]})
        else:
            reply.json({"tokens": ids})

    def _read(self, prompt: str | list[int], reply: Reply) -> tuple[int, int] | None:
        """The size of a prompt in tokens and how many the cache had; None if it is too long, which is told."""
        if self.vocabulary.kind == "spm":
            if isinstance(prompt, str):
                prompt = [*self.vocabulary.bos, *self.vocabulary.encode(prompt, parse_special=True)]
            prompt = "".join(chr(0xF0000 + number) for number in prompt)  # a character a token
        elif not isinstance(prompt, str):
            prompt = self.vocabulary.decode(prompt)
        count, cached = self.slot.read(prompt)
        if count < self._context:
            return count, cached
        text = (
            f"request ({count} tokens) exceeds the available context size ({self._context} tokens), try increasing it"
        )
        _error(reply, 400, "exceed_context_size_error", text, n_prompt_tokens=count, n_ctx=self._context)
        return None

    async def _completion(self, body: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        asked = body["prompt"] if isinstance(body["prompt"], str) else self.vocabulary.decode(body["prompt"])
        async with self.slot.lock:
            if (read := self._read(body["prompt"], reply)) is None:
                return
            await self.evaluate(read[0] - read[1])
            limit = max(1, body.get("n_predict", -1)) if body.get("n_predict", -1) >= 0 else None
            said, reason = self.said(asked, fault, limit, body.get("stop", []))
            if start := _START.match(body.get("grammar", "")):
                held = json.loads(start[1])
                said = said if "".join(said).startswith(held) else [held, *said]

            async def messages() -> AsyncIterator[bytes]:
                count = 0
                for token in said:
                    count += 1
                    self.slot.wrote(token)
                    told: dict[str, Any] = {"index": 0, "content": token, "tokens": [count], "stop": False}
                    if body.get("n_probs"):
                        top: dict[str, Any] = {"id": count, "token": token, "bytes": list(token.encode())}
                        top["logprob"] = self.script.logprob
                        told["completion_probabilities"] = [{**top, "top_logprobs": [top]}]
                    if body.get("timings_per_token"):
                        told["timings"] = self._timings(read, count)
                    yield event(told)
                last = {
                    "index": 0,
                    "content": "",
                    "tokens": [],
                    "stop": True,
                    "prompt": asked,
                    "truncated": False,
                    "stop_type": "limit" if reason == "length" else "eos",
                    "tokens_cached": read[0] + count,
                    "timings": self._timings(read, count),
                }
                wanted = body.get("response_fields") or last
                yield event({name: value for name, value in last.items() if name in wanted})

            if await self.play(reply, SSE, messages(), fault):
                reply.end()

    async def _oai(self, body: dict[str, Any], reply: Reply, fault: Fault | None) -> None:
        if self._refuses_suffix and "suffix" in body:
            _error(reply, 400, "invalid_request_error", "Unsupported param: suffix")
            return
        chat = "messages" in body
        prompt = body["messages"][-1]["content"] if chat else body["prompt"]
        stamp = {"created": int(time.time()), "model": self._model, "id": "chatcmpl-x1"}
        stamp["object"] = "chat.completion.chunk" if chat else "text_completion"

        def choice(text: str | None, finish: str | None) -> dict[str, Any]:
            told: dict[str, Any] = {"index": 0, "finish_reason": finish}
            if chat:
                told["delta"] = {} if text is None else {"content": text}
            else:
                told |= {"text": text or "", "logprobs": None}
                if body.get("logprobs") and text:
                    token = {"id": 5, "token": text, "logprob": self.script.logprob, "top_logprobs": []}
                    told["logprobs"] = {"content": [token]}
            return {**stamp, "choices": [told]}

        async with self.slot.lock:
            if (read := self._read(prompt, reply)) is None:
                return
            await self.evaluate(read[0] - read[1])
            said, reason = self.said(prompt, fault, body.get("max_tokens"), body.get("stop", []))

            async def messages() -> AsyncIterator[bytes]:
                count = 0
                for token in said:
                    count += 1
                    self.slot.wrote(token)
                    yield event(choice(token, None))
                usage = {
                    "completion_tokens": count,
                    "prompt_tokens": read[0],
                    "total_tokens": read[0] + count,
                    "prompt_tokens_details": {"cached_tokens": read[1]},
                }
                timings = self._timings(read, count)
                yield event({**choice(None, reason), "usage": usage, "timings": timings})
                yield b"data: [DONE]\n\n"

            if await self.play(reply, SSE, messages(), fault):
                reply.end()

    def _timings(self, read: tuple[int, int], count: int) -> dict[str, float]:
        new_tokens = read[0] - read[1]
        return {
            "cache_n": read[1],
            "prompt_n": new_tokens,
            "prompt_ms": self.script.reading_ms(new_tokens),
            "predicted_n": count,
            "predicted_ms": self.script.writing_ms(count),
        }


def _error(reply: Reply, status: int, kind: str, text: str, **more: int) -> None:
    error = {"code": status, "message": text, "type": kind, **more}
    reply.json({"error": error}, status, {"Connection": "close"})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = options(__doc__)
    parser.add_argument("--vocabulary", choices=("bpe", "spm"), default="bpe")
    parser.add_argument("--context", type=int, default=8192)
    chosen = parser.parse_args(arguments)
    serve(
        lambda: LlamaServerStandIn(
            script(chosen), vocabulary=chosen.vocabulary, context=chosen.context, port=chosen.port
        )
    )


if __name__ == "__main__":
    main()
