"""The cache: type-through, delete-back, exact repeats; in memory, on disk, shared, bounded, never in the way."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from math import log
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp.completion.cache import Answer, CompletionCache
from codestral_lsp.completion.cache.disk import CacheStats, DiskCache
from codestral_lsp.completion.place import Place, places
from codestral_lsp.completion.sureness import Step
from codestral_lsp.errors import CacheError
from tests.notation import at

Open = Callable[..., CompletionCache]
Ask = Callable[..., Awaitable[CompletionCache]]


def cursor_at(drawn: str, *, engine: str = "ollama/codestral", uri: str = "file:///x.py") -> tuple[Place, ...]:
    document, cursor = at(drawn, uri=uri)
    return tuple(places(engine, document, cursor, 12))


@pytest.fixture
def problems() -> list[CacheError]:
    return []


@pytest.fixture
async def new_session(tmp_path: Path, problems: list[CacheError]) -> AsyncIterator[Open]:
    """Opens the same cache folder as another editor, or on another day."""
    opened = []

    def open_cache(max_bytes: int = 1 << 20, max_age_s: float = 1e9) -> CompletionCache:
        disk = DiskCache(tmp_path / "cache", max_bytes=max_bytes, max_age_s=max_age_s, on_error=problems.append)
        opened.append(CompletionCache(disk))
        return opened[-1]

    yield open_cache
    for cache in opened:
        await cache.aclose()


def put(cache: CompletionCache, place: Place, request: bytes, text: str, **how: Any) -> None:
    cache.put(place, request, Answer(place.head, text, **how))


async def find(
    cache: CompletionCache, drawn: str, request: bytes = b"other", *, everything: bool = False, **where: str
) -> str | None:
    described = cursor_at(drawn, **where)
    if (text := cache.memory.at(described, everything=everything)) is not None:
        return text
    found = await cache.find(described, request, everything=everything)
    return found[0] if found else None


@pytest.fixture(params=["memory", "disk"])
async def asked(request: pytest.FixtureRequest, new_session: Open) -> Ask:
    """Puts an answer where it was asked for; gives the cache that must know it: the same one, or a later session's."""

    async def ask(drawn: str, answer: str, request_digest: bytes = b"request", **how: Any) -> CompletionCache:
        cache = new_session()
        put(cache, cursor_at(drawn)[0], request_digest, answer, **how)
        if request.param == "memory":
            return cache
        await written(cache)
        return new_session()

    return ask


async def written(cache: CompletionCache) -> None:
    """Everything that was put is on disk."""
    assert cache.disk is not None
    await cache.disk.database.ask(lambda _: None)


async def stats(cache: CompletionCache) -> CacheStats:
    assert cache.disk is not None
    found = await cache.disk.database.ask(cache.disk.stats)
    assert found
    return found


BODY = "import math\n\n\ndef area(r):\n    {}\n\n\ndef volume(r):\n    pass\n"


def body(line: str) -> str:
    return BODY.replace("{}", line)


async def test_the_same_place_is_answered(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi * r**2")
    assert await find(cache, body("return █")) == "math.pi * r**2"


async def test_typing_through_the_answer_leaves_the_rest(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi * r**2")
    assert await find(cache, body("return math.p█")) == "i * r**2"
    assert await find(cache, body("return math.e█")) is None
    assert await find(cache, body("return math.pi * r**2█")) is None


async def test_deleting_back_finds_it_again(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi * r**2")
    assert await find(cache, body("return math.x█")) is None
    assert await find(cache, body("return math.█")) == "pi * r**2"
    assert await find(cache, body("retur█")) is None


async def test_typing_through_several_lines(asked: Ask) -> None:
    cache = await asked(body("if r:█"), "\n        return 1\n    return 2")
    assert await find(cache, body("if r:\n        retu█")) == "rn 1\n    return 2"
    assert await find(cache, body("if r:\n        return 1\n    █")) == "return 2"


async def test_a_bracket_that_the_editor_closes_changes_nothing(asked: Ask) -> None:
    cache = await asked(body("return f█"), "loor(r)")
    assert await find(cache, body("return floor(█)")) == "r)"


async def test_far_context_may_change(asked: Ask) -> None:
    far = "# far above\n" * 20
    cache = await asked(far + body("return █") + far, "math.pi")
    assert await find(cache, "# changed\n" + far + body("return m█") + far + "# changed\n") == "ath.pi"


async def test_near_context_may_not(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi")
    assert await find(cache, body("return █").replace("area", "circumference")) is None
    assert await find(cache, body("return █").replace("volume", "surface")) is None


async def test_other_engines_and_documents_have_answers_of_their_own(
    asked: Ask,
) -> None:
    cache = await asked(body("return █"), "math.pi")
    assert await find(cache, body("return █"), engine="mistral/codestral") is None
    assert await find(cache, body("return █"), uri="file:///y.py") is None


async def test_an_exact_repeat_is_found_by_the_request(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi", b"the very same request")
    assert await find(cache, body("return █"), b"the very same request", uri="file:///renamed.py") == "math.pi"


async def test_that_there_was_nothing_to_say_is_remembered(asked: Ask) -> None:
    cache = await asked(body("return █"), "")
    assert await find(cache, body("return █")) == ""
    assert await find(cache, body("return m█")) is None


async def test_a_guess_is_no_answer_to_a_user_who_asks(new_session: Open) -> None:
    cache = new_session()
    described = cursor_at(body("return █"))
    put(cache, described[0], b"1", "math", guess=True)
    assert cache.memory.at(described) == "math"
    assert cache.memory.at(described, everything=True) is None


def steps(*lengths_and_shares: tuple[int, float]) -> tuple[Step, ...]:
    return tuple(Step(length, log(share)) for length, share in lengths_and_shares)


async def test_what_is_unsure_is_kept_and_shown_to_a_user_who_asks(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi * r**power", steps=steps((4, 0.95), (7, 0.9), (13, 0.2), (18, 0.19)))
    assert await find(cache, body("return █")) == "math.pi"
    assert await find(cache, body("return math.pi█")) == ""
    assert await find(cache, body("return math.pi * r**█")) == "power"
    assert await find(cache, body("return █"), everything=True) == "math.pi * r**power"


async def test_an_answer_that_was_broken_off_counts_as_far_as_it_goes(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi", whole=False, steps=steps((4, 0.4), (7, 0.39)))
    assert await find(cache, body("return █")) == ""
    assert await find(cache, body("return math█")) is None
    assert await find(cache, body("return █"), everything=True) is None


async def test_of_an_answer_for_one_line_the_next_is_shown_when_the_user_gets_there(asked: Ask) -> None:
    cache = await asked(body("return █"), "math.pi\n    more()", by_line=True)
    assert await find(cache, body("return math.█")) == "pi"
    assert await find(cache, body("return math.pi█")) == ""
    assert await find(cache, body("return math.pi\n    █")) == "more()"


async def test_the_answer_asked_for_nearest_wins(new_session: Open) -> None:
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "math.pi * r")
    put(cache, cursor_at(body("return math.█"))[0], b"2", "pi * r**2")
    assert await find(cache, body("return math.p█")) == "i * r**2"


async def test_two_editors_share_one_file(new_session: Open) -> None:
    one, other = new_session(), new_session()
    put(one, cursor_at(body("return █"))[0], b"1", "from one")
    await written(one)
    assert await find(other, body("return █")) == "from one"


async def test_many_writers_lose_nothing(new_session: Open) -> None:
    caches = [new_session() for _ in range(4)]
    for number in range(200):
        put(caches[number % 4], cursor_at(body(f"return a{number} + █"))[0], b"%d" % number, f"b{number}")
    for cache in caches:
        await written(cache)
    assert (await stats(new_session())).answers == 200


async def test_an_editor_that_opens_while_another_writes_waits_its_turn(
    new_session: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir()
    other = sqlite3.connect(tmp_path / "cache" / "completions.db", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE other (x)")
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def stop_writing(seconds: float) -> None:
        waits.append(seconds)
        other.close()

    monkeypatch.setattr("codestral_lsp.database.time.sleep", stop_writing)
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "kept")
    await written(cache)
    assert waits
    assert await find(new_session(), body("return █")) == "kept"


async def test_the_size_is_bounded_and_the_least_used_go_first(new_session: Open, tmp_path: Path) -> None:
    cache = new_session(max_bytes=300_000)
    for number in range(1000):
        put(cache, cursor_at(body(f"return a{number} + █"))[0], b"%d" % number, "x" * 1000)
    await written(cache)
    late = new_session(max_bytes=300_000)
    assert await find(late, body("return a999 + █")) == "x" * 1000
    assert await find(late, body("return a0 + █")) is None
    assert (await stats(late)).bytes <= 300_000


async def test_old_answers_go(new_session: Open) -> None:
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "old")
    await written(cache)
    assert await find(new_session(max_age_s=-10), body("return █")) is None


async def test_a_corrupt_file_is_set_aside_and_rebuilt(
    new_session: Open, tmp_path: Path, problems: list[CacheError]
) -> None:
    file = tmp_path / "cache" / "completions.db"
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 1000)
    cache = new_session()
    assert await find(cache, body("return █")) is None
    put(cache, cursor_at(body("return █"))[0], b"1", "fresh")
    await written(cache)
    assert await find(new_session(), body("return █")) == "fresh"
    assert file.with_name("completions.db.corrupt").read_bytes().startswith(b"this is no")
    assert [problem.code for problem in problems] == ["cache"]


async def test_an_unusable_folder_costs_only_the_disk(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    problems: list[CacheError] = []
    disk = DiskCache(tmp_path / "cache", max_bytes=1 << 20, max_age_s=1e9, on_error=problems.append)
    cache = CompletionCache(disk)
    put(cache, cursor_at(body("return █"))[0], b"1", "kept in memory")
    assert await find(cache, body("return █")) == "kept in memory"
    assert await find(cache, body("other █")) is None
    await cache.aclose()
    assert len(problems) == 1
    assert problems[0].cure


async def test_an_editor_whose_file_another_set_aside_goes_on_with_the_new_one(
    new_session: Open, tmp_path: Path, problems: list[CacheError]
) -> None:
    one, other = new_session(), new_session()
    put(one, cursor_at(body("return █"))[0], b"1", "x")
    await written(one)
    assert await find(other, body("return █")) == "x"
    folder = tmp_path / "cache"
    for file in folder.iterdir():
        file.write_bytes(b"no database" * 1000)
    put(one, cursor_at(body("return █"))[0], b"1", "fresh")
    await written(one)
    assert await find(other, body("return f█")) == "resh"
    assert len({problem.message for problem in problems}) == 1
    assert await find(new_session(), body("return █")) == "fresh"


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
async def test_only_the_user_can_read_it(new_session: Open, tmp_path: Path) -> None:
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "x")
    await written(cache)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    for file in (tmp_path / "cache").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


async def test_the_users_own_lines_are_not_on_disk(new_session: Open, tmp_path: Path) -> None:
    cache = new_session()
    put(cache, cursor_at(body("return my_very_own_name + █"))[0], b"1", "suggested")
    await cache.aclose()
    content = b"".join(file.read_bytes() for file in (tmp_path / "cache").iterdir())
    assert b"suggested" in content
    assert b"my_very_own_name" not in content


async def test_clearing_forgets_everything(new_session: Open) -> None:
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "x")
    assert await cache.clear() == 1
    assert await find(cache, body("return █")) is None
    assert await find(new_session(), body("return █")) is None


async def test_a_file_of_another_version_is_begun_anew(new_session: Open, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with sqlite3.connect(tmp_path / "cache" / "completions.db") as old:
        old.execute("CREATE TABLE answers (something TEXT)")
        old.execute("PRAGMA user_version = 99")
    old.close()
    cache = new_session()
    put(cache, cursor_at(body("return █"))[0], b"1", "new")
    await written(cache)
    assert await find(new_session(), body("return █")) == "new"
