"""Small changes to a program, each of which a test should notice: a comparison turned round, a number one too big."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_SUMS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.FloorDiv: "*"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: what stands in a line from one column to another becomes something else."""

    line: int
    start: int
    end: int
    instead: str

    def applied(self, source: str) -> str:
        """The source with the change in it."""
        lines = source.splitlines(keepends=True)
        line = lines[self.line].encode()
        lines[self.line] = (line[: self.start] + self.instead.encode() + line[self.end :]).decode()
        return "".join(lines)


def mutants(source: str) -> list[Mutant]:
    """All changes of a module, in the order of its lines."""
    found = [mutant for node in ast.walk(ast.parse(source)) for mutant in _of(node, source)]
    return sorted(set(found), key=lambda mutant: (mutant.line, mutant.start))


def _of(node: ast.AST, source: str) -> Iterator[Mutant]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            yield from _between(left, right, f" {_COMPARED[type(op)]} ")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
            yield from _between(left, right, f" {_SUMS[type(op)]} ")
        case ast.BoolOp(op=op, values=[left, right, *_]):
            yield from _between(left, right, " or " if isinstance(op, ast.And) else " and ")
        case ast.UnaryOp(op=ast.Not(), operand=operand) if node.lineno == operand.lineno:
            yield Mutant(node.lineno - 1, node.col_offset, operand.col_offset, "")
        case ast.Constant(value=bool() as value):
            yield _whole(node, str(not value))
        case ast.Constant(value=int() as value):
            yield _whole(node, str(value + 1))
        case ast.Return(value=ast.expr() as value) if value.end_lineno == value.lineno:
            yield _whole(value, "None")
        case ast.Continue():
            yield _whole(node, "break")
        case ast.Break():
            yield _whole(node, "continue")


def _between(left: ast.expr, right: ast.expr, instead: str) -> Iterator[Mutant]:
    # Brackets around either side would be taken along.
    if left.end_lineno == right.lineno and left.end_col_offset is not None:
        yield Mutant(right.lineno - 1, left.end_col_offset, right.col_offset, instead)


def _whole(node: ast.expr | ast.stmt, instead: str) -> Mutant:
    assert node.end_col_offset is not None
    return Mutant(node.lineno - 1, node.col_offset, node.end_col_offset, instead)
