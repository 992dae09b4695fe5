"""What is remembered of the user's doings."""

from __future__ import annotations

from pathlib import Path

from codestral_lsp.context.history import History
from codestral_lsp.context.place import Complaint, Hunk, Visit
from codestral_lsp.document.document import Document
from codestral_lsp.document.store import ClientChange, DocumentStore
from codestral_lsp.document.text import Text

LINES = "".join(f"line {number}\n" for number in range(60))


class Desk:
    """Open documents, and what is remembered of them."""

    def __init__(self, *names: str, ignored: str = "") -> None:
        self.store = DocumentStore()
        self.history = History(lambda path: path.name != ignored)
        self.store.listen(self.history.observe)
        for name in names:
            self.store.open(Document(name, "python", 1, Text.of(LINES), Path("/") / name))

    def replace(self, name: str, line: int, text: str) -> None:
        """Put another text on a line."""
        document = self.store.get(name)
        assert document is not None
        end = (line, len(document.text.line(line)))
        self.store.change(name, None, [ClientChange(text, (line, 0), end)])


def test_keys_near_each_other_are_one_edit() -> None:
    desk = Desk("a.py")
    for text in ("n", "ne", "new"):
        desk.replace("a.py", 3, text)
    desk.replace("a.py", 40, "far")
    assert desk.history.edits() == (
        Hunk("/a.py", 40, ("line 40",), ("far",)),
        Hunk("/a.py", 3, ("line 3",), ("new",)),
    )


def test_what_is_taken_back_is_no_edit_and_nor_is_a_reformat() -> None:
    desk = Desk("a.py")
    desk.replace("a.py", 3, "new")
    desk.replace("a.py", 3, "line 3")
    assert desk.history.edits() == ()
    desk.replace("a.py", 3, "   line   3")
    assert desk.history.edits() == ()
    desk.replace("a.py", 3, "pasted\n" * 30)
    assert desk.history.edits() == ()


def test_the_document_last_worked_on_comes_first() -> None:
    desk = Desk("a.py", "b.py", "c.py")
    desk.replace("a.py", 7, "new")
    assert desk.history.visits() == (Visit("/a.py", 7), Visit("/c.py", 0), Visit("/b.py", 0))
    desk.store.close("a.py")
    assert [visit.path for visit in desk.history.visits()] == ["/c.py", "/b.py"]


def test_ignored_files_are_not_remembered() -> None:
    desk = Desk("a.py", "secret.py", ignored="secret.py")
    desk.replace("secret.py", 1, "token")
    assert desk.history.edits() == ()
    assert list(desk.history.opened()) == ["/a.py"]


def test_complaints_move_with_their_lines_and_go_when_those_change() -> None:
    desk = Desk("a.py")
    document = desk.store.get("a.py")
    assert document is not None
    desk.history.complain(document, [Complaint(5, "no such name"), Complaint(9, "unused")])
    desk.replace("a.py", 0, "one\ntwo")
    desk.replace("a.py", 10, "changed")
    document = desk.store.get("a.py")
    assert document is not None
    assert desk.history.complaints(document) == (Complaint(6, "no such name"),)
