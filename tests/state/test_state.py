"""What is kept on disk: killed in mid-write, no room, no right to write, other versions, two servers.

Nothing that was written is lost or wrong, and nothing of it keeps completions from coming.
`CODESTRAL_TEST_KILLS` says how often to kill.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from codestral_lsp.completion.cache import Answer, CompletionCache
from codestral_lsp.completion.cache.disk import DiskCache
from codestral_lsp.completion.place import places
from codestral_lsp.errors import CacheError
from codestral_lsp.privacy.ledger import Ledger, last
from codestral_lsp.privacy.trust import TrustStore
from tests.lsp_client import LspClient
from tests.notation import at
from tests.patience import soon
from tests.server.conftest import StartClient, ollama, prompts, start
from tests.standins.ollama import OllamaStandIn

__all__ = ["ollama", "start"]

KILLS = int(os.environ.get("CODESTRAL_TEST_KILLS", "12"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")

WRITER = '''
"""Starts, for each line on stdin, a process that writes to the folder for as long as it lives."""
import asyncio, os, sys
from pathlib import Path
from codestral_lsp.completion.cache import Answer
from codestral_lsp.completion.cache.disk import DiskCache
from codestral_lsp.privacy.ledger import Entry, Ledger
from codestral_lsp.privacy.trust import TrustStore

folder = Path(sys.argv[1])

async def write(first):
    cache = DiskCache(folder / "cache", max_bytes=1 << 30, max_age_s=1e9, on_error=lambda error: os._exit(3))
    ledger, trust = Ledger(folder / "state"), TrustStore(folder / "state" / "trust.json")
    for number in range(first, first + 100_000):
        key = number.to_bytes(16, "big")
        await cache.database.ask(cache.put, key, key, Answer("head", f"answer {number} " + "x" * 500))
        ledger.enter(Entry("chat", "ollama", "here", f"model {number}", False), keep=True, charge=True)
        await ledger.database.ask(lambda connection: None)
        if number % 10 == 0:
            trust.trust(folder / "project.toml")
        if cache.database.problem or ledger.database.problem:
            os._exit(4)
        os.write(1, b"%d\\n" % number)

for line in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(write(int(line)))
    os.write(1, b"pid %d\\n" % child)
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
'''


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that starts those that are killed."""
    (tmp_path / "project.toml").write_text("enabled = true\n")
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.communicate()


def killed(writer: subprocess.Popen[str], first: int, after: int) -> list[int]:
    """Have a process write, kill it once it has written so much; the numbers that it had written."""
    assert writer.stdin
    assert writer.stdout
    writer.stdin.write(f"{first}\n")
    writer.stdin.flush()
    process, written = 0, list[int]()
    for line in writer.stdout:
        if line.startswith("pid"):
            process = int(line.split()[1])
        elif line == "dead\n":
            break
        else:
            written.append(int(line))
        if process and len(written) == after:
            os.kill(process, signal.SIGKILL)
    return written


@posix
@pytest.mark.timeout(900)
def test_killed_in_the_middle_of_writes_nothing_written_is_lost(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    chance, written = random.Random(1), list[int]()
    for _ in range(KILLS):
        written += killed(writer, len(written) and written[-1] + 1000, chance.randrange(1, 25))
        cache = DiskCache(tmp_path / "cache", max_bytes=1 << 30, max_age_s=1e9, on_error=_raise)
        ledger = Ledger(tmp_path / "state")
        answers = cache.database.now(_answers) or {}
        models = {entry.model for entry in ledger.database.now(last, 20_000) or []}
        for database in (cache.database, ledger.database):
            assert database.now(_check) == "ok"
            database.close()
        assert all(answers[number].startswith(f"answer {number} ") for number in written)
        assert all(text.startswith(f"answer {number} ") for number, text in answers.items()), "a wrong answer"
        assert {f"model {number}" for number in written} <= models
        assert TrustStore(tmp_path / "state" / "trust.json").trusts(tmp_path / "project.toml") or written[-1] < 10
    assert not list(tmp_path.rglob("*.corrupt"))
    print(f"killed {KILLS} times, {len(written)} writes confirmed, 0 lost")


def _answers(connection: sqlite3.Connection) -> dict[int, str]:
    rows = connection.execute("SELECT place, text FROM answers").fetchall()
    return {int.from_bytes(place, "big"): text for place, text in rows}


def _check(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def _raise(error: CacheError) -> None:
    raise error


# ---- no room, no right


@asynccontextmanager
async def kept_in(folder: Path, problems: list[CacheError]) -> AsyncIterator[CompletionCache]:
    """A cache in a folder."""
    cache = CompletionCache(DiskCache(folder, max_bytes=1 << 20, max_age_s=1e9, on_error=problems.append))
    yield cache
    await cache.aclose()


NO_ROOM = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # half a compiled module would be left for everybody
from codestral_lsp.cli import main
sys.exit(main([]))
"""


@posix
@pytest.mark.parametrize("room", [0, 3_000, 20_000, 70_000])
async def test_a_full_disk_costs_what_would_be_kept_and_nothing_else(
    environ: dict[str, str], ollama: OllamaStandIn, tmp_path: Path, room: int
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "shop.py").write_text("def price(amount):\n    return amount * 2\n" * 50, "utf-8")
    client = LspClient()
    await client.start([sys.executable, "-B", "-c", NO_ROOM, str(room)], environ=environ)
    options = {"backend": "ollama", "ollama": {"url": ollama.url}, "completion": {"debounceMs": 0, "instant": False}}
    await client.initialize(options, root=project.as_uri())
    await client.until(lambda: client.notifications("codestral/didChangeStatus") != [])
    for number in range(30):
        uri = f"file:///a{number}.py"
        client.open(uri, f"def add_{number}(a, b):\n    \n")
        assert await client.items(uri, 1, 4)
    assert await client.command("codestral.why")
    assert await client.stop() == 0
    messages = [note["message"] for note in client.notifications("window/showMessage")]
    assert not [message for message in messages if "nternal" in message]
    assert len(messages) == len(set(messages)) <= 3


@posix
async def test_a_home_that_cannot_be_written(
    environ: dict[str, str], ollama: OllamaStandIn, start: StartClient, tmp_path: Path
) -> None:
    # As root may write everywhere, the folders lie below a file: nobody can make them.
    (tmp_path / "file").write_text("")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        environ[name] = str(tmp_path / "file" / name)
    client = await start(ollama)
    client.open("file:///a.py", "def add(a, b):\n    \n")
    assert await client.items("file:///a.py", 1, 4)
    assert await client.command("codestral.why")
    assert await client.command("codestral.clearCache") is not None
    assert await client.stop() == 0


# ---- other versions, other servers


async def test_files_of_other_versions_are_begun_anew(
    environ: dict[str, str], ollama: OllamaStandIn, start: StartClient
) -> None:
    folders = [Path(environ["XDG_CACHE_HOME"]) / "codestral-lsp", Path(environ["XDG_STATE_HOME"]) / "codestral-lsp"]
    for folder in folders:
        folder.mkdir(parents=True)
        for name in ("completions.db", "ledger.db", "traces.db"):
            with sqlite3.connect(folder / name) as old:
                for table in ("answers", "sent", "spent", "traces"):
                    old.execute(f"CREATE TABLE {table} (something TEXT)")
                old.execute("PRAGMA user_version = 77")
            old.close()
        for name in ("trust.json", "clients.json", "dismissed.json"):
            (folder / name).write_text('{"version": 77, "x": [1, {"y": null}]}')
        for name in ("index", "tags", "explanations"):
            (folder / name).mkdir()
            (folder / name / "catalog.json").write_text('{"version": 77}')
    for _ in range(2):
        client = await start(ollama)
        client.open("file:///a.py", "def add(a, b):\n    \n")
        (item,) = await client.items("file:///a.py", 1, 4)
        assert item["insertText"] == "    return a + b"
        assert await client.command("codestral.why")
        assert await client.stop() == 0
        assert client.notifications("window/showMessage") == []


@posix
async def test_a_server_that_native_code_kills_is_followed_by_one_that_knows_what_it_knew(
    environ: dict[str, str], ollama: OllamaStandIn, start: StartClient
) -> None:
    """As editors start a server again that has crashed; with documents open and a request under way."""
    uri, text = "file:///a.py", "def add(a, b):\n    \n"
    cache = Path(environ["XDG_CACHE_HOME"]) / "codestral-lsp" / "completions.db"
    traces = Path(environ["XDG_STATE_HOME"]) / "codestral-lsp" / "traces.db"
    options = {"completion": {"debounceMs": 0, "prefetch": False, "instant": False}}
    first = await start(ollama, options)
    first.open(uri, text)
    shown = await first.items(uri, 1, 4)
    await first.until(lambda: _count(cache, "answers") > 0 and _count(traces, "traces") > 0)
    first.complete(uri, 0, 4)
    os.kill(first.process.pid, signal.SIGSEGV)
    assert await soon(first.process.wait()) == -signal.SIGSEGV
    second = await start(ollama, options)
    before = len(prompts(ollama))
    second.open(uri, text)
    assert [item["insertText"] for item in await second.items(uri, 1, 4)] == [item["insertText"] for item in shown]
    assert len(prompts(ollama)) == before, "the model was asked again"
    assert _count(traces, "traces") > 0
    assert await second.stop() == 0
    assert second.notifications("window/showMessage") == []


def _count(file: Path, table: str) -> int:
    """Rows that are on disk; 0 as long as there is no such file."""
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        try:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


async def test_two_servers_share_their_state(ollama: OllamaStandIn, start: StartClient) -> None:
    clients = [await start(ollama, {"completion": {"debounceMs": 0, "instant": False}}) for _ in range(2)]
    for number in range(25):
        uri = f"file:///a{number}.py"
        for client in clients:
            client.open(uri, f"def add_{number}(a, b):\n    \n")
        shown = await asyncio.gather(*(client.items(uri, 1, 4) for client in clients))
        assert [items[0]["insertText"] for items in shown] == ["    return a + b"] * 2
    for client in clients:
        assert await client.stop() == 0
        assert client.notifications("window/showMessage") == []
    third = await start(ollama, {"completion": {"debounceMs": 0, "instant": False}})
    before = len(ollama.seen("/api/generate"))
    for number in range(25):
        third.open(f"file:///a{number}.py", f"def add_{number}(a, b):\n    \n")
        assert await third.items(f"file:///a{number}.py", 1, 4)
    assert len([each for each in ollama.seen("/api/generate")[before:] if "add_" in each.body.decode()]) == 0


async def test_an_answer_of_another_place_is_never_given(tmp_path: Path) -> None:
    problems: list[CacheError] = []
    async with kept_in(tmp_path, problems) as cache:
        for number in range(50):
            document, cursor = at(f"def f{number}():\n    return █\n", uri="file:///x.py")
            (place, *_) = places("ollama/codestral", document, cursor, 12)
            cache.put(place, b"%d" % number, Answer(place.head, f"value_{number}"))
    async with kept_in(tmp_path, problems) as cache:
        for number in range(50):
            document, cursor = at(f"def f{number}():\n    return █\n", uri="file:///x.py")
            found = await cache.find(tuple(places("ollama/codestral", document, cursor, 12)), b"none", everything=False)
            assert found is not None
            assert found[0] == f"value_{number}"
    assert problems == []
