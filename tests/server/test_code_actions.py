"""Code actions over a real server's pipes: what is offered where, found bugs as diagnostics, checked fixes applied."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.lsp_client import CAPABILITIES, Json, LspClient
from tests.patience import PATIENCE_S
from tests.server.conftest import StartClient
from tests.standins.base import Script
from tests.standins.ollama import OllamaStandIn

URI = "file:///shop/a.py"
TEXT = "class A:\n    def mean(self, values):\n        total = sum(values[1:])\n        return total / len(values)\n"
ANSWER = json.dumps(
    {
        "findings": [
            {
                "quote": "total = sum(values[1:])",
                "line": 2,
                "kind": "off-by-one",
                "why": "The first value is left out.",
                "input": "mean([2])",
                "fix": "total = sum(values)",
                "confidence": 0.9,
            }
        ]
    }
)
ABLE: Json = {
    **CAPABILITIES,
    "textDocument": {
        **CAPABILITIES["textDocument"],
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
        },
        "publishDiagnostics": {"relatedInformation": True, "dataSupport": True},
    },
    "workspace": {
        **CAPABILITIES["workspace"],
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}},
    },
}
INSIDE = {"start": {"line": 2, "character": 10}, "end": {"line": 2, "character": 10}}


async def actions(client: LspClient, span: Json = INSIDE, diagnostics: Any = (), only: Any = None) -> list[Json]:
    context: Json = {"diagnostics": list(diagnostics)}
    if only:
        context["only"] = only
    params = {"textDocument": {"uri": URI}, "range": span, "context": context}
    return list(await client.request("textDocument/codeAction", params))


async def until_offered(client: LspClient, title: str, span: Json = INSIDE) -> None:
    """Wait for the document's tree: where the machine is busy, what needs it is not offered at once."""
    async with asyncio.timeout(PATIENCE_S):
        while title not in titles(await actions(client, span)):
            pass


def titles(found: list[Json]) -> list[str]:
    return [action["title"] for action in found]


def diagnostics(client: LspClient) -> list[Json]:
    """What was last published."""
    published = client.notifications("textDocument/publishDiagnostics")
    return list(published[-1]["diagnostics"]) if published else []


async def found(start: StartClient, ollama: OllamaStandIn, **changes: Any) -> tuple[LspClient, Json]:
    """A client in whose document a bug was found, and the diagnostic that says so."""
    ollama.script = Script(ANSWER)
    client = await start(ollama, capabilities=ABLE, **changes)
    client.open(URI, TEXT)
    result = await client.command("codestral.findBug", {"uri": URI, "position": INSIDE["start"]})
    assert len(result["findings"]) == 1
    await client.until(lambda: len(diagnostics(client)) == 1)
    return client, diagnostics(client)[0]


async def test_what_is_offered_where(start: StartClient) -> None:
    client = await start(capabilities=ABLE)
    client.open(URI, TEXT)
    await until_offered(client, "Document mean()")
    offered = await actions(client)
    assert titles(offered) == [
        "Explain mean()",
        "Find the bug in mean()",
        "Document mean()",
        "Write tests for mean()",
        "Explain class A",
        "Find the bug in class A",
        "Document class A",
        "Write tests for class A",
        "Explain a.py",
        "Find the bug in a.py",
    ]
    assert [action["kind"] for action in offered[:4]] == [
        "codestral.explain",
        "codestral.findBug",
        "refactor.rewrite",
        "codestral.writeTests",
    ]
    assert offered[0]["command"]["arguments"] == [
        {"uri": URI, "position": {"line": 1, "character": 4}, "target": "function"}
    ]
    selected = {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 4}}
    assert titles(await actions(client, selected)) == ["Explain the selection", "Find the bug in the selection"]
    assert titles(await actions(client, only=["refactor"])) == ["Document mean()", "Document class A"]
    assert titles(await actions(client, only=["codestral.explain"])) == [
        "Explain mean()",
        "Explain class A",
        "Explain a.py",
    ]


async def test_comments_and_empty_bodies_can_be_filled(start: StartClient) -> None:
    client = await start(capabilities=ABLE)
    client.open(URI, "# read the file\n\n\ndef f(path):\n    pass\n")
    top = {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 3}}
    await until_offered(client, "Generate: read the file", top)
    body = {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 4}}
    await until_offered(client, "Generate the body of def f(path):", body)


async def test_other_tools_problems_can_be_fixed(start: StartClient, ollama: OllamaStandIn) -> None:
    said = {"quote": "total = sum(values[1:])", "line": 2, "why": "It skips one.", "fix": "total = sum(values)"}
    ollama.script = Script(json.dumps(said))
    client = await start(ollama, capabilities=ABLE)
    client.answers["workspace/applyEdit"] = {"applied": True}
    client.open(URI, TEXT)
    problem = {
        "range": {"start": {"line": 2, "character": 8}, "end": {"line": 2, "character": 13}},
        "message": "Suspicious slice",
        "source": "linter",
    }
    first = (await actions(client, diagnostics=[problem]))[0]
    assert (first["title"], first["kind"]) == ("Fix: Suspicious slice", "quickfix")
    result = await client.command(first["command"]["command"], *first["command"]["arguments"])
    assert result["applied"]
    (asked,) = [message["params"] for message in client.received if message.get("method") == "workspace/applyEdit"]
    (change,) = asked["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert change["edits"][0]["newText"] == "        total = sum(values)\n"
    assert asked["edit"]["changeAnnotations"]["codestral"]["needsConfirmation"] is True


async def test_a_found_bug_is_a_diagnostic(start: StartClient, ollama: OllamaStandIn) -> None:
    _, diagnostic = await found(start, ollama, options={"actions": {"bugSeverity": "hint"}})
    assert diagnostic["range"] == {"start": {"line": 2, "character": 8}, "end": {"line": 2, "character": 31}}
    assert diagnostic["message"] == "The first value is left out.\nFor example: mean([2])"
    assert (diagnostic["source"], diagnostic["severity"], diagnostic["code"]) == ("codestral", 4, "off-by-one")
    assert [each["message"] for each in diagnostic["relatedInformation"]] == ["in mean()", "shown by: mean([2])"]


async def test_its_quick_fix_is_checked_and_resolved_to_a_versioned_edit(
    start: StartClient, ollama: OllamaStandIn
) -> None:
    client, _ = await found(start, ollama)
    client.change(URI, 2, ((0, 0), (0, 0), "# new\n"))
    await client.until(lambda: diagnostics(client)[0]["range"]["start"]["line"] == 3)
    fix, dismiss, *_ = await actions(client, diagnostics=diagnostics(client))
    assert fix["title"] == "Fix: The first value is left out."
    assert dismiss["title"] == "Dismiss for good: The first value is left out."
    assert "edit" not in fix
    resolved = await client.request("codeAction/resolve", fix)
    (change,) = resolved["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 2}
    assert change["edits"][0]["range"] == {"start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 0}}
    client.change(URI, 3, ((3, 16), (3, 16), "0 + "))
    stale = await client.request("codeAction/resolve", fix)
    assert "edit" not in stale
    assert "has changed" in stale["disabled"]["reason"]


async def test_it_goes_stale_and_comes_back_with_its_function(start: StartClient, ollama: OllamaStandIn) -> None:
    client, _ = await found(start, ollama)
    client.change(URI, 2, ((3, 8), (3, 8), "#"))
    await client.until(lambda: not diagnostics(client))
    client.change(URI, 3, ((3, 8), (3, 9), ""))
    await client.until(lambda: len(diagnostics(client)) == 1)
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    await client.until(lambda: not diagnostics(client))


async def test_dismissed_it_does_not_come_back(start: StartClient, ollama: OllamaStandIn) -> None:
    client, diagnostic = await found(start, ollama)
    argument = {"uri": URI, "finding": diagnostic["data"]["finding"]}
    await client.command("codestral.dismissFinding", argument)
    await client.until(lambda: not diagnostics(client))
    await client.stop()
    later = await start(ollama, capabilities=ABLE)
    later.open(URI, "\n" + TEXT)
    place = {"line": 3, "character": 10}
    result = await later.command("codestral.findBug", {"uri": URI, "position": place})
    assert not result["findings"]
    assert result["removed"] == {"it was dismissed": 1}


async def test_apply_fix_says_why_it_was_not_applied(start: StartClient, ollama: OllamaStandIn) -> None:
    client, diagnostic = await found(start, ollama)
    client.answers["workspace/applyEdit"] = {"applied": False, "failureReason": "read-only"}
    argument = {"uri": URI, "finding": diagnostic["data"]["finding"]}
    result = await client.command("codestral.applyFix", argument)
    assert result == {"applied": False, "reason": "The editor did not apply the edit: read-only. Nothing was changed."}


async def test_a_fix_that_the_user_throws_away_is_not_complained_about(
    start: StartClient, ollama: OllamaStandIn
) -> None:
    client, diagnostic = await found(start, ollama)
    client.answers["workspace/applyEdit"] = {"applied": False}
    argument = {"uri": URI, "finding": diagnostic["data"]["finding"]}
    result = await client.command("codestral.applyFix", argument)
    assert result == {"applied": False, "reason": "The edit was thrown away. Nothing was changed."}
    assert not client.notifications("window/showMessage")


async def test_what_other_tools_report_is_not_repeated(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script(ANSWER)
    client = await start(ollama, capabilities=ABLE)
    client.open(URI, TEXT)
    problem = {"range": INSIDE, "message": "the first value is left out here", "source": "other"}
    await actions(client, diagnostics=[problem])
    result = await client.command("codestral.findBug", {"uri": URI, "position": INSIDE["start"]})
    assert result["removed"] == {"another tool reports it": 1}


async def test_a_traceback_leads_to_its_line_without_a_model(start: StartClient, tmp_path: Any) -> None:
    client = await start(capabilities=ABLE, root=tmp_path.as_uri())
    file = tmp_path / "mean.py"
    await asyncio.to_thread(file.write_text, TEXT)
    client.open(file.as_uri(), TEXT)
    error = (
        f'Traceback (most recent call last):\n  File "{file}", line 4, in mean\nZeroDivisionError: division by zero\n'
    )
    result = await client.command("codestral.findBug", {"uri": file.as_uri(), "error": error})
    (finding,) = result["findings"]
    assert finding["why"] == "The error was raised here: ZeroDivisionError: division by zero"
    assert finding["range"]["start"]["line"] == 3
    assert result["frames"] == [{"uri": file.as_uri(), "line": 3, "function": "mean"}]
    assert "There is no model to ask" in result["note"]


async def test_a_traceback_that_leads_elsewhere_says_where(
    start: StartClient, ollama: OllamaStandIn, tmp_path: Any
) -> None:
    client = await start(ollama, capabilities=ABLE, root=tmp_path.as_uri())
    there = tmp_path / "mean.py"
    await asyncio.to_thread(there.write_text, TEXT)
    here = (tmp_path / "other.py").as_uri()
    client.open(here, "def f():\n    return 1\n")
    error = (
        f'Traceback (most recent call last):\n  File "{there}", line 4, in mean\nZeroDivisionError: division by zero\n'
    )
    result = await client.command("codestral.findBug", {"uri": here, "error": error})
    assert result["note"] == "The error was raised at line 4 of mean.py: look for it there."
    assert [frame["uri"] for frame in result["frames"]] == [there.as_uri()]
    assert not ollama.seen("/api/chat"), "nothing is asked about code that has no part in it"


async def test_generate_is_one_edit_with_its_imports(start: StartClient, ollama: OllamaStandIn) -> None:
    ollama.script = Script("```python\nimport glob\n\nreturn glob.glob(path)\n```")
    client = await start(ollama, capabilities=ABLE)
    client.answers["workspace/applyEdit"] = {"applied": True}
    client.open(URI, "def f(path):\n    pass\n")
    result = await client.command("codestral.generate", {"uri": URI, "position": {"line": 1, "character": 4}})
    assert result["applied"]
    (asked,) = [message["params"] for message in client.received if message.get("method") == "workspace/applyEdit"]
    (change,) = asked["edit"]["documentChanges"]
    assert [edit["newText"] for edit in change["edits"]] == ["import glob\n\n", "    return glob.glob(path)\n"]


async def test_a_client_of_little_skill_gets_commands(start: StartClient, ollama: OllamaStandIn) -> None:
    client = await start(ollama)
    client.open(URI, TEXT)
    first = (await actions(client))[0]
    assert first["command"] == "codestral.explain"


@pytest.mark.parametrize("only", [["source.organizeImports"], ["quickfix"]])
async def test_nothing_is_offered_that_was_not_asked_for(start: StartClient, only: list[str]) -> None:
    client = await start(capabilities=ABLE)
    client.open(URI, TEXT)
    assert await actions(client, only=only) == []


async def test_an_edit_that_typing_outran_is_moved_along(start: StartClient, ollama: OllamaStandIn) -> None:
    client, diagnostic = await found(start, ollama)
    asked: list[Json] = []

    def apply(params: Json) -> Json:
        asked.append(params["edit"]["documentChanges"][0])
        if len(asked) == 1:
            # The editor's text is newer than the one the edit was made for: it refuses, and tells of the change.
            client.change(URI, 2, ((0, 0), (0, 0), "# typed\n"))
            return {"applied": False, "failureReason": "version"}
        return {"applied": True}

    client.answers["workspace/applyEdit"] = apply
    result = await client.command("codestral.applyFix", {"uri": URI, "finding": diagnostic["data"]["finding"]})
    assert result == {"applied": True, "reason": ""}
    assert [change["textDocument"]["version"] for change in asked] == [1, 2]
    assert [change["edits"][0]["range"]["start"]["line"] for change in asked] == [2, 3]


async def test_an_edit_whose_lines_were_changed_is_refused(start: StartClient, ollama: OllamaStandIn) -> None:
    client, diagnostic = await found(start, ollama)

    def apply(params: Json) -> Json:
        client.change(URI, 2, ((2, 16), (2, 16), "1 + "))
        return {"applied": False, "failureReason": "version"}

    client.answers["workspace/applyEdit"] = apply
    result = await client.command("codestral.applyFix", {"uri": URI, "finding": diagnostic["data"]["finding"]})
    assert not result["applied"]
    assert result["reason"] == "The text has changed at line 3 since the edit was made. Ask for it again."
    assert client.notifications("window/showMessage")
