"""What a refused statement says."""

import pytest

from nexus_testkit import run
from nexus_testkit.errors import UnsupportedSQL


@pytest.mark.parametrize(
    "query", ["CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'", "SELECT xmlelement(name a)"]
)
def test_a_refused_statement_names_the_way_out(query):
    async def main(nexus):
        with pytest.raises(UnsupportedSQL) as caught:
            await nexus.db.execute(query)
        assert caught.value.position is not None or "does not support" in str(caught.value)
        assert "--nexus-backend=real" in str(caught.value).splitlines()[-1]
        assert str(caught.value).splitlines()[-1].upper().startswith("HINT:")

    run(main)
