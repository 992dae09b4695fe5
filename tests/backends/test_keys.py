"""Where keys come from, and that they show nowhere."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
from pathlib import Path

import pytest

from codestral_lsp.backends import keys as module
from codestral_lsp.backends.keys import KeyPlaces, Keys, Secret
from codestral_lsp.errors import KeySourceError


def script(tmp_path: Path, body: str) -> tuple[str, ...]:
    """A command that counts its runs in a file and then does as told."""
    program = tmp_path / "command.py"
    count = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\n"
    program.write_text("import sys, time\n" + count + body, "utf-8")
    return (sys.executable, str(program))


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "runs").read_text())


def test_a_secret_shows_itself_to_no_one_but_who_asks() -> None:
    secret = Secret("s3cret")
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>30}", "%s %r" % (secret, secret), repr([secret])):  # noqa: UP031
        assert "s3cret" not in shown
    assert secret.reveal() == "s3cret"
    assert secret == Secret("s3cret")
    assert secret != Secret("other")
    assert len({secret, Secret("s3cret")}) == 1
    with pytest.raises(TypeError):
        pickle.dumps(secret)


async def test_the_editor_goes_before_the_environment_and_that_before_the_command(tmp_path: Path) -> None:
    command = script(tmp_path, "print('from-command')")
    environ = {"MY_KEY": "from-environment"}
    places = KeyPlaces("mistral", "MY_KEY", command)
    keys = Keys(environ)
    keys.give("mistral", "from-editor")
    keys.give("openai", "another")
    for expected, source in (("from-editor", "the editor"), ("from-environment", "MY_KEY")):
        key = await keys.find(places)
        assert key
        assert (key.secret.reveal(), key.source) == (expected, source)
        keys.give("mistral", None)
    environ.clear()
    key = await keys.find(places)
    assert key
    assert (key.secret.reveal(), key.source) == ("from-command", "apiKeyCommand")
    await keys.aclose()


async def test_a_key_for_other_programs_is_not_taken() -> None:
    environ = {"MISTRAL_API_KEY": "not-meant-for-us", "OPENAI_API_KEY": "nor-this"}
    assert await Keys(environ).find(KeyPlaces("mistral", "CODESTRAL_API_KEY")) is None


async def test_a_command_runs_once_for_all_and_gives_its_first_line(tmp_path: Path) -> None:
    keys = Keys({})
    places = KeyPlaces("mistral", None, script(tmp_path, "time.sleep(0.1); print('  k-1\\nuser: me\\n')"))
    found = await asyncio.gather(*(keys.find(places) for _ in range(5)))
    assert {key.secret.reveal() for key in found if key} == {"k-1"}
    await keys.find(places)
    assert runs(tmp_path) == 1
    keys.forget(places)
    await keys.find(places)
    assert runs(tmp_path) == 2


async def test_a_caller_who_gives_up_does_not_make_the_command_ask_again(tmp_path: Path) -> None:
    keys = Keys({})
    places = KeyPlaces("mistral", None, script(tmp_path, "time.sleep(0.3); print('k-1')"))
    task = asyncio.create_task(keys.find(places))
    await asyncio.sleep(0.05)
    task.cancel()
    key = await keys.find(places)
    assert key
    assert key.secret.reveal() == "k-1"
    assert runs(tmp_path) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("print('s3cret'); sys.stderr.write('s3cret'); sys.exit(3)", "exit status 3"),
        ("sys.stderr.write('s3cret')", "printed nothing"),
        ("print('a s3cret of several words')", "not an API key"),
        ("print('s3crét')", "not an API key"),
        ("print('s3cret\\x07')", "not an API key"),
    ],
)
async def test_a_command_that_yields_no_key_is_told_once_and_without_its_output(
    tmp_path: Path, body: str, says: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    keys = Keys({})
    places = KeyPlaces("mistral", None, script(tmp_path, body))
    for _ in range(2):
        with caplog.at_level(logging.DEBUG), pytest.raises(KeySourceError, match=says) as caught:
            await keys.find(places)
        assert "s3cr" not in caught.value.message
    assert "s3cr" not in caplog.text
    assert "s3cr" not in "".join(capfd.readouterr())
    assert runs(tmp_path) == 1


async def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(KeySourceError, match="cannot be run"):
        await Keys({}).find(KeyPlaces("mistral", None, ("no-such-program-anywhere", "x")))


async def test_a_command_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COMMAND_S", 0.3)
    with pytest.raises(KeySourceError, match="did not end"):
        await Keys({}).find(KeyPlaces("mistral", None, script(tmp_path, "time.sleep(600)")))


async def test_closing_ends_a_command_that_waits(tmp_path: Path) -> None:
    keys = Keys({})
    task = asyncio.create_task(keys.find(KeyPlaces("mistral", None, script(tmp_path, "time.sleep(600)"))))
    while not (tmp_path / "runs").exists():  # noqa: ASYNC110 - another process makes the file
        await asyncio.sleep(0.01)
    await keys.aclose()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("value", ["two words", "", " \n", "schlüssel", "a\x00b"])
def test_the_editor_cannot_give_what_is_no_key(value: str) -> None:
    with pytest.raises(KeySourceError) as caught:
        Keys({}).give("mistral", value)
    assert not value.strip() or value not in caught.value.message


async def test_the_keyring_is_asked_last_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "keyring"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(
        "import sys\nassert sys.argv[1:] == ['get', 'codestral-lsp', 'mistral'], sys.argv\nprint('from-keyring')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    key = await Keys({}).find(KeyPlaces("mistral", "MY_KEY", keyring=True))
    assert key
    assert (key.secret.reveal(), key.source) == ("from-keyring", "the keyring")
    assert await Keys({}).find(KeyPlaces("mistral", "MY_KEY")) is None
    (package / "__main__.py").write_text("raise SystemExit(1)")
    assert await Keys({}).find(KeyPlaces("mistral", "MY_KEY", keyring=True)) is None
    assert "keyring" not in sys.modules
