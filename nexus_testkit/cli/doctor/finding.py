"""What the doctor found about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["ok", "broken", "remark"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's account.

    Attributes:
        level: `"ok"`; `"broken"`: tests on the fakes fail or cannot use `nexus`; `"remark"`: only a part of the kit, such
            as the real servers, is concerned.
        about: the package, file or variable.
        says: what was found, without secrets.
        mend: a line to paste or to edit; None where all is well.
    """

    level: Level
    about: str
    says: str
    mend: str | None = None
