+ CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL UNIQUE, price numeric(8,2), at timestamptz DEFAULT now())

== first
INSERT INTO t (name, price) VALUES ($1, $2) RETURNING *
    <- 'a', Decimal('2.5')
INSERT INTO t (name) VALUES ('a')
SELECT count(*), avg(price) FROM t
many> INSERT INTO t (name) VALUES ($1)
    <- [('b',), ('c',)]
script> SELECT 1; UPDATE t SET name = name || 'x'
2> SELECT * FROM t ORDER BY 1
SELECT nope FROM t
