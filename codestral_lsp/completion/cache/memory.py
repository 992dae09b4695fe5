"""The answers of this session."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from codestral_lsp.completion.cache.entry import Answer, nearest
from codestral_lsp.completion.place import Place


class MemoryCache:
    """Least recently used answers, by place and by whole request."""

    def __init__(self, places: int = 2000) -> None:
        self._limit = places
        self._by_place: OrderedDict[bytes, list[Answer]] = OrderedDict()
        self._by_request: OrderedDict[bytes, Answer] = OrderedDict()

    def at(self, places: Iterable[Place], *, everything: bool = False) -> str | None:
        """What to show of an answer at the cursor, described from its own line or from lines above.

        `everything`: what is unsure too; answers that were broken off do not count.
        """
        for place in places:
            answers = self._by_place.get(place.key)
            if answers and (rest := nearest(answers, place, everything=everything)) is not None:
                self._by_place.move_to_end(place.key)
                return rest
        return None

    def exactly(self, request: bytes) -> Answer | None:
        """The answer to this very request."""
        if (answer := self._by_request.get(request)) is not None:
            self._by_request.move_to_end(request)
        return answer

    def put(self, key: bytes, answer: Answer, request: bytes | None = None) -> None:
        """Keep an answer at the place `key`, and as the one to `request`; the newest for the same text stands."""
        others = [old for old in self._by_place.get(key, ()) if old.head != answer.head]
        self._by_place[key] = [*others[-15:], answer]
        self._by_place.move_to_end(key)
        if request is not None:
            self._by_request[request] = answer
            self._by_request.move_to_end(request)
        while len(self._by_place) > self._limit:
            self._by_place.popitem(last=False)
        while len(self._by_request) > self._limit:
            self._by_request.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._by_place.clear()
        self._by_request.clear()

    def __len__(self) -> int:
        return sum(map(len, self._by_place.values()))
