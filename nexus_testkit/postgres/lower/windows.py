"""Window functions: SQLite's own where they mean the same, else the partition is gathered for `values.frames`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower import lateral, routines
from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed import Aggregate, Call, Cast, Const, Expr, SortKey, Window
from nexus_testkit.postgres.typed_select import Frame
from nexus_testkit.postgres.values.lowering import aggregate_parts

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

# Which argument of a window function must be a plain number for SQLite's.
_COUNTED = {"ntile": 0, "lag": 1, "lead": 1, "nth_value": 1}
_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def window(low: Lowering, node: Window) -> str:
    """`call OVER (...)`."""
    frame = _native_frame(node)
    if frame is not None and _native_call(node.call):
        sql = routines.window(node, low)
        if sql is not None:
            return sql.replace(routines.OVER, f" OVER ({_definition(low, node, frame)})")
    return _gathered(low, node)


def _definition(low: Lowering, node: Window, frame: str) -> str:
    parts: list[str] = []
    if node.partition:
        parts.append("PARTITION BY " + ", ".join(low.key(item) for item in node.partition))
    if node.order:
        parts.append("ORDER BY " + ", ".join(low.sort_key(key) for key in node.order))
    if frame:
        parts.append(frame)
    return " ".join(parts)


def _native_frame(node: Window) -> str | None:
    """The frame in SQLite's words, which are PostgreSQL's; None where SQLite has not its like."""
    frame: Frame | None = node.frame
    if frame is None:
        return ""
    if frame.offsets and (frame.mode == "RANGE" or not all(_rows(offset) is not None for offset in frame.offsets)):
        return None
    start, end = (
        word if offset is None else f"{_rows(offset)} {word}"
        for word, offset in ((frame.start, frame.start_offset), (frame.end, frame.end_offset))
    )
    return f"{frame.mode} BETWEEN {start} AND {end}{f' EXCLUDE {frame.exclude}' if frame.exclude else ''}"


def _rows(offset: Expr) -> int | None:
    """An offset that is a plain number: of others SQLite's errors are not PostgreSQL's."""
    if isinstance(offset, Cast) and offset.arg.type in ("int2", "int4", "int8"):
        return _rows(offset.arg)
    return offset.value if isinstance(offset, Const) and isinstance(offset.value, int) and offset.value >= 0 else None


def _native_call(call: Expr) -> bool:
    if not isinstance(call, Call) or call.name not in _COUNTED:
        return True
    at = _COUNTED[call.name]
    if len(call.args) <= at:
        return True
    count = call.args[at]
    least = 0 if call.name in ("lag", "lead") else 1
    return isinstance(count, Const) and isinstance(count.value, int) and count.value >= least


def _gathered(low: Lowering, node: Window) -> str:
    call = node.call
    frame = node.frame or Frame("RANGE", "UNBOUNDED PRECEDING", "CURRENT ROW")
    if isinstance(call, Aggregate):
        found = aggregate_parts(call.name, call.signature) if not call.star else ("count", "")
        if found is None:
            raise low.refuse("this function as a window function", node.location)
        name, layout = found
        args, signature = call.args, call.signature
    elif isinstance(call, Call) and call.name in routines.WINDOWS:
        name, layout, args, signature = call.name, "window", call.args, call.signature
        if call.name in ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist"):
            raise low.refuse(f"the frame of {call.name}()", node.location)
    else:
        raise low.refuse("this function as a window function", node.location)
    keys = [(_stored(low, key), key.descending, key.nulls_first) for key in node.order]
    spec = {
        "name": name,
        "layout": layout,
        "types": list(signature),
        "keys": keys,
        "mode": frame.mode,
        "start": frame.start,
        "end": frame.end,
        "exclude": frame.exclude,
    }
    if isinstance(call, Aggregate) and name in ("min", "max") and signature[0] in low.catalog.enums:
        raise low.refuse("min or max of an enum in this frame", node.location)
    where = low.condition(call.where) if isinstance(call, Aggregate) and call.where is not None else "1"
    values = [
        where,
        *(lateral.packed(low.expr(arg), kind) for arg, kind in zip(args, signature, strict=True)),
        *(
            lateral.packed(low.expr(key.expr) if not _ranked(low, key) else low.key(key.expr), kind)
            for key, (kind, _, _) in zip(node.order, keys, strict=True)
        ),
    ]
    over = _definition(low, node, _WHOLE)
    offsets = [low.expr(each) if each is not None else "NULL" for each in (frame.start_offset, frame.end_offset)]
    return (
        f"pg_windowed({literal(json.dumps(spec))}, row_number() OVER ({over}), "
        f"json_group_array(json_array({', '.join(values)})) OVER ({over}), {', '.join(offsets)})"
    )


def _ranked(low: Lowering, key: SortKey) -> bool:
    return key.expr.type in low.catalog.enums


def _stored(low: Lowering, key: SortKey) -> str:
    return "int4" if _ranked(low, key) else key.expr.type
