"""The names of a new project, made of one that was checked: only these are put into files."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass

from nexus_testkit.cli.problems import Problem

# https://packaging.python.org/en/latest/specifications/name-normalization/#name-format, in ASCII as it says.
_NAME = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_LONGEST = 40  # with it every line of the template stays below the length that its own ruff allows
# What the project itself imports, or what pytest would import in its place.
_IMPORTED = frozenset({"conftest", "hypothesis", "nexus", "nexus_testkit", "pytest", "src", "tests"})


@dataclass(frozen=True, slots=True)
class Names:
    """What a project and its parts are called.

    Attributes:
        project: of the distribution, in normalized form, such as `"my-shop"`.
        module: that is imported, such as `"my_shop"`.
        stem: what its classes begin with, such as `"MyShop"`.
    """

    project: str
    module: str
    stem: str

    def put_into(self, text: str) -> str:
        """The text of a template, with these names in the places of its own."""
        given = {
            "sample-plugin": self.project,
            "sample_plugin": self.module,
            "SamplePlugin": f"{self.stem}Plugin",
            "SampleService": f"{self.stem}Service",
        }
        return re.sub("|".join(given), lambda found: given[found[0]], text)


def names_of(name: str) -> Names:
    """The names of a project called `name`.

    Raises:
        Problem: it is no name of a distribution, or none that can be imported.
    """
    if not _NAME.fullmatch(name):
        raise Problem(
            f"{name!r} is no name of a Python project",
            "Hint: ASCII letters, digits, '.', '_' and '-', with a letter or a digit first and last",
        )
    if len(name) > _LONGEST:
        raise Problem(f"{name!r} has {len(name)} characters", f"Hint: at most {_LONGEST}")
    project = re.sub(r"[-_.]+", "-", name).lower()
    module = project.replace("-", "_")
    if not module.isidentifier():
        raise Problem(f"{name!r}: {module!r} cannot be imported", "Hint: begin with a letter")
    if keyword.iskeyword(module):
        raise Problem(f"{name!r}: {module!r} is a keyword of Python", f"Hint: nexus-testkit new {project}-plugin")
    if module in sys.stdlib_module_names or module in _IMPORTED:
        raise Problem(
            f"{name!r}: {module!r} would hide a module that the project needs",
            f"Hint: nexus-testkit new {project}-plugin",
        )
    words = project.removesuffix("-plugin").split("-")
    return Names(project, module, "".join(word.capitalize() for word in words))
