"""What the machines hold a service to, and the error that says which of it was broken."""

from __future__ import annotations

PROMISES = {
    # of CrudMachine
    "written": "what was written is read again",
    "none": "None is kept apart from what is missing or empty",
    "order": "a list keeps its order",
    "unicode": "a text keeps its Unicode form",
    "stale": "a read after an update sees it",
    "lost": "of two updates at once neither is lost",
    "outdated": "a change of an outdated version is refused",
    "duplicate": "a duplicate is refused",
    "free": "what no other item has is accepted",
    "freed": "what a deleted item had is free again",
    "required": "an item without a required field is refused",
    "missing": "an item that is not there is answered as missing",
    "there": "an item that is there is found",
    "deleted": "a deleted item is gone",
    "once": "of two deletions at once one deletes",
    "rows": "a deletion leaves no rows behind",
    "atomic": "what fails changes nothing",
    "filter": "a filter gives what matches, and nothing else",
    "pages": "the pages hold each item once",
    "sorted": "the order is the same whatever the page size",
    "total": "the total is the number of items that match",
    "new id": "an id is never given twice",
    "time": "timestamps never go back",
    "reopened": "a service that starts again has what was written",
    # of CacheMachine, beside "none", "deleted", "atomic" and "reopened"
    "cached": "a cached value comes back, equal and of the same type",
    "absent": "what was not cached is missing",
    "apart": "a key has nothing to do with another",
    "lives": "a value is there until its time is over",
    "expires": "a value is gone when its time is over",
    "told": "a deletion says whether there was anything",
    "counted": "a counter counts each increment, and nothing that is no number",
    "loaded": "a missing value is loaded, and a cached one is not",
    "shared": "callers at once share one load",
    "overtaken": "a load that a change has overtaken is not kept",
    "failed load": "a load that failed is not kept",
    # of OutboxMachine
    "delivered": "what was put in comes out, whatever failed on the way",
    "twice": "nothing comes out twice",
    "sequence": "what was put in first comes out first",
    "unasked": "nothing comes out that was not put in",
}
"""What `CrudMachine`, `CacheMachine` and `OutboxMachine` hold a service to."""


class Broken(AssertionError):
    """A promise that was not kept.

    Attributes:
        promise: its key in `PROMISES`.
    """

    def __init__(self, promise: str, *details: str) -> None:
        """Say which promise, and how it was seen."""
        self.promise = promise
        super().__init__("\n".join([f"broken: {PROMISES[promise]}", *details]))
