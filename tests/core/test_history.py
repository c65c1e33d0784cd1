"""Every action in the source has words for the customer's history."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.core import history
from frontdesk.core.models import AuditEntry

SOURCE = Path(__file__).parents[2] / "src" / "frontdesk"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def literals(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and ACTION.fullmatch(each.value):
            yield each.value


def named_constants(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """What module-level names such as ACTION or ACTIONS stand for."""
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id in names for target in targets):
            yield from literals(statement)


def takes_action(function: ast.AST) -> bool:
    if not isinstance(function, ast.FunctionDef):
        return False
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(argument.arg == "action" for argument in arguments)


def actions_in(path: Path) -> set[str]:
    """Texts given to `action=`, to a function here that takes an action, or kept under a name that one of them gets."""
    tree = ast.parse(path.read_text())
    takers = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and takes_action(node)}
    found: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
        for value in [*given, *(node.args if called in takers else [])]:
            found.update(literals(value))
            names.update(each.id for each in ast.walk(value) if isinstance(each, ast.Name))
    return found | set(named_constants(tree, names))


def all_actions() -> set[str]:
    found = {action for path in SOURCE.rglob("*.py") for action in actions_in(path)}
    for path in SOURCE.rglob("*.sql"):
        found.update(re.findall(r"'([a-z_]+\.[a-z_]+)', '(?:license|person|code|batch)'", path.read_text()))
    return found


def test_the_walk_finds_the_kinds_of_writing() -> None:
    found = all_actions()
    assert {"license.redeemed", "license.extended", "device.added", "device.removed"} <= found  # a table, and SQL
    assert {"product.listed", "staff.role_given", "hand_over.given", "person.password_reset"} <= found


def test_every_action_has_words() -> None:
    assert sorted(action for action in all_actions() if not history.is_described(action)) == []


@pytest.mark.parametrize("action", sorted(all_actions()))
def test_words_can_be_said_of_a_row_that_knows_nothing_more(action: str) -> None:
    entry = AuditEntry(action=action, data={})
    assert str(history.phrase_of(action).text)
    assert isinstance(history.detail_of(entry, {}), str)


def test_an_action_without_words_is_shown_all_the_same() -> None:
    assert "moon.landed" in str(history.phrase_of("moon.landed").text)
