"""From key to ghost text: what is asked, when, how often, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestral_lsp.backends.base import Priority
from codestral_lsp.backends.workspace.prediction import Prediction
from codestral_lsp.completion.generation import LINGER_S
from codestral_lsp.completion.request import CompletionRequest, SelectedCompletion, Trigger
from codestral_lsp.completion.status import Status
from codestral_lsp.completion.stream import UNSURE
from codestral_lsp.document.position import Position, Range
from codestral_lsp.document.store import ClientChange
from codestral_lsp.errors import PromptTooLong, Unreachable
from tests.completion.scene import URI, Scene, in_virtual_time
from tests.virtual_time import run

BODY = "def f(x):\n    y = █\n    return y\n"


async def scene(drawn: str = BODY, settings: dict[str, object] | None = None) -> Scene:
    stage = Scene(drawn, settings)
    await stage.begin()
    return stage


@in_virtual_time
async def test_a_pause_brings_the_models_answer() -> None:
    stage = await scene()
    stage.model.answer = lambda prompt: "compute(1)\n    and much more\n" * 100
    assert await stage.ghost() == "compute(1)"
    assert stage.last.outcome == "shown"
    assert stage.last.source == "model"
    assert stage.model.calls[0].end == "running", "the next line is read too, for when the user gets there"
    await asyncio.sleep(LINGER_S)
    assert stage.model.calls[0].end == "closed"


@in_virtual_time
async def test_while_typing_nothing_is_asked() -> None:
    stage = await scene()
    tasks = await stage.type("alpha + beta")
    assert stage.model.calls == []
    await asyncio.wait([tasks[-1]])
    assert len(stage.model.calls) == 1
    assert all(task.cancelled() for task in tasks[:-1])


@in_virtual_time
async def test_the_pause_is_counted_from_the_last_edit() -> None:
    stage = await scene(settings={"completion": {"debounceMs": 400}})
    loop = asyncio.get_running_loop()
    stage.insert("a")
    edited = loop.time()
    await asyncio.sleep(0.3)
    await stage.ghost()
    assert stage.model.calls[0].asked_s - edited == pytest.approx(0.4)


@in_virtual_time
async def test_what_the_client_waits_itself_is_subtracted() -> None:
    stage = await scene(settings={"completion": {"debounceMs": 400}})
    stage.insert("a")
    asked = asyncio.get_running_loop().time()
    request = CompletionRequest(stage.document, stage.cursor, Trigger.AUTOMATIC, client_wait_ms=300)
    await stage.service.complete(request)
    assert stage.model.calls[0].asked_s - asked == pytest.approx(0.1)


@in_virtual_time
async def test_a_manual_trigger_asks_at_once() -> None:
    stage = await scene(settings={"completion": {"debounceMs": 5000}})
    stage.insert("a")
    before = asyncio.get_running_loop().time()
    assert await stage.ghost(Trigger.INVOKED)
    assert stage.model.calls[0].asked_s == pytest.approx(before)


@in_virtual_time
async def test_type_through_and_delete_back_cost_nothing() -> None:
    stage = await scene()
    assert await stage.ghost() == "compute(1)"
    stage.insert("com")
    assert await stage.ghost() == "pute(1)"
    stage.insert("pute(")
    assert await stage.ghost() == "1)"
    stage.delete(6)
    assert await stage.ghost() == "mpute(1)"
    assert len(stage.model.calls) == 1
    assert stage.last.source == "cache"
    assert stage.last.total_ms == 0


@in_virtual_time
async def test_an_autopaired_bracket_is_no_other_text() -> None:
    stage = await scene()
    await stage.ghost()
    stage.insert("compute")
    stage.insert("()", behind=1)
    suggestion = await stage.ask()
    assert suggestion is not None
    assert suggestion.ghost == "1)"
    assert str(stage.document.text.replace(suggestion.range, suggestion.text)[0]) == BODY.replace("█", "compute(1)")
    assert len(stage.model.calls) == 1


@in_virtual_time
async def test_a_stream_lives_on_while_the_typing_agrees() -> None:
    stage = await scene()
    stage.model.first_token_s = 1.0
    first = stage.ask()
    await asyncio.sleep(0.9)
    assert len(stage.model.calls) == 1
    tasks = await stage.type("comp")
    first.cancel()
    suggestion = await tasks[-1]
    assert suggestion is not None
    assert suggestion.ghost == "ute(1)"
    assert len(stage.model.calls) == 1
    assert stage.last.source == "running"


@in_virtual_time
async def test_a_stream_is_closed_by_the_first_edit_that_disagrees() -> None:
    stage = await scene()
    stage.model.token_s = 1.0
    stage.ask()
    await asyncio.sleep(2)
    assert stage.model.calls[0].end == "running"
    stage.insert("z")
    edited = asyncio.get_running_loop().time()
    await asyncio.sleep(0.01)
    assert stage.model.calls[0].end == "closed"
    assert stage.model.calls[0].ended_s == pytest.approx(edited, abs=0.010)


@in_virtual_time
async def test_typing_ahead_of_the_stream_is_judged_when_it_catches_up() -> None:
    stage = await scene()
    stage.model.first_token_s = 1.0
    task = stage.ask()
    await asyncio.sleep(0.9)
    task.cancel()
    stage.insert("x")
    follower = stage.ask()
    await asyncio.sleep(0.05)
    assert stage.model.calls[0].end == "running"
    await asyncio.wait([follower])
    assert stage.model.calls[0].end == "closed"
    assert len(stage.model.calls[0].prompt.raw) < len(stage.model.calls[-1].prompt.raw) or len(stage.model.calls) == 1


@in_virtual_time
async def test_nobody_waits_for_long_for_an_answer_that_does_not_begin() -> None:
    stage = await scene()
    stage.model.first_token_s = 3600
    asked = stage.ask()
    await asyncio.sleep(1)
    stage.insert("c")
    assert await asked is None
    asked = stage.ask()
    await asyncio.sleep(1)
    assert len(stage.model.calls) == 1, "what it will say may still agree"
    stage.model.first_token_s = 0.1
    suggestion = await asked
    assert suggestion is not None
    assert suggestion.ghost == "ompute(1)", "what a new request was told, without the letter that was typed"
    assert len(stage.model.calls) == 2


@in_virtual_time
async def test_a_stream_without_a_request_is_closed_after_a_moment() -> None:
    stage = await scene()
    stage.model.first_token_s = 5.0
    task = stage.ask()
    await asyncio.sleep(1.0)
    task.cancel()
    left = asyncio.get_running_loop().time()
    await asyncio.sleep(1.0)
    ended = stage.model.calls[0].ended_s
    assert ended is not None
    assert ended - left == pytest.approx(LINGER_S, abs=0.02)


@in_virtual_time
async def test_closing_the_document_closes_its_stream() -> None:
    stage = await scene()
    stage.model.first_token_s = 5.0
    task = stage.ask()
    await asyncio.sleep(1.0)
    stage.store.close(URI)
    assert await task is None
    await asyncio.sleep(0.01)
    assert stage.model.calls[0].end == "closed"


@in_virtual_time
async def test_a_superseded_request_is_answered_with_nothing_at_once() -> None:
    stage = await scene()
    stage.model.first_token_s = 5.0
    first = stage.ask()
    await asyncio.sleep(0.01)
    second = stage.ask()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert first.done()
    assert first.result() is None
    assert not second.done()
    second.cancel()


@in_virtual_time
async def test_an_edit_answers_whoever_waits_for_the_text_before() -> None:
    stage = await scene()
    waiting = stage.ask()
    await asyncio.sleep(0.01)
    stage.insert("a")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert waiting.result() is None
    assert stage.last.outcome == "superseded"


@in_virtual_time
async def test_one_request_at_a_time_reaches_the_model() -> None:
    stage = await scene()
    stage.model.first_token_s = 2.0
    stage.ask(Trigger.INVOKED)
    await asyncio.sleep(0.5)
    stage.insert("q")
    second = stage.ask(Trigger.INVOKED)
    await asyncio.wait([second])
    first, last = stage.model.calls
    assert first.ended_s is not None
    assert first.ended_s <= last.asked_s


@in_virtual_time
async def test_a_new_window_is_read_while_the_user_still_types() -> None:
    stage = await scene()
    await stage.ghost()
    assert len(stage.model.warmed) <= 1
    stage.insert("q")
    await stage.ghost()
    assert len(stage.model.warmed) <= 1, "appending needs no warming"


@in_virtual_time
async def test_the_suggestion_lists_selection_is_extended() -> None:
    stage = await scene("x.ap█")
    stage.model.answer = lambda prompt: "(1)" if prompt.prefix.endswith("x.append") else "nonsense"
    selected = SelectedCompletion(Range(Position(0, 2), Position(0, 4)), "append")
    suggestion = await stage.ask(selected=selected)
    assert suggestion is not None
    assert (suggestion.range, suggestion.text) == (selected.range, "append(1)")
    other = await stage.ask(selected=SelectedCompletion(Range(Position(0, 2), Position(0, 4)), "apply"))
    assert other is not None
    assert other.text == "applynonsense"


@in_virtual_time
async def test_after_escape_the_suggestion_stays_away_until_the_text_changes() -> None:
    stage = await scene()
    await stage.ghost()
    stage.service.dismissed(URI, stage.document.version, stage.cursor)
    assert await stage.ghost() == ""
    assert stage.last.reason == "dismissed"
    stage.insert("c")
    assert await stage.ghost() == "ompute(1)"


@in_virtual_time
async def test_after_escape_a_manual_trigger_still_works() -> None:
    stage = await scene()
    await stage.ghost()
    stage.service.dismissed(URI, stage.document.version, stage.cursor)
    assert await stage.ghost(Trigger.INVOKED) == "compute(1)"


@in_virtual_time
async def test_a_client_that_cannot_tell_of_escape_asks_again_about_the_same_text() -> None:
    stage = await scene()
    request = CompletionRequest(stage.document, stage.cursor, Trigger.AUTOMATIC, repeats_mean_dismissal=True)
    assert await stage.service.complete(request)
    assert await stage.service.complete(request), "twice in one moment is no dismissal"
    await asyncio.sleep(2)
    assert await stage.service.complete(request) is None


@in_virtual_time
async def test_an_accepted_suggestion_that_is_undone_does_not_return_at_once() -> None:
    stage = await scene()
    ghost = await stage.ghost()
    stage.insert(ghost)
    await stage.ghost()
    stage.delete(len(ghost))
    assert await stage.ghost() == ""
    stage.insert("c")
    assert await stage.ghost() == "ompute(1)"


@in_virtual_time
async def test_several_cursors_are_left_alone() -> None:
    stage = await scene("a = █\nb = \n")
    stage.store.change(URI, None, [ClientChange("x", (1, 4), (1, 4)), ClientChange("x", (0, 4), (0, 4))])
    stage.cursor = Position(0, 5)
    assert await stage.ghost() == ""
    assert stage.last.reason == "several cursors"
    assert not stage.model.calls


@in_virtual_time
async def test_nothing_follows_a_paste_of_its_own_accord() -> None:
    stage = await scene()
    stage.insert("alpha\n    beta = gamma\n    delta = ")
    assert await stage.ghost() == ""
    assert stage.last.reason == "text was pasted"
    assert await stage.ghost(Trigger.INVOKED)


@in_virtual_time
async def test_an_accepted_suggestion_is_no_paste() -> None:
    stage = await scene()
    stage.model.answer = lambda prompt: "compute(first_argument, second_argument, third)\n"
    ghost = await stage.ghost()
    stage.insert(ghost)
    await stage.ghost()
    assert stage.last.reason != "text was pasted"


@in_virtual_time
async def test_inside_a_word_nothing_is_suggested_unasked() -> None:
    stage = await scene("x = al█pha\n")
    assert await stage.ghost() == ""
    assert stage.last.reason == "inside a word"


@in_virtual_time
async def test_switched_off_for_a_language() -> None:
    stage = await scene(settings={"completion": {"languages": {"python": False}}})
    assert await stage.ghost(Trigger.INVOKED) == ""
    assert "switched off for python" in stage.last.reason


@in_virtual_time
async def test_snoozing() -> None:
    stage = await scene()
    stage.service.snooze(60)
    assert await stage.ghost() == ""
    await asyncio.sleep(61)
    assert await stage.ghost()


class TestNextLine:
    """What the model says behind the line that is shown."""

    @in_virtual_time
    async def test_it_is_shown_when_the_user_gets_there_and_costs_nothing(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "compute(1)\n    z = other(2)\n    w = 3\n"
        assert await stage.ghost() == "compute(1)"
        await asyncio.sleep(1)
        stage.insert("compute(1)")
        stage.insert("\n    ")
        assert await stage.ghost() == "z = other(2)"
        assert len(stage.model.calls) == 1

    @in_virtual_time
    async def test_what_stands_below_already_is_no_next_line(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "compute(1)\n    return y\n"
        assert await stage.ghost() == "compute(1)"
        await asyncio.sleep(1)
        stage.insert("compute(1)\n    ")
        stage.model.answer = lambda prompt: "other()\n"
        assert await stage.ghost() == "other()"

    @in_virtual_time
    async def test_a_user_who_asks_gets_the_line_alone(self) -> None:
        stage = await scene("x = f(█) + 1\n")
        stage.model.answer = lambda prompt: "alpha\nbeta\n"
        assert await stage.ghost(Trigger.INVOKED) == "alpha"
        assert stage.model.calls[0].end == "closed"


class TestParse:
    @in_virtual_time
    @pytest.mark.parametrize("trigger", Trigger)
    async def test_what_breaks_the_parse_is_taken_off(self, trigger: Trigger) -> None:
        stage = await scene("x = 1\n█\ny = 2\n")
        stage.model.answer = lambda prompt: "total = sum(xs"
        assert await stage.ghost(trigger) == "total = sum"
        assert "parse: -3 characters" in stage.last.filters


@in_virtual_time
@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("trigger", Trigger)
async def test_an_answer_of_another_width_is_shown_in_the_files_own(trigger: Trigger, *, tells: bool) -> None:
    stage = await scene("def f(xs):\n  if xs:\n    return 1\n  for x in xs:█\n")
    stage.model.tells_logprobs = tells
    stage.model.answer = lambda prompt: "\n      y = x + 1\n      print(y)\n\n\ndef g():\n"
    assert await stage.ghost(trigger) == "\n    y = x + 1\n    print(y)"


class TestSureness:
    @in_virtual_time
    async def test_what_the_model_is_unsure_of_is_not_shown_unasked(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "compute(alpha)\n"
        stage.model.logprobs = {"lph": -3.0}
        assert await stage.ghost() == "compute("
        assert stage.last.cut == UNSURE
        assert stage.model.calls[0].end == "running"

    @in_virtual_time
    async def test_the_sure_part_leaves_no_bracket_open_where_none_was(self) -> None:
        stage = await scene("x = 1\n█\ny = 2\n")
        stage.model.answer = lambda prompt: "compute(alpha)\n"
        stage.model.logprobs = {"lph": -3.0}
        assert await stage.ghost() == "compute"

    @in_virtual_time
    async def test_nor_does_what_is_sure_behind_what_was_typed(self) -> None:
        stage = await scene("x = 1\n█\ny = 2\n")
        stage.model.answer = lambda prompt: "total = compute(alpha)\n"
        stage.model.logprobs = {"= c": -3.0, "pha": -3.0}
        assert (await stage.ghost()).rstrip() == "total"
        await asyncio.sleep(1)
        stage.insert("total = c")
        assert await stage.ghost() == "ompute"
        assert stage.last.source == "cache"
        assert stage.last.filters == ["parse: -1 characters"]

    @in_virtual_time
    async def test_once_the_doubtful_is_typed_the_rest_is_shown_without_asking(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "compute(alpha, beta)\n"
        stage.model.logprobs = {"lph": -3.0}
        assert await stage.ghost() == "compute("
        await asyncio.sleep(1)
        stage.insert("compute(")
        assert await stage.ghost() == "", "what is doubtful is not shown, and not asked for again"
        stage.insert("alph")
        assert await stage.ghost() == "a, beta)"
        assert len(stage.model.calls) == 1

    @in_virtual_time
    async def test_behind_what_was_read_of_a_closed_stream_the_model_is_asked_again(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "compute(alpha, beta)\n"
        stage.model.logprobs = {"lph": -3.0}
        stage.model.token_s = 0.2
        assert await stage.ghost() == "compute("
        await asyncio.sleep(LINGER_S)
        assert stage.model.calls[0].end == "closed"
        stage.insert("compute(alpha")
        await stage.ghost()
        assert len(stage.model.calls) == 2

    @in_virtual_time
    async def test_nor_half_a_word(self) -> None:
        stage = await scene()
        stage.model.answer = lambda prompt: "x.compute(alpha)\n"
        stage.model.logprobs = {"omp": -3.0}
        assert await stage.ghost() == "x."

    @in_virtual_time
    async def test_asked_for_all_of_it_is(self) -> None:
        stage = await scene()
        stage.model.logprobs = {"com": -3.0}
        assert await stage.ghost() == ""
        assert await stage.ghost(Trigger.INVOKED) == "compute(1)"
        stage.insert("comp")
        assert await stage.ghost() == "ute(1)"

    @in_virtual_time
    async def test_a_server_that_does_not_tell_is_believed(self) -> None:
        stage = await scene()
        stage.model.tells_logprobs = False
        stage.model.logprobs = {"com": -3.0}
        assert await stage.ghost() == "compute(1)"


class TestEmbedded:
    @in_virtual_time
    async def test_a_sure_prediction_is_shown_at_once_and_spares_the_model(self) -> None:
        stage = await scene()
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.9)
        assert await stage.ghost() == "predicted()"
        assert (stage.last.source, stage.last.total_ms) == ("instant", 0)
        await asyncio.sleep(3)
        assert not stage.model.calls

    @in_virtual_time
    async def test_what_was_shown_instantly_is_not_swapped_while_it_is_typed(self) -> None:
        stage = await scene()
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.9)
        stage.predictor.predictions["    y = pr"] = Prediction("int()", 0.9)
        await stage.ghost()
        stage.insert("pr")
        assert await stage.ghost() == "edicted()"

    @in_virtual_time
    async def test_an_unsure_prediction_waits_for_the_model(self) -> None:
        stage = await scene()
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.6)
        assert await stage.ghost() == "compute(1)"

    @in_virtual_time
    async def test_it_can_be_switched_off(self) -> None:
        stage = await scene(settings={"completion": {"instant": False}})
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.9)
        assert await stage.ghost() == "compute(1)"

    @in_virtual_time
    async def test_without_a_model_it_answers_alone(self) -> None:
        stage = await scene(settings={"backend": "workspace"})
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.6)
        assert await stage.ghost() == "predicted()"
        assert stage.last.source == "embedded"
        stage.predictor.predictions["    y = "] = Prediction("guessed()", 0.3)
        stage.insert("q")
        assert await stage.ghost() == ""


@in_virtual_time
async def test_the_user_is_told_of_work_that_lasts_and_of_no_other() -> None:
    stage = await scene()
    told: list[Status] = []
    stage.engines.on_status = told.append
    assert await stage.ghost()
    assert not any(status.busy for status in told)
    stage.model.first_token_s = 1.0
    stage.insert("q")
    assert await stage.ghost()
    await asyncio.sleep(LINGER_S)
    assert [status.busy for status in told[-2:]] == [True, False]


class TestFailures:
    @in_virtual_time
    async def test_a_model_that_hangs_is_told_though_the_user_types_on(self) -> None:
        stage = await scene()
        told: list[Status] = []
        stage.engines.on_status = told.append
        stage.model.first_token_s = 3600
        for _ in range(30):
            stage.insert("q")
            stage.ask()
            await asyncio.sleep(2)
        warnings = [status for status in told if status.kind == "Warning"]
        assert len({status.message for status in warnings}) == 1
        assert "not said a word" in warnings[0].message
        assert warnings[0].cure
        stage.model.first_token_s = 0.1
        stage.insert("w")
        assert await stage.ghost() == "compute(1)"
        assert told[-1].kind == "Normal"

    @in_virtual_time
    async def test_a_failing_model_is_told_once_rested_and_tried_again(self) -> None:
        stage = await scene()
        told: list[Status] = []
        stage.engines.on_status = told.append
        stage.model.failure = lambda: Unreachable("ollama", "Ollama is not running.", cure="Start it: ollama serve")
        for _ in range(5):
            stage.insert("q")
            assert await stage.ghost() == ""
        assert len(stage.model.calls) < 5
        troubles = [status for status in told if status.kind == "Warning"]
        assert len({status.message for status in troubles}) == 1
        assert troubles[0].cure == "Start it: ollama serve"
        stage.model.failure = lambda: None
        await asyncio.sleep(30)
        stage.insert("w")
        assert await stage.ghost() == "compute(1)"
        assert told[-1].kind == "Normal"

    @in_virtual_time
    async def test_meanwhile_the_embedded_engine_answers(self) -> None:
        stage = await scene()
        stage.model.failure = lambda: Unreachable("ollama", "gone")
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.6)
        assert await stage.ghost() == "predicted()"

    @in_virtual_time
    async def test_typing_what_it_says_keeps_it_and_the_model_is_asked_once_it_is_back(self) -> None:
        stage = await scene()
        stage.model.failure = lambda: Unreachable("ollama", "gone")
        stage.predictor.predictions["    y = "] = Prediction("predicted()", 0.6)
        assert await stage.ghost() == "predicted()"
        stage.insert("pre")
        assert await stage.ghost() == "dicted()"
        stage.model.failure = lambda: None
        await asyncio.sleep(60)
        stage.delete(1)
        assert await stage.ghost() == "compute(1)"

    @given(
        characters=st.floats(1.0, 5.0), word=st.text("aZ9_+(漢", min_size=1, max_size=12), lines=st.integers(1, 1500)
    )
    def test_however_wrong_the_estimate_no_more_is_answered_than_fits(
        self, characters: float, word: str, lines: int
    ) -> None:
        """A server that counts a token for every so many characters, and refuses what is over its context."""

        async def ask() -> None:
            stage = await scene(f"{word} {word}\n" * lines + "y = █\n")
            asked = stage.model.calls

            def refusal() -> PromptTooLong | None:
                tokens = len(asked[-1].prompt.raw) / characters + 256
                return PromptTooLong("ollama", "too long") if tokens > 4096 else None

            stage.model.failure = refusal
            await stage.ghost(Trigger.INVOKED)
            assert len(asked[-1].prompt.raw) / characters + 256 <= 4096, "the last one was answered"

        run(ask())

    @in_virtual_time
    async def test_a_prompt_that_is_too_long_is_asked_again_smaller(self) -> None:
        stage = await scene("\n".join(f"line_{n} = {n}" for n in range(1000)) + "\ny = █\n")
        stage.model.failure = lambda: PromptTooLong("ollama", "too long") if len(stage.model.calls) == 1 else None
        assert await stage.ghost() == "compute(1)"
        first, second = stage.model.calls
        assert len(second.prompt.raw) < len(first.prompt.raw)

    @in_virtual_time
    async def test_cut_off_answers_are_never_cached(self) -> None:
        stage = await scene()
        stage.model.token_s = 0.5
        stage.ask(Trigger.INVOKED)
        await asyncio.sleep(0.8)
        stage.insert("z")
        await asyncio.sleep(0.1)
        stage.delete(1)
        stage.model.token_s = 0.01
        assert await stage.ghost() == "compute(1)"
        assert len(stage.model.calls) == 2


class TestBesideActions:
    """An action (explain, find the bug) streams on an engine that does one thing at a time."""

    @in_virtual_time
    async def test_what_is_typed_is_answered_from_cache_and_workspace(self) -> None:
        stage = await scene()
        assert await stage.ghost() == "compute(1)"
        async with acting(stage) as paused:
            assert await stage.ghost() == "compute(1)"
            assert stage.last.source == "cache"
            stage.insert("z")
            stage.predictor.predictions["    y = z"] = Prediction("_predicted()", 0.6)
            assert await stage.ghost() == "_predicted()"
            assert stage.last.source == "embedded"
            assert len(stage.model.calls) == 1
            assert not paused.is_set()

    @in_virtual_time
    async def test_a_pause_for_typing_that_ends_beside_an_action_does_not_disturb_it(self) -> None:
        stage = await scene(settings={"completion": {"debounceMs": 300}})
        stage.insert("z")
        asked = stage.ask()
        await asyncio.sleep(0.1)
        async with acting(stage) as paused:
            assert await asked is None
            assert stage.last.reason == "an action has the model"
            assert not stage.model.calls
            assert not paused.is_set()

    @in_virtual_time
    async def test_a_manual_trigger_pauses_the_action(self) -> None:
        stage = await scene()
        async with acting(stage) as paused:
            assert await stage.ghost(Trigger.INVOKED) == "compute(1)"
            assert paused.is_set()

    @in_virtual_time
    async def test_the_status_says_so(self) -> None:
        stage = await scene()
        told: list[Status] = []
        stage.engines.on_status = told.append
        async with acting(stage):
            pass
        during, after = told
        assert during.busy
        assert during.message == "Explaining area() (codestral). Completing from cache and your workspace meanwhile"
        assert (after.busy, after.message) == (False, "codestral through ollama")

    @in_virtual_time
    async def test_afterwards_the_cache_is_warmed_where_the_user_is(self) -> None:
        stage = await scene()
        await stage.ghost()
        stage.insert("z")
        async with acting(stage):
            await stage.ghost()
        warmed = len(stage.model.warmed)
        stage.service.warm_again()
        await asyncio.sleep(1)
        assert len(stage.model.warmed) == warmed + 1
        assert "y = z" in stage.model.warmed[-1].raw
        stage.insert("!")
        stage.service.warm_again()
        await asyncio.sleep(1)
        assert len(stage.model.warmed) == warmed + 1, "the text has moved on: the next request reads it anyway"


@asynccontextmanager
async def acting(stage: Scene) -> AsyncIterator[asyncio.Event]:
    """An action that holds the model until it is pre-empted or the block ends; the event is set when it is."""
    engine, paused, over = stage.engines.current, asyncio.Event(), asyncio.Event()
    assert engine

    def pause() -> None:
        paused.set()
        over.set()

    async def act() -> None:
        async with engine.scheduler.slot(Priority.ACTION, pause):
            with stage.engines.acting("Explaining area() (codestral)"):
                await over.wait()

    task = asyncio.create_task(act())
    await asyncio.sleep(0)
    yield paused
    over.set()
    await task
