"""Fail when a test was skipped that should have run, or when nothing ran.

Usage: no_skips.py JUNIT.xml [--not-even-these]

The option is for a step that has what the tests want: no reason is allowed then.
"""

import sys
from xml.etree import ElementTree as ET

# A reason that is allowed here, and why.
ALLOWED = {
    "only where nexus-platform is installed": "runs in the platform's own environment",
    "eager tasks are new in Python 3.12": "runs where a newer Python is tried",
    "smtp-server is not there": "runs in the step that installs it from the npm registry",
    "no Chromium here": "required in the step of the trace pages",
    "only where nexus-platform is not installed": "runs in the plain environment",
}

allowed = {} if "--not-even-these" in sys.argv else ALLOWED
cases = list(ET.parse(sys.argv[1]).getroot().iter("testcase"))
if not cases:
    sys.exit("no test ran")
skipped = [(case, mark) for case in cases for mark in case.iter("skipped") if mark.get("type") != "pytest.xfail"]
wrong = [(case, mark) for case, mark in skipped if not any(reason in (mark.get("message") or "") for reason in allowed)]
for case, mark in wrong:
    print(f"skipped, and should have run: {case.get('classname')}::{case.get('name')}: {mark.get('message')}")
print(f"{len(cases)} tests, {len(skipped)} skipped, {len(wrong)} of them wrongly")
sys.exit(1 if wrong else 0)
