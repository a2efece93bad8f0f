"""Mail templates: jinja2 in a sandbox, from configuration, from files, and one that is built in.

A template is a JSON object of texts: `subject` and `body`, and optionally `html_body`.

```json
{"subject": "Welcome, {{ username }}!",
 "body": "Hello {{ full_name or username }}!",
 "html_body": "<p>Hello <b>{{ username }}</b>!</p>"}
```

Values are escaped in `html_body`, so that a name is never markup. A value that was not given is an error; None
is an empty text. `str.format`, which the guide uses, reads any attribute of any value
(`{user.__init__.__globals__}` mails the module's secrets) and trips over the braces of CSS; its placeholders
are refused with a hint, so that none is mailed as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nexus_testkit.errors import TemplateError
from nexus_testkit.ports.files import FileSystem
from nexus_testkit.services.text import is_storable

FOLDER = "templates/email"

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "welcome": {
        "subject": "Welcome, {{ username }}!",
        "body": "Hello {{ full_name or username }},\n\nyour account is ready. You sign in as {{ username }}.\n",
        "html_body": "<p>Hello {{ full_name or username }},</p>\n"
        "<p>your account is ready. You sign in as <b>{{ username }}</b>.</p>\n",
    },
}

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_PARTS = ("subject", "body", "html_body")
_FORMAT_PLACEHOLDER = re.compile(r"(?<![{%#\\])\{[A-Za-z_][\w.\[\]]*\}(?!\})")


@dataclass(frozen=True, slots=True)
class RenderedTemplate:
    """A template with its values.

    Attributes:
        subject, body: text.
        html_body: HTML, or None where the template has none.
    """

    subject: str
    body: str
    html_body: str | None


class Templates:
    """Finds templates by name: among those configured, in the files `templates/email/<name>.json`, then built in.

    Args:
        files: the file port; the folder is below its root.
        configured: name -> the template's object, for templates that are written in code.
    """

    def __init__(self, files: FileSystem, configured: Mapping[str, Any] | None = None) -> None:
        self._files = files
        self._configured = configured or {}

    async def render(self, name: str, data: Mapping[str, Any], *, subject: str | None = None) -> RenderedTemplate:
        """The template with `data` in it, and with `subject` instead of its own where that is given.

        Raises:
            TemplateError: it is missing or malformed, uses a value that is not in `data`, or does what the
                sandbox forbids.
        """
        source = _checked(name, await self._source(name))
        rendered = {
            part: _rendered(name, part, text, data)
            for part, text in source.items()
            if not (part == "subject" and subject is not None)
        }
        chosen = rendered.get("subject") if subject is None else subject
        if chosen is None:
            raise TemplateError(
                f"the template {name!r} has no subject", template=name, hint="add one, or pass subject="
            )
        return RenderedTemplate(subject=chosen, body=rendered["body"], html_body=rendered.get("html_body"))

    async def _source(self, name: str) -> Any:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise TemplateError(
                f"{name!r} is no name of a template",
                template=str(name),
                hint="names are made of letters, digits, '_', '-' and '.', without a folder",
            )
        if name in self._configured:
            return self._configured[name]
        path = f"{FOLDER}/{name}.json"
        try:
            text = await self._files.read_text(path)
        except FileNotFoundError as error:
            if name in BUILT_IN:
                return BUILT_IN[name]
            raise TemplateError(
                f"there is no template {name!r}",
                template=name,
                hint=f"{self._near(name)}write {path!r}, or configure it under 'templates'",
            ) from error
        except UnicodeDecodeError as error:
            raise TemplateError(f"{path!r} is not UTF-8: {error}", template=name) from error
        try:
            return json.loads(text)
        except ValueError as error:
            raise TemplateError(f"{path!r} is no JSON: {error}", template=name) from error

    def _near(self, name: str) -> str:
        near = get_close_matches(name, [*self._configured, *BUILT_IN], n=1)
        return f"did you mean {near[0]!r}? Else " if near else ""


# One environment for text and one for HTML; they differ in what a value becomes. Both are without state.
def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=html,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=lambda value: "" if value is None else value,
    )


_TEXT, _HTML = _environment(html=False), _environment(html=True)


def _checked(name: str, source: Any) -> dict[str, str]:
    if not isinstance(source, Mapping):
        raise TemplateError(f"the template {name!r} must be an object, not {type(source).__name__}", template=name)
    for part, text in source.items():
        if not isinstance(text, str):
            raise TemplateError(f"{part} of the template {name!r} must be a text, not {text!r}", template=name)
    unknown = sorted(set(source) - set(_PARTS))
    if unknown or "body" not in source:
        what = f"has the unknown part {unknown[0]!r}" if unknown else "has no 'body'"
        raise TemplateError(f"the template {name!r} {what}", template=name, hint=f"its parts are {', '.join(_PARTS)}")
    return {part: source[part] for part in _PARTS if source.get(part)} | {"body": source["body"]}


def _rendered(name: str, part: str, text: str, data: Mapping[str, Any]) -> str:
    old_style = _FORMAT_PLACEHOLDER.search(text)
    if old_style:
        inside = old_style[0][1:-1]
        raise TemplateError(
            f"{part} of the template {name!r} has a placeholder of str.format: {old_style[0]}",
            template=name,
            hint=f"write {{{{ {inside} }}}}",
        )
    try:
        result = _compiled(part, text).render(data)
    except TemplateSyntaxError as error:
        raise TemplateError(
            f"{part} of the template {name!r}, line {error.lineno}: {error}",
            template=name,
            hint="a value is written {{ name }}, a block {% if name %} ... {% endif %}",
        ) from error
    except UndefinedError as error:
        given = ", ".join(sorted(map(str, data))) or "nothing"
        raise TemplateError(
            f"{part} of the template {name!r}: {error}", template=name, hint=f"given: {given}"
        ) from error
    except JinjaError as error:  # SecurityError among them
        raise TemplateError(f"{part} of the template {name!r}: {error}", template=name) from error
    except (ArithmeticError, LookupError, TypeError, ValueError, OverflowError) as error:  # from its expressions
        raise TemplateError(
            f"{part} of the template {name!r}: {type(error).__name__}: {error}", template=name
        ) from error
    if not is_storable(result):
        raise TemplateError(f"{part} of the template {name!r} holds a NUL or a lone surrogate", template=name)
    return result


@lru_cache(maxsize=256)
def _compiled(part: str, text: str) -> Template:
    return (_HTML if part == "html_body" else _TEXT).from_string(text)
