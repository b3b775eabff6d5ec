"""The shape of the code: small files, short functions, full annotations, nothing swallowed, nothing of one machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for room in ("src", "tests", "bench") for path in (ROOT / room).rglob("*.py"))
PRODUCT = [path for path in SOURCES if path.is_relative_to(ROOT / "src")]

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
LONG_FUNCTIONS = 0.01
"""The share of functions that may be longer."""

SUPERVISORS: frozenset[tuple[str, str]] = frozenset(
    {
        ("api/doors.py", "guarded"),
        ("dialer/engine.py", "_attend"),
        ("dialer/engine.py", "_round"),
        ("store/sqlite.py", "_write_groups"),
    }
)
"""(file below src/outdial, function) that may catch everything, because it outlives what it watches and logs it."""

TEXT = (".py", ".md", ".toml", ".txt", ".xml", ".js", ".json", ".sh", ".mako", "")
PLACES = tuple("/" + place + "/" for place in ("work", "root", "home", "Users"))
"""Where a file of somebody's own machine would be."""


@dataclass(frozen=True)
class Function:
    path: Path
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    def __str__(self) -> str:
        return f"{where(self.path)}:{self.node.lineno} {self.node.name}"


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[Function]:
    tree = ast.parse(path.read_text())
    return [Function(path, n) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_files_are_small() -> None:
    counted = {where(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in counted.items() if lines > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    found = [function for path in PRODUCT for function in functions(path)]
    long = [f"{function} has {function.lines} lines" for function in found if function.lines > MAX_FUNCTION_LINES]
    assert len(long) <= LONG_FUNCTIONS * len(found), long


def test_everything_is_annotated() -> None:
    assert [
        str(function) for path in PRODUCT for function in functions(path) if missing_annotation(function.node)
    ] == []


def missing_annotation(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    bare = [arg for arg in named if arg and arg.annotation is None and arg.arg not in ("self", "cls")]
    return node.returns is None or bool(bare)


def test_nothing_is_swallowed() -> None:
    """A handler for everything raises again, or stands in a supervisor."""
    assert {place for path in PRODUCT for place in swallowing(path)} == SUPERVISORS


def swallowing(path: Path) -> Iterator[tuple[str, str]]:
    name = path.relative_to(ROOT / "src" / "outdial").as_posix()
    for owner, handler in handlers(ast.parse(path.read_text()), "module"):
        if is_broad(handler.type) and not any(isinstance(node, ast.Raise) for node in ast.walk(handler)):
            yield name, owner


def handlers(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.ExceptHandler]]:
    """Every except clause with the function it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            yield owner, child
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else owner
        yield from handlers(child, inner)


def is_broad(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(name, ast.Name) and name.id in ("Exception", "BaseException") for name in names)


def test_nothing_of_one_machine_is_written_down() -> None:
    found = [where(path) for path in texts() if any(place in path.read_text() for place in PLACES)]
    assert found == []


def texts() -> Iterator[Path]:
    tops = [path for path in ROOT.iterdir() if path.name in ("src", "tests", "bench", "docs", "scripts", ".ci")]
    files = [path for top in tops for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    yield from (
        path for path in [*files, *ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile"] if path.suffix in TEXT
    )
