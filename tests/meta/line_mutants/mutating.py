"""Makes the one-line mutants of a module from its syntax tree. No source file is changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import CodeType
from typing import TypeAlias

import attrs

__all__ = ["LineMutant", "mutants_of"]

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NEVER_CHANGED = frozenset(("annotation", "returns", "decorator_list", "type_params", "bases"))
_Change: TypeAlias = tuple[str, str, int | None, object]
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen
class LineMutant:
    """A module with one change.

    Attributes:
        path: The source file.
        line: The number of the changed line, from 1.
        function: The qualified name of the outermost function with the change; `""` for the body of the module or of
            a class.
        kind: The kind of the change.
        before, after: The changed expression or statement, and what stands in its place.
        number: The number of the change among those of its module, from 0.
    """

    path: Path
    line: int
    function: str
    kind: str
    before: str
    after: str
    number: int

    def __str__(self) -> str:
        where = f"{self.path.parent.name}/{self.path.name}:{self.line}"
        return f"{where} {self.function or '(module)'}: {self.kind}: {self.before} -> {self.after}"

    def compiled(self) -> CodeType:
        """The code of the changed module."""
        tree = _parsed(self.path)
        node, _, (_, field, index, new) = next(islice(_all_changes(tree), self.number, None))
        _put(node, field, index, new)
        ast.fix_missing_locations(tree)
        return compile(tree, str(self.path), "exec")


def mutants_of(path: Path) -> Iterator[LineMutant]:
    """The mutants of a module, in the order of its lines.

    Args:
        path: The source file.
    """
    for number, (node, function, (kind, field, index, new)) in enumerate(_all_changes(_parsed(path))):
        old = getattr(node, field) if index is None else getattr(node, field)[index]
        line = next(part.lineno for part in (old, *ast.walk(node)) if hasattr(part, "lineno"))
        yield LineMutant(path, line, function, kind, _shown(old, node), _shown(new, node), number)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _all_changes(tree: ast.Module) -> Iterator[tuple[ast.AST, str, _Change]]:
    for node, function in _changeable(tree):
        for change in _changes(node):
            yield node, function, change


def _put(node: ast.AST, field: str, index: int | None, new: object) -> None:
    if index is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[index] = new


def _shown(part: object, within: ast.AST) -> str:
    if part is None:
        return "nothing"
    if isinstance(part, list):
        return f"{[ast.unparse(one) for one in part]} in {ast.unparse(within)}"
    if isinstance(part, ast.cmpop | ast.operator | ast.boolop):
        return f"{type(part).__name__} in {ast.unparse(within)}"
    return ast.unparse(part) if isinstance(part, ast.AST) else repr(part)


def _changeable(node: ast.AST, scope: str = "") -> Iterator[tuple[ast.AST, str]]:
    """The parts of a module, or of a class, each with the function that they are in; `""` outside of functions."""
    yield node, ""
    for child in _children(node):
        if isinstance(child, ast.ClassDef):
            yield from _changeable(child, f"{scope}{child.name}.")
        elif isinstance(child, _FUNCTION):
            for default in (*child.args.defaults, *child.args.kw_defaults):
                yield from ((part, "") for part in _parts(default) if default is not None)
            name = f"{scope}{child.name}"
            yield _Body(child), name
            yield from (
                (part, name) for statement in child.body if not _is_text(statement) for part in _parts(statement)
            )
        else:
            yield from _changeable(child, scope)


def _parts(node: ast.AST | None) -> Iterator[ast.AST]:
    if node is not None:
        yield node
        for child in _children(node):
            yield from _parts(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node except annotations, docstrings, texts for people and `__all__`."""
    for field, value in ast.iter_fields(node):
        if field in _NEVER_CHANGED or (isinstance(node, _FUNCTION) and field == "args"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_text(child) and not _names_exports(child):
                yield child


def _names_exports(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


class _Body(ast.AST):
    """The statements of a function."""

    _fields = ("body",)

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        super().__init__()
        self.body = function.body
        self.lineno = function.lineno


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _changes(node: ast.AST) -> Iterator[_Change]:
    """The changes of a node itself: the kind, the field, the place in it if the field is a list, and the new part."""
    yield from _changed_operators(node)
    for field, value in ast.iter_fields(node):
        if field in _NEVER_CHANGED or field in {"targets", "target", "ops", "op"}:
            continue
        if isinstance(value, list):
            for index, child in enumerate(value):
                yield from ((kind, field, index, new) for kind, new in _replacements(field, child))
        else:
            yield from ((kind, field, None, new) for kind, new in _replacements(field, value))


def _changed_operators(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            yield from (("comparison", "ops", index, other()) for other in _COMPARISONS[type(operator)])
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        yield "operator", "op", None, _OPERATORS[type(node.op)]()
    elif isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            yield "filter removed", "ifs", None, node.ifs[:index] + node.ifs[index + 1 :]


def _replacements(field: str, child: object) -> Iterator[tuple[str, object]]:
    """What may stand in the place of a part of a node."""
    if isinstance(child, ast.stmt):
        yield from _statements(child)
    if (
        not isinstance(child, ast.expr)
        or _is_text(child)
        or isinstance(getattr(child, "ctx", None), ast.Store | ast.Del)
    ):
        return
    if field == "test":
        yield "condition", ast.Constant(value=True)
        yield "condition", ast.Constant(value=False)
    if isinstance(child, ast.Constant):
        yield from (("constant", ast.Constant(value=other)) for other in _other_constants(child.value))
    elif isinstance(child, ast.BoolOp):
        yield "and/or", ast.BoolOp(op=ast.Or() if isinstance(child.op, ast.And) else ast.And(), values=child.values)
        for index in range(len(child.values)):
            left = child.values[:index] + child.values[index + 1 :]
            yield "operand removed", left[0] if len(left) == 1 else ast.BoolOp(op=child.op, values=left)
    elif isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.Not | ast.USub):
        yield "sign removed", child.operand
    elif isinstance(child, ast.BinOp) and isinstance(child.op, ast.BitOr | ast.BitAnd | ast.Sub):
        yield "operand removed", child.left
    elif isinstance(child, ast.Call):
        yield from _calls(child)


def _statements(statement: ast.stmt) -> Iterator[tuple[str, object]]:
    dropped = isinstance(statement, ast.Expr | ast.AugAssign | ast.Continue | ast.Break) or (
        isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Name | ast.Tuple)
    )
    if dropped and not _is_text(statement):
        yield "statement dropped", ast.Pass()
    if isinstance(statement, ast.Return) and statement.value is not None:
        value = statement.value
        if not (isinstance(value, ast.Constant) and value.value in {None, True, False}):
            yield "returned value", ast.Return(value=ast.Constant(value=None))


def _calls(call: ast.Call) -> Iterator[tuple[str, object]]:
    args = call.args
    if isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS:
        other = ast.Name(id=_FUNCTIONS[call.func.id], ctx=ast.Load())
        yield "function", ast.Call(func=other, args=args, keywords=call.keywords)
    if isinstance(call.func, ast.Name) and call.func.id in {"sorted", "reversed"}:
        yield "order dropped", ast.Call(func=ast.Name(id="list", ctx=ast.Load()), args=args, keywords=[])
    symmetric = isinstance(call.func, ast.Name) and call.func.id in {"min", "max"}
    if len(args) >= 2 and not symmetric and not any(isinstance(one, ast.Starred) for one in args[:2]):
        yield "arguments swapped", ast.Call(func=call.func, args=[args[1], args[0], *args[2:]], keywords=call.keywords)
    for index, keyword in enumerate(call.keywords):
        if keyword.arg is not None:
            left = call.keywords[:index] + call.keywords[index + 1 :]
            yield "argument dropped", ast.Call(func=call.func, args=args, keywords=left)


def _other_constants(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield value + "x" if value else "x"
