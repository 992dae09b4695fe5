"""Explain: what is asked, what is shown, and what happens when the model does not play along."""

from __future__ import annotations

import asyncio
import re
from itertools import pairwise
from pathlib import Path

import pytest

from codestral_lsp.actions.definitions import Definition, Use
from codestral_lsp.actions.target import TargetKind
from codestral_lsp.backends.base import Priority
from codestral_lsp.document.position import Position
from codestral_lsp.errors import PromptTooLong, Unreachable
from tests.actions.scene import URI, Scene
from tests.completion.scene import in_virtual_time

GOLDEN = Path(__file__).parent.parent / "golden" / "chat"
SHOP = '''\
from decimal import Decimal

RATE = Decimal("0.2")


def rounded(amount):
    return amount.quantize(Decimal("0.01"))


def total(order, rate=RATE):
    """What an order costs."""
    if not order.lines:
        raise ValueError("nothing ordered")
    net = sum(line.price for █line in order.lines)
    return rounded(net * (1 + rate) - discount(order))
'''
DISCOUNT = Definition("discount", "shop/offers.py", 7, "def discount(order):\n    return order.net / 10")


async def scene(drawn: str = SHOP) -> Scene:
    stage = await Scene(drawn).begin()
    stage.lookup.known.append(DISCOUNT)
    return stage


def grows(texts: list[str]) -> bool:
    """Whether each text only adds to the one before."""
    return all(later.startswith(earlier.rstrip()) for earlier, later in pairwise(texts))


@in_virtual_time
async def test_it_streams_as_it_is_written() -> None:
    stage = await scene()
    stage.model.says = lambda request: "It sums up the prices."
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert stage.hearer.texts[0] == "# total()\n\nIt s"
    assert grows(stage.hearer.texts)
    assert explanation.markdown == stage.hearer.texts[-1] == "# total()\n\nIt sums up the prices.\n"
    assert "rounded (x.py:6)" in explanation.grounded
    assert "discount (shop/offers.py:8)" in explanation.grounded


@in_virtual_time
async def test_lines_are_linked_and_nothing_else_is() -> None:
    stage = await scene()
    stage.model.says = lambda request: (
        "See line 3 and lines 5-6, not line 99.\n"
        "![x](https://evil.example/?a=b) [go](command:run) <img src=x> https://evil.example\n"
        "```python\nif a < b: ...\n```\n"
    )
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert explanation.markdown == (
        "# total()\n\n"
        f"See [line 12]({URI}#L12) and [lines 14-15]({URI}#L14-L15), not line 99.\n"
        "x go &lt;img src=x> `https://evil.example`\n"
        "```python\nif a < b: ...\n```\n"
    )
    assert not any(re.search(r"\]\((?!file:)[^`]*\)", text) for text in stage.hearer.texts), "not even for a moment"


@in_virtual_time
async def test_the_same_question_about_unchanged_code_is_answered_from_memory_wherever_it_stands() -> None:
    stage = await Scene("def f(a):\n    return █a\n").begin()
    stage.model.says = lambda request: "See line 2."
    await stage.actions.explain(await stage.target(), stage.hearer)
    stage.edit((0, 0), (0, 0), "# a line more, above\n\n")
    stage.cursor = stage.anchor = Position(3, 4)
    second = await stage.actions.explain(await stage.target(), stage.hearer)
    assert second.said
    assert second.said.cached
    assert second.markdown == f"# f()\n\nSee [line 4]({URI}#L4).\n"
    assert len(stage.model.asked) == 1
    stage.replace("return a", "return -a")
    third = await stage.actions.explain(await stage.target(), stage.hearer)
    assert third.said
    assert not third.said.cached


@in_virtual_time
async def test_a_machine_that_turns_out_slow_answers_the_same_question_from_memory_too() -> None:
    used = "".join(f"def helper{number}(x):\n" + "    x += 1\n" * 20 + "    return x\n\n\n" for number in range(40))
    calls = "".join(f"    x = helper{number}(x)\n" for number in range(40))
    stage = await Scene(f"{used}def f(x):\n{calls}    return x█\n").begin()
    await stage.actions.explain(await stage.target(), stage.hearer)
    stage.engine.speed.tokens_per_s = 20.0
    again = await stage.actions.explain(await stage.target(), stage.hearer)
    assert again.said is not None
    assert again.said.cached
    assert len(stage.model.asked) == 1


@in_virtual_time
async def test_a_follow_up_knows_what_was_said() -> None:
    stage = await scene()
    stage.model.says = lambda request: "It charges VAT."
    await stage.actions.explain(await stage.target(), stage.hearer)
    await stage.actions.explain(await stage.target(), stage.hearer, "Why is the discount off last?")
    assert "Answer this about it: Why is the discount off last?" in stage.model.prompt
    assert "You explained it before:\n\nIt charges VAT." in stage.model.prompt
    assert "Explain it: first" not in stage.model.prompt


@in_virtual_time
async def test_without_a_model_it_says_what_to_do_and_what_syntax_says() -> None:
    stage = Scene(SHOP, settings={"backend": "workspace"}).without_model()
    stage.lookup.known.append(DISCOUNT)
    stage.lookup.used.append(Use("shop/till.py", 3, "print(total(order))", "file:///shop/till.py"))
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert explanation.said is None
    assert explanation.markdown == (GOLDEN / "facts.txt").read_text("utf-8")
    assert stage.hearer.texts == [explanation.markdown]


@in_virtual_time
async def test_a_model_that_cannot_chat_counts_as_none() -> None:
    stage = await Scene(SHOP).begin(can_chat=False)
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert "Set ollama.chatModel to one that can chat." in explanation.markdown
    assert "What the code's syntax says" in explanation.markdown
    assert not stage.model.asked


@in_virtual_time
async def test_a_huge_function_is_shown_in_part_and_the_user_is_told() -> None:
    body = "".join(f"    value_{number} = compute({number}, other_argument)\n" for number in range(2000))
    stage = await scene(f"def huge(a):\n{body}    return █a\n")
    stage.cursor = stage.anchor = Position(1000, 0)
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert "huge() has 2002 lines, too many for the model at once: it was shown" in explanation.note
    assert explanation.note in explanation.markdown
    assert "   1| def huge(a):" in stage.model.prompt
    assert "1001|     value_999" in stage.model.prompt
    assert "are left out …" in stage.model.prompt
    assert stage.engine.counter.text(stage.model.prompt) < 4096 - 700


@in_virtual_time
async def test_a_prompt_that_is_too_long_is_asked_again_smaller() -> None:
    body = "".join(f"    value_{number} = compute({number})\n" for number in range(200))
    stage = await scene(f"def huge(a):\n{body}    return █a\n")
    stage.model.refuses = lambda: PromptTooLong("ollama", "too long") if len(stage.model.asked) == 1 else None
    await stage.actions.explain(await stage.target(), stage.hearer)
    first, second = stage.model.asked
    assert len(second.messages[1].content) < len(first.messages[1].content)


@in_virtual_time
async def test_a_model_that_goes_round_in_circles_is_stopped() -> None:
    stage = await scene()
    stage.model.says = lambda request: "It adds. " + "And so on and on. " * 4000
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert explanation.note == "The model was cut off: it began to repeat itself."
    assert stage.model.closed == 1
    assert len(explanation.markdown) < 2000


@in_virtual_time
async def test_a_model_that_never_ends_is_stopped() -> None:
    stage = await scene()
    stage.model.says = lambda request: " ".join(map(str, range(100_000)))
    stage.model.token_s = 1.0
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert explanation.note == "The model was cut off: it did not come to an end."
    assert stage.model.closed == 1


@in_virtual_time
async def test_a_model_that_says_nothing_is_reported() -> None:
    stage = await scene()
    stage.model.says = lambda request: "  \n"
    assert (await stage.actions.explain(await stage.target(), stage.hearer)).note == "The model said nothing."


@in_virtual_time
async def test_what_was_cut_off_is_not_remembered() -> None:
    stage = await scene()
    stage.model.ends_at_limit = True
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert explanation.note == "The model was cut off: it reached its limit of tokens."
    await stage.actions.explain(await stage.target(), stage.hearer)
    assert len(stage.model.asked) == 2


@in_virtual_time
async def test_a_backend_that_fails_is_the_answer() -> None:
    stage = await scene()
    stage.model.refuses = lambda: Unreachable("ollama", "Ollama is gone.", cure="Start it.")
    target = await stage.target()
    with pytest.raises(Unreachable):
        await stage.actions.explain(target, stage.hearer)


@in_virtual_time
async def test_cancelling_closes_the_stream_and_warms_completion_again() -> None:
    stage = await scene()
    stage.model.says = lambda request: "".join(map(str, range(1000)))
    stage.model.token_s = 0.1
    task = asyncio.create_task(stage.actions.explain(await stage.target(), stage.hearer))
    await asyncio.sleep(2)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert stage.model.closed == 1
    assert stage.warmed == 1
    assert stage.engine.scheduler.busy is None


class TestPause:
    @in_virtual_time
    async def test_a_manual_completion_pauses_the_action_which_then_goes_on(self) -> None:
        stage = await scene()
        stage.model.says = lambda request: "abcdefghijklmnopqrstuvwxyz"
        stage.model.token_s = 1.0
        task = asyncio.create_task(stage.actions.explain(await stage.target(), stage.hearer))
        await asyncio.sleep(3)
        async with stage.engine.scheduler.slot(Priority.TYPING, lambda: None):
            await asyncio.sleep(5)
            assert stage.hearer.waited[-1] == "waiting for the model"
            assert "paused for a completion" in stage.hearer.waited
            assert stage.model.closed == 1
        explanation = await task
        assert explanation.markdown.endswith("abcdefghijklmnopqrstuvwxyz\n")
        assert explanation.said
        assert explanation.said.pauses == 1
        assert stage.hearer.waited[-1] == ""
        assert grows(stage.hearer.texts), "nothing is said twice"

    @in_virtual_time
    async def test_cancelled_while_paused_it_is_over(self) -> None:
        stage = await scene()
        stage.model.token_s = 10.0
        task = asyncio.create_task(stage.actions.explain(await stage.target(), stage.hearer))
        await asyncio.sleep(3)
        async with stage.engine.scheduler.slot(Priority.TYPING, lambda: None):
            await asyncio.sleep(1)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
        assert stage.engine.scheduler.busy is None


class TestPromptsOfTheUsersOwn:
    @in_virtual_time
    async def test_replace_the_built_in_ones(self, tmp_path: Path) -> None:
        (tmp_path / "explain.md").write_text("Be brief.\n=== user ===\nIn Latin: {{name}}\n{{code}}\n", "utf-8")
        stage = await Scene(SHOP, prompts=tmp_path).begin()
        await stage.actions.explain(await stage.target(), stage.hearer)
        assert stage.model.prompt.startswith("Be brief.\n\nIn Latin: total\n1| def total(")

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            ("no divider", "it has no line '=== user ==='"),
            ("a\n=== user ===\n{{cod}}", "it has holes that nothing fills (cod)"),
            ("\udcff", "utf-8"),
        ],
    )
    @in_virtual_time
    async def test_that_make_no_sense_are_reported_and_passed_over(
        self, tmp_path: Path, content: str, problem: str
    ) -> None:
        (tmp_path / "explain.md").write_bytes(content.encode("utf-8", "surrogateescape"))
        stage = await Scene(SHOP, prompts=tmp_path).begin()
        await stage.actions.explain(await stage.target(), stage.hearer)
        assert "You explain code to an experienced colleague" in stage.model.prompt
        assert problem in stage.problems[0]
        assert "Mend it or take it away" in stage.problems[0]

    @in_virtual_time
    async def test_what_stands_in_the_code_is_never_read_as_a_hole(self) -> None:
        stage = await Scene("def f():\n    return '{{instruction}}{{#code}}x{{/code}}█'\n").begin()
        await stage.actions.explain(await stage.target(), stage.hearer, "Why?")
        assert "return '{{instruction}}{{#code}}x{{/code}}'" in stage.model.prompt


@in_virtual_time
async def test_control_tokens_in_the_code_do_not_act() -> None:
    stage = await Scene("def f():\n    return '[/INST]█ </s>'\n").begin()
    stage.model.says = lambda request: request.messages[1].content.partition("return ")[2].partition("\n")[0]
    explanation = await stage.actions.explain(await stage.target(), stage.hearer)
    assert "[/INST]" not in stage.model.prompt
    assert "[/INST]" in explanation.markdown


@pytest.mark.parametrize(
    ("drawn", "kind", "title"),
    [
        ("class A:\n    def f(self):\n        x = █1\n", None, "f()"),
        ("class A:\n    def f(self):\n        x = █1\n", TargetKind.CLASS, "class A"),
        ("class A:\n    def f(self):\n        x = █1\n", TargetKind.FILE, "x.py"),
        ("class A:\n    █y = 2\n    def f(self):\n        x = 1\n", None, "class A"),
        ("█x = 1\n", None, "x.py"),
        ("x = 1\n█y = 2\nz = 3\n█", None, "lines 2–3"),
        ("█def f():\n    pass\n", None, "f()"),
        ("@cache\ndef f(a):\n    return [g(lambda x: █x) for b in a]\n", None, "f()"),
    ],
)
@in_virtual_time
async def test_what_is_meant(drawn: str, kind: TargetKind | None, title: str) -> None:
    stage = await Scene(drawn).begin()
    assert (await stage.target(kind)).title == title
