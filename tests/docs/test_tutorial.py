"""The tutorial works when it is followed to the letter; `.ci/first_hour.py` does so from the wheel, installation and all."""

import os
import sys
from pathlib import Path

import pytest

from tests.docs.pages import QUIET_HYPOTHESIS, TUTORIAL, script

first_hour = script(".ci/first_hour.py")


def reader(folder):
    """Somebody who has the kit installed already, and works in `folder`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    plugins = folder / "plugins"
    plugins.mkdir()
    (plugins / "quiet_hypothesis.py").write_text(QUIET_HYPOTHESIS, encoding="utf-8")
    environment |= {
        "COLUMNS": "120",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]]),
        "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:asyncio -p no:anyio",  # as on a bare machine
        "PYTEST_PLUGINS": "quiet_hypothesis",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(plugins), environment.get("PYTHONPATH")])),
    }
    return first_hour.Reader(
        folder, environment, skips=lambda typed: "venv" in typed or typed.startswith("pip install")
    )


def test_the_tutorial_works_as_it_says(tmp_path):
    newcomer = reader(tmp_path)
    newcomer.follow(TUTORIAL.read_text(encoding="utf-8"))
    assert list(newcomer.reached) == ["first green test", "first found race"]


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```console\n$ echo hello\ngood-bye\n```\n", "hello\n\nexit code 0"),
        ("```console\n$ echo one; echo two\ntwo\none\n```\n", "the tutorial says:\ntwo\none"),
        ("```console\n$ false\n```\n", "exit code 1"),
        ("```console\n$ echo 1 failed\n1 failed\n```\n", "exit code 0"),
        ("```python\n1\n```\n", "which file is this for"),
        ("Save this as `a.py`:\n\n```python\n1 + 1\n```\n\nIn `a.py`, replace `1` by `2`.\n", "2 times"),
    ],
)
def test_a_tutorial_that_is_wrong_is_told_so(tmp_path, page, complaint):
    with pytest.raises(first_hour.Wrong, match=complaint.replace("\n", r"\n")):
        reader(tmp_path).follow(page)


def test_files_and_commands_follow_one_another(tmp_path):
    page = """
```console
$ mkdir inner && cd inner
$ export GREETING=hello
```

Save this as `a.txt`:

```python
one
```

Append this to `a.txt`:

```python
two
```

In `a.txt`, replace `two` by `three`.

```console
$ echo $GREETING; cat a.txt
he...
three
```
"""
    newcomer = reader(tmp_path)
    newcomer.follow(page)
    assert (tmp_path / "inner" / "a.txt").read_text() == "one\nthree\n"
    assert newcomer.commands == 4
