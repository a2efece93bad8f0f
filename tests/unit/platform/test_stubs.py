"""The type stubs of `nexus.*` have the names that the finder supplies, from the same modules."""

import ast
from pathlib import Path

import pytest

from nexus_testkit.platform import finder

STUBS = Path(finder.__file__).with_name("stubs")


@pytest.mark.parametrize("module", sorted(finder.SUPPLIED))
def test_stubs_have_what_the_finder_supplies(module):
    name = module.partition(".")[2] or "__init__"
    tree = ast.parse((STUBS / f"{name}.pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    found = {alias.asname: node.module for node in imports for alias in node.names}
    assert found == finder.SUPPLIED[module]


def test_no_stub_is_for_a_module_that_is_not_supplied():
    names = {path.stem for path in STUBS.glob("*.pyi")}
    assert names == {module.partition(".")[2] or "__init__" for module in finder.SUPPLIED}
