"""Docstrings become the reStructuredText that Sphinx expects; that the whole site builds is a step of CI."""

import inspect

import pytest

from nexus_testkit import Harness, errors
from tests.docs.pages import script

as_rst = script("docs/_ext/markdown_docstrings.py").as_rst


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("The `name`, or\nNone.", "The ``name``, or\nNone."),
        ("A name that\n`goes\non`.", "A name that\n``goes on``."),
        ("Takes *args and `**options`.", "Takes \\*args and ``**options``."),
        ("So:\n\n    x = `1`\n\n    y = 2\n\nEnd.", "So:\n\n::\n\n    x = `1`\n\n    y = 2\n\nEnd."),
        ("A tree:\n\n```\na\n└── b\n```\n\nEnd.", "A tree:\n\n::\n\n    a\n    └── b\n\nEnd."),
        (
            "Options (`config`):\n    host, port: where\n        it is.",
            "Options:\n    host: where\n        it is.\n    port: where\n        it is.",
        ),
        ("Raises:\n    OSError (at the end): why.", "Raises:\n    OSError: at the end: why."),
    ],
)
def test_docstring_is_marked_up(written, made):
    assert as_rst(written).strip("\n") == made


def test_sections_stay_what_they_were():
    assert '\nArgs:\n    backend: ``"fake"``;' in as_rst(inspect.getdoc(Harness))


def test_the_tree_of_errors_is_an_example():
    assert "\n::\n\n    NexusTestkitError\n    ├── " in as_rst(inspect.getdoc(errors))
