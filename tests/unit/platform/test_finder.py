"""The names of `nexus.*`: supplied where they lack, never in the way of what is there."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nexus_testkit.platform.finder import SUPPLIED, NexusFinder

PLATFORM = (
    Path(sys.prefix)
    / "lib"
    / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    / "site-packages"
    / "nexus"
    / "__init__.py"
).is_file()
without_platform = pytest.mark.skipif(PLATFORM, reason="only where nexus-platform is not installed")
with_platform = pytest.mark.skipif(not PLATFORM, reason="only where nexus-platform is installed")


def python(code, cwd=None):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=cwd)


GUIDE = """
from nexus.services import Service, register_service, get_service, inject
from nexus.logging import get_logger
from nexus.database import DatabaseAdapter
from nexus.cache import CacheManager
from nexus.plugins import Plugin
"""


def test_the_guides_imports_work_in_a_fresh_interpreter():
    found = python(GUIDE + "print(Service.__module__.split('.')[0], Plugin.__module__)")
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == ["nexus_testkit", "nexus_testkit.platform.plugin"]


@pytest.mark.parametrize("module", [name for name in SUPPLIED if name != "nexus"])
def test_every_supplied_name_can_be_imported(module):
    for name in SUPPLIED[module]:
        found = __import__(module, fromlist=[name])
        assert getattr(found, name) is not None


def test_a_name_that_nobody_has_is_an_import_error():
    with pytest.raises(ImportError, match="cannot import name 'Nonsense'"):
        exec("from nexus.services import Nonsense")


def test_a_module_that_nobody_has_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        __import__("nexus.nonsense")


def test_other_modules_are_none_of_its_business():
    assert NexusFinder.find_spec("json") is None


def test_what_is_there_is_completed_and_not_replaced(tmp_path):
    package = tmp_path / "nexus"
    package.mkdir()
    (package / "__init__.py").write_text("here = True\n")
    (package / "plugins.py").write_text("class BasePlugin: mine = True\n")
    (package / "services.py").write_text("def inject(): return 'mine'\n")
    found = python(
        "import nexus, nexus.plugins, nexus.services\n"
        "from nexus.plugins import BasePlugin, Plugin\n"
        "from nexus.services import inject, register_service\n"
        "assert nexus.here and BasePlugin.mine and inject() == 'mine'\n"
        "assert nexus.plugins.__file__.endswith('plugins.py')\n"
        "assert Plugin.__module__ == 'nexus_testkit.platform.plugin'\n"
        "assert register_service.__module__.startswith('nexus_testkit.container')\n",
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stderr


def test_starting_python_loads_no_more_than_the_finder():
    found = python("import sys; print(*sorted(m for m in sys.modules if m.startswith('nexus_testkit')))")
    assert found.stdout.split() == ["nexus_testkit", "nexus_testkit.platform", "nexus_testkit.platform.finder"]
    assert python("import sys; assert 'typing' not in sys.modules").returncode == 0


@with_platform
def test_the_platforms_own_names_are_untouched():
    import nexus
    import nexus.database
    import nexus.plugins

    assert nexus.__version__ == "0.1.5"
    assert nexus.database.DatabaseAdapter.__module__ == "nexus.database"
    assert nexus.plugins.BasePlugin.__module__ == "nexus.plugins"
    assert nexus.plugins.Plugin.__module__ == "nexus_testkit.platform.plugin"


@without_platform
def test_without_the_platform_the_package_says_who_made_it():
    assert "nexus_testkit" in find_spec("nexus.services").origin
