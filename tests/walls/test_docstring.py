"""Everything public says what it is for."""

from __future__ import annotations

import ast

import pytest
from source import SOURCE, Function, source_files, tree_of


def undocumented(node: ast.AST, prefix: str = "") -> list[str]:
    found = []
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.ClassDef, Function)) or child.name.startswith("_"):
            continue
        name = f"{prefix}{child.name}"
        inherited = any("override" in ast.unparse(decorator) for decorator in child.decorator_list)
        if not ast.get_docstring(child) and not inherited:
            found.append(name)
        if isinstance(child, ast.ClassDef):
            found += undocumented(child, f"{name}.")
    return found


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_public_things_have_docstrings(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the module has no docstring"
    assert undocumented(tree) == []
