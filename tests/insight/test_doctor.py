"""The doctor: every staged failure by its true cause, with a cure; a healthy machine without complaint."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codestral_lsp import errors
from codestral_lsp.insight.doctor import Finding, Level, Report, examine, folders
from codestral_lsp.insight.doctor.causes import CAUSES
from codestral_lsp.insight.doctor.text import finding_text, summary_text
from codestral_lsp.insight.machine import Machine
from codestral_lsp.insight.memory import GB, advice, best_fit
from tests.insight.failures import (
    FAILURES,
    KEY,
    Failure,
    refusing_proxy,
    subject,
    too_many_requests,
    with_ollama,
)
from tests.standins.base import Canned, Script
from tests.standins.llamacpp import LlamaServerStandIn
from tests.standins.mistral import MistralStandIn
from tests.standins.ollama import Model, OllamaStandIn
from tools.troubleshooting import document


def complaints(report: Report) -> list[Finding]:
    """What is not as it should be."""
    return [finding for finding in report.findings if finding.level in (Level.WARNING, Level.FAILURE)]


def found(report: Report, check: str) -> Finding:
    """The finding of a check."""
    return next(finding for finding in report.findings if finding.check == check)


@pytest.mark.parametrize("failure", FAILURES, ids=[failure.name for failure in FAILURES])
async def test_a_failure_is_told_by_its_true_cause_and_nothing_else_is(failure: Failure, tmp_path: Path) -> None:
    async with failure.stage(tmp_path) as examined:
        report = await examine(examined)
    assert {finding.cause for finding in complaints(report)} == failure.causes
    assert all(finding.cure for finding in complaints(report))
    assert report.verdict == failure.verdict


async def test_a_healthy_machine_gives_no_cause_for_complaint(tmp_path: Path) -> None:
    async with with_ollama(OllamaStandIn)(tmp_path) as examined:
        report = await examine(examined)
    assert not complaints(report)
    assert report.exit_code == 0
    assert report.engine == {
        "backend": "ollama",
        "model": "codestral",
        "host": examined.settings.ollama.url.removeprefix("http://"),
        "remote": False,
    }


async def test_the_answer_of_a_real_completion_is_timed_and_a_cancel_reaches_the_server(tmp_path: Path) -> None:
    numbers = ", ".join(map(str, range(200)))
    async with OllamaStandIn(Script(numbers, token_ms=20)) as server:
        report = await examine(subject(tmp_path, {"backend": "ollama", "ollama": {"url": server.url}}))
        assert len(server.aborted) == 2  # the long answer, and the one after it as soon as it began
    speed, cancel = found(report, "talk.speed").facts, found(report, "talk.cancel")
    assert 0 < speed["generationTokensPerS"] < 60
    assert speed["firstTokenMs"] > 0
    assert speed["promptTokensPerS"] > 0
    assert "Cancelling stops the server" in cancel.message


async def test_a_server_that_works_on_after_a_cancel_is_found_out(tmp_path: Path) -> None:
    class Deaf(OllamaStandIn):
        """Lets the next request wait for as long as the cancelled one would have taken."""

        cancelled = False

        async def evaluate(self, new_tokens: int) -> None:
            if self.aborted and not self.cancelled:
                self.cancelled = True
                await asyncio.sleep(5)

    # The rest of the answer takes 1.3 s, or more where the machine is busy.
    async with Deaf(Script(", ".join(map(str, range(200))), token_ms=5)) as server:
        report = await examine(subject(tmp_path, {"backend": "ollama", "ollama": {"url": server.url}}))
    assert [finding.cause for finding in complaints(report)] == ["cancel-ignored"]


async def test_memory_of_the_model_is_computed_from_its_shape_and_what_fits_is_named(tmp_path: Path) -> None:
    async with with_ollama(OllamaStandIn)(tmp_path) as examined:
        facts = found(await examine(examined), "ollama.memory").facts
    assert facts["needsBytes"] == pytest.approx(12569170041 + 4096 * 229376 + 0.7 * GB)
    assert facts["fits"]["16 GB"] == ("codestral", "Q4_0")
    assert best_fit(8 * GB, 4096).pull == "qwen2.5-coder:7b-base"  # type: ignore[union-attr]
    assert best_fit(0.3 * GB, 4096) is None


@pytest.mark.parametrize(
    ("machine", "model"),
    [
        (Machine(64 * GB, "a card", 24 * GB), "codestral:22b-v0.1-q6_K"),
        (Machine(32 * GB, "a card", 8 * GB), "qwen2.5-coder:7b-base"),
        (Machine(32 * GB), "qwen2.5-coder:1.5b-base"),  # more would fit, and be slow
        (Machine(3 * GB), "qwen2.5-coder:0.5b-base"),
        (Machine(0), None),
    ],
)
def test_the_model_to_take(machine: Machine, model: str | None) -> None:
    fit = advice(machine, 4096)
    assert (fit and fit.pull) == model


async def test_a_model_that_does_not_fit_is_not_what_the_doctor_sends_for(tmp_path: Path) -> None:
    async with OllamaStandIn(models={}) as server:
        examined = subject(tmp_path, {"backend": "ollama", "ollama": {"url": server.url}})
        small = await examine(replace(examined, machine=Machine(16 * GB, "a card", 8 * GB)))
        large = await examine(replace(examined, machine=Machine(64 * GB, "a card", 24 * GB)))
    assert "pull qwen2.5-coder:7b-base" in found(small, "ollama.model").cure
    assert found(large, "ollama.model").cure == "Run: codestral-lsp pull codestral"
    assert "the largest that fits is" in found(small, "ollama.memory").message


@pytest.mark.parametrize(
    ("used", "machine", "cure"),
    [
        ("codestral", Machine(32 * GB, "a card", 12 * GB), "pull qwen2.5-coder:14b-base, and set ollama.model to it"),
        ("codestral", Machine(16 * GB), "pull qwen2.5-coder:1.5b-base, and set ollama.model to it"),
        ("qwen2.5-coder:7b-base", Machine(64 * GB, "a card", 24 * GB), "pull qwen2.5-coder:1.5b-base"),
        ("somebody/elses:latest", Machine(32 * GB, "a card", 8 * GB), "pull qwen2.5-coder:7b-base"),
    ],
)
async def test_where_memory_is_short_a_smaller_model_is_named(
    used: str, machine: Machine, cure: str, tmp_path: Path
) -> None:
    models = {used if ":" in used else f"{used}:latest": Model()}
    async with OllamaStandIn(models=models, out_of_memory=True) as server:
        settings = {"backend": "ollama", "ollama": {"url": server.url, "model": used}}
        report = await examine(replace(subject(tmp_path, settings), machine=machine))
    completion = found(report, "talk.completion")
    assert completion.cause == "out-of-memory"
    assert cure in completion.cure


async def test_a_proxy_that_refuses_can_be_gone_without(tmp_path: Path) -> None:
    async with refusing_proxy(tmp_path) as examined:
        report = await examine(examined)
    assert "export NO_PROXY=api.mistral.ai" in found(report, "mistral.server").cure


@pytest.mark.skipif(os.name != "posix", reason="rights are others there")
@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), 'sudo chown -R "$USER"'),
        (OSError(errno.EROFS, "Read-only file system"), "export XDG_CACHE_HOME="),
        (OSError(errno.ENOSPC, "No space left on device"), "Free some space"),
    ],
)
def test_a_folder_that_cannot_be_written_by_what_keeps_it(
    error: OSError, cure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**where: Any) -> None:
        raise error

    monkeypatch.setattr("tempfile.TemporaryFile", fail)
    finding = next(iter(folders.check(subject(tmp_path))))
    assert str(error.strerror) in finding.message
    assert cure in finding.cure


async def test_auto_tells_of_every_engine_and_takes_the_first_that_works(tmp_path: Path) -> None:
    async with LlamaServerStandIn() as server:
        settings = {"ollama": {"url": "http://127.0.0.1:9"}, "llamacpp": {"url": server.url}}
        report = await examine(subject(tmp_path, settings))
    assert report.engine
    assert report.engine["backend"] == "llamacpp"
    assert found(report, "ollama.server").level is Level.NOTE  # nothing to do about it: there is an engine
    assert found(report, "mistral.key").level is Level.NOTE
    assert found(report, "llamacpp.server").facts["family"] == "qwen-coder"
    assert report.exit_code == 0


async def test_rate_limits_are_told_where_the_host_tells_them(tmp_path: Path) -> None:
    async with MistralStandIn() as server:
        listed = Canned(200, {"data": [{"id": "codestral-latest"}]}, {"x-ratelimit-limit-req-minute": "60"})
        server.plan(*[listed] * 3, path="/v1/models")
        report = await examine(subject(tmp_path, {"backend": "mistral"}, key=KEY, hosts=(server.url,)))
    assert found(report, "mistral.limits").facts["limits"] == {"limit-req-minute": "60"}


async def test_rate_limits_that_come_with_an_answer_are_told_too(tmp_path: Path) -> None:
    chunk = {"choices": [{"index": 0, "delta": {"content": "first + second"}, "finish_reason": "stop"}]}
    said = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    answer = Canned(200, said, {"x-ratelimit-remaining-req-minute": "59"}, "text/event-stream")
    async with MistralStandIn() as server:
        usage = said.replace('"choices"', '"usage": {"prompt_tokens": 500, "completion_tokens": 3}, "choices"')
        server.plan(replace(answer, body=usage), path="/v1/fim/completions")
        report = await examine(subject(tmp_path, {"backend": "mistral"}, key=KEY, hosts=(server.url,)))
    assert found(report, "mistral.limits").facts["limits"] == {"remaining-req-minute": "59"}


async def test_another_program_on_ollamas_port_is_called_that(tmp_path: Path) -> None:
    async with LlamaServerStandIn() as server:
        report = await examine(subject(tmp_path, {"backend": "ollama", "ollama": {"url": server.url}}))
    assert [finding.cause for finding in complaints(report)] == ["port-conflict"]


async def test_the_workspace_engine_is_enough_where_the_settings_ask_for_it(tmp_path: Path) -> None:
    report = await examine(subject(tmp_path, {"backend": "workspace"}))
    assert (report.verdict, report.exit_code) == ("engine", 0)


async def test_switched_off_means_that_nothing_works(tmp_path: Path) -> None:
    report = await examine(subject(tmp_path, {"backend": "workspace", "enabled": False}))
    assert (report.verdict, report.exit_code) == ("nothing", 1)
    assert "enabled = true" in summary_text(report)


async def test_no_key_and_no_code_is_in_the_report(tmp_path: Path) -> None:
    async with too_many_requests(tmp_path) as examined:
        report = await examine(examined)
    assert KEY not in json.dumps(report.as_json())


async def test_findings_read_as_lines(tmp_path: Path) -> None:
    async with with_ollama(lambda: OllamaStandIn(models={}))(tmp_path) as examined:
        report = await examine(examined)
    text = finding_text(found(report, "ollama.model"), colours=False)
    assert text == (
        "FAIL  Ollama does not have codestral; it has none at all.\n"
        "      → Run: codestral-lsp pull qwen2.5-coder:14b-base, and set ollama.model to it "
        "(codestral needs 14.2 GB; NVIDIA GeForce RTX 4070 has 12.0 GB)."
    )


def test_every_error_has_its_entry_in_the_table() -> None:
    known = vars(errors).values()
    kinds = [kind for kind in known if isinstance(kind, type) and issubclass(kind, errors.CodestralError)]
    missing = {kind.code for kind in kinds} - set(CAUSES)
    assert not missing, "add them to codestral_lsp/insight/doctor/causes.py, then: make docs"


def test_every_cause_is_one_that_the_program_can_name() -> None:
    package = Path(errors.__file__).parent
    source = "\n".join(file.read_text("utf-8") for file in package.rglob("*.py") if file.name != "causes.py")
    named = set(re.findall(r'"([a-z][a-z-]+)"', source))
    assert set(CAUSES) <= named


def test_the_documented_fields_are_those_of_the_report(tmp_path: Path) -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", Path("docs/doctor.md").read_text("utf-8"), re.MULTILINE))
    finding = Finding("check", Level.OK, "message")
    report = Report("engine", "summary", None, (finding,))
    assert documented == set(report.as_json()) | set(finding.as_json())


def test_the_troubleshooting_page_is_the_table() -> None:
    assert Path("docs/troubleshooting.md").read_text("utf-8") == document(), "run: make docs"
