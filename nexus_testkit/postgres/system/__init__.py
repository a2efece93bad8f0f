"""pg_catalog and information_schema: virtual relations, computed when a statement reads them.

`data` has what every database begins with, `own` what the user's objects add, `views` and `information` the views over
both in SQLite's SQL; `tables` puts what a statement reads into temporary tables of SQLite, which stay until the
catalogue changes. `binding` finds the relations for the analysis, `registry` reads and writes names of objects
(`regclass` and its kin), `functions` has pg_get_constraintdef and the like.
"""
