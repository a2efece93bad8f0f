"""The whole of one call: a statement with its rows, a mail with its parts, an exchange, a Redis command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nexus_testkit.errors.readable import in_lines, on_one_line

_WIDEST_ROW = 160  # characters, beyond which rows stand below one another
_LONGEST_LIST = 12  # calls that were made meanwhile


def whole(data: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """The lines, of which no text of the call can be an order to the terminal."""
    detail = record["d"]
    lines = [f"{record['n']} {on_one_line(record['o'])}", *_pairs(_facts(data, record))]
    if record.get("m"):
        lines.append("  the failure came of this call")
    if "error" in detail:
        error = detail["error"]
        lines += _block(error["type"], error["text"])
        lines += _pairs(error["facts"])
    if "sql" in detail:
        lines += _database(detail)
    elif "headers" in detail:
        lines += _mail(detail)
    elif "request" in detail:
        lines += _http(detail)
    else:
        lines += _plain(detail)
    return lines


def _facts(data: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    yield "task", data["tasks"][record["t"]]
    began, ended = record["s"], record["f"]
    if ended is None:
        yield "time", f"{began:.3f} s, and never came back"
    else:
        yield "time", f"{began:.3f} s" if ended == began else f"{began:.3f} s to {ended:.3f} s ({ended - began:.3f} s)"
    if "c" in record:
        yield "called by", f"{record['c']} ({record.get('w', '')})"
    calls = {each["n"]: each for each in data["records"] if "n" in each}
    if record.get("p") in calls:
        yield "during", _named(calls[record["p"]])
    below = [_named(each) for each in calls.values() if each.get("p") == record["n"]]
    if below:
        more = f" and {len(below) - _LONGEST_LIST} more" if len(below) > _LONGEST_LIST else ""
        yield "meanwhile", ", ".join(below[:_LONGEST_LIST]) + more
    if "x" in record:
        yield "fault", record["x"]


def _named(record: Mapping[str, Any]) -> str:
    return f"{record['n']} {record['o']}"


# -- by port


def _database(detail: Mapping[str, Any]) -> list[str]:
    lines = _block("SQL", detail["sql"])
    if detail.get("parameters"):
        lines += ["", "parameters", *_pairs(detail["parameters"])]
    if "rows" in detail:
        lines += _rows(detail["rows"])
    return lines + _result("result", detail)


def _rows(rows: Mapping[str, Any]) -> list[str]:
    length, kept = rows["length"], rows["values"]
    if not length:
        return ["", "no row"]
    columns = [on_one_line(name) for name in rows["columns"]]
    cells = [["NULL" if value is None else on_one_line(value) for value in row] for row in kept]
    lines = ["", f"{length} row{'' if length == 1 else 's'}"]
    table = _table([columns, *cells])
    if all(len(line) <= _WIDEST_ROW for line in table):
        lines += table
    else:
        for number, row in enumerate(cells, 1):
            lines += [f"  row {number}", *(f"  {line}" for line in _table(list(zip(columns, row, strict=False))))]
    left_out = length - len(kept)
    if left_out > 0:
        lines.append(f"  and {left_out} more, which the journal does not keep")
    return lines


def _mail(detail: Mapping[str, Any]) -> list[str]:
    envelope = [("from", detail.get("sender", "")), ("to", detail.get("recipients", ""))]
    lines = ["", "envelope", *_pairs([*envelope, *([("reply", detail["result"])] if detail.get("result") else [])])]
    lines += ["", "headers", *_pairs(detail["headers"])]
    if detail.get("text") is not None:
        lines += _block("text part", detail["text"])
    if detail.get("html") is not None:
        lines += _block("HTML part", detail["html"])
    files = detail.get("attachments", ())
    if files:
        lines += ["", "attachments"]
        lines += _pairs([(each["name"] or "(without a name)", each["type"], f"{each['size']} bytes") for each in files])
    return lines


def _http(detail: Mapping[str, Any]) -> list[str]:
    request, response = detail["request"], detail.get("response")
    lines = _message("request", f"{request['method']} {request['url']}", request)
    if response is None:
        return [*lines, "", "no response came"]
    return lines + _message("response", str(response["status"]), response)


def _message(title: str, first: str, message: Mapping[str, Any]) -> list[str]:
    lines = ["", title, f"  {on_one_line(first)}", *_pairs(message["headers"])]
    if not message["body"]:
        return [*lines, "", f"  the {title} has no body"]
    return [*lines, "", *_indented(message["body"])]


def _plain(detail: Mapping[str, Any]) -> list[str]:
    lines = _block("Redis command", detail["command"]) if "command" in detail else []
    if detail.get("arguments"):
        lines += ["", "arguments"]
        for name, *values in filter(None, detail["arguments"]):
            text = " ".join(values)
            if "\n" in text:
                lines += [*([f"  {on_one_line(name)}"] if name else []), *(f"  {line}" for line in _indented(text))]
            else:
                lines.append(f"  {on_one_line(f'{name}  {text}' if name else text)}")
    return lines + _result("reply" if "command" in detail else "result", detail)


def _result(title: str, detail: Mapping[str, Any]) -> list[str]:
    return [] if detail.get("result") is None else _block(title, detail["result"])


# -- layout


def _block(title: str, text: str) -> list[str]:
    return ["", on_one_line(title), *_indented(text)]


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in in_lines(text)]


def _pairs(rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> list[str]:
    return _table([[on_one_line(cell) for cell in row] for row in rows])


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns below one another; the last one takes what it needs."""
    widths: dict[int, int] = {}
    for row in rows:
        for at, cell in enumerate(row[:-1]):
            widths[at] = max(widths.get(at, 0), len(cell))
    return [f"  {'  '.join(cell.ljust(widths.get(at, 0)) for at, cell in enumerate(row))}".rstrip() for row in rows]
