# How statements may be written: comments, quotes, case, white space, several at once.
+ CREATE TABLE t (id serial PRIMARY KEY, name text, n int, "Mixed" text, data jsonb DEFAULT '{}')
+ INSERT INTO t (name, n, "Mixed") VALUES ('a', 1, 'x'), ('b''c', 2, 'y'), ('--not a comment', NULL, 'z')

== comments and white space
SELECT 1 -- trailing
SELECT /* inside */ 1
SELECT /* nested /* comment */ */ 1
SELECT 1 /* unfinished
-- only a comment
/* only */
SELECT 1;
  SELECT   1  ;  
SELECT '-- no comment', '/* none */'
SELECT 1 -- $1 in a comment
SELECT '$1', $1::int -- '
    <- 5
SELECT $$a 'quoted' $1$$, $tag$ $$ inside $$ $tag$
SELECT 'a'
    'b'
SELECT 'a' 'b'
SELECT E'\x41\u00e9\n', U&'d\0061t\+000061', B'101', X'1F'
SELECT N'abc'
SELECT '\n', E'\\', '''', E'\''
SELECT E'\q', E'\400'
SELECT "name" FROM "t" WHERE "Mixed" = 'x'
SELECT NAME, Mixed FROM T
SELECT T."Mixed", t.NAME FROM T WHERE T.N = 1
sElEcT nAmE fRoM t WhErE n = 1
SELECT 1AS a
SELECT 1 a, 2 AS b
SELECT 1 select
SELECT 1 AS select
SELECT user, "user" FROM (SELECT 1 AS "user") x
SELECT id FROM t WHERE name='a'AND n=1
SELECT id,n FROM t WHERE n>0AND n<2
SELECT -1, - 1, --1
    2
SELECT +1, - -1, 2*-3, 2 - -3, !1
SELECT 1 <> 2, 1 != 2, 1<2, 1>=1
SELECT .5, 5., 1e2, 1.e2, 1E-2
SELECT 1.2.3
SELECT 0x, 0b2
SELECT TRUE, False, NULL, nUlL
SELECT true = 't', 'yes' = true
SELECT 1::text::int::"text"
SELECT int '5', float8 '1.5', bool 'on', date '2024-01-01'
SELECT int4(5.7), text(5), float8(3)
SELECT CAST('5' AS int) + CAST(5 AS numeric(3,1))
SELECT pg_catalog.upper('a'), pg_catalog.int4 '5'
SELECT 'a' COLLATE "C" < 'b'
SELECT (((1)))
SELECT (SELECT ((SELECT 1)))
SELECT ((1, 2)) = (1, 2)
SELECT * FROM (((SELECT 1 AS a))) x
SELECT name FROM t WHERE (name) IN ('a') AND (n) IS NOT NULL
SELECT name FROM t WHERE n IN ()
SELECT name FROM t WHERE n IN (1,)
SELECT name, FROM t
SELECT name FROM t WHERE name = 'a' OR
SELECT name FROM t ORDER BY
SELECT name FROM t GROUP
SELECT , FROM t
SELECT name FROM t;; 
SELECT name FROM t LIMIT 1 OFFSET 1 ORDER BY 1
SELECT name FROM t WHERE n = 1 WHERE n = 2
SELECT ALL name FROM t WHERE n = 1
SELECT DISTINCT ALL name FROM t
SELECT name FROM ONLY t WHERE n = 1
SELECT t FROM t WHERE false
SELECT COUNT (*) FROM t
SELECT count(ALL n), count(DISTINCT n) FROM t
SELECT upper ( name ) FROM t WHERE n = 1
SELECT é FROM (SELECT 1 AS é) x
SELECT "a b" FROM (SELECT 1 AS "a b") x
SELECT "" FROM t
SELECT 'é' = 'é', length('🎉'), '日本' || '語'
SELECT name FROM t WHERE name = 'é' OR nme = 1
SELECT '日本', nope FROM t

== several statements
SELECT 1; SELECT 2
script> INSERT INTO t (name) VALUES ('s1'); INSERT INTO t (name) VALUES ('s2')
script> SELECT 1; SELECT nope; SELECT 2
script> INSERT INTO t (name) VALUES ('s3'); SELECT nope
SELECT count(*) FROM t
script> INSERT INTO t (name) VALUES ('s4'); COMMIT; SELECT nope
SELECT count(*) FROM t
script> BEGIN; INSERT INTO t (name) VALUES ('s5'); COMMIT
SELECT count(*) FROM t
script> CREATE TABLE u (a int); INSERT INTO u VALUES (1), (2); SELECT a FROM u
script> DROP TABLE u; SELEC 1
SELECT count(*) FROM u
script> UPDATE t SET n = 5 WHERE name LIKE 's_'; DELETE FROM t WHERE n = 5
script> SELECT 1;
script> -- comment
    SELECT 2; -- another
script> CREATE TABLE v (a int); CREATE TABLE v (a int)
SELECT count(*) FROM v
script> SELECT 'a;b'; SELECT $$;$$
script> SET application_name = 'x'; SHOW application_name
script> SELECT 1 WHERE false
script> TRUNCATE t; SELECT count(*) FROM t

== escapes that mean nothing
SELECT U&'\zzzz'
SELECT U&'\00'
SELECT U&'\d800'
SELECT U&'a!0061' UESCAPE '!'
SELECT U&'a' UESCAPE '+'
SELECT E'\u00'
SELECT E'\ud83d\ude00'
SELECT E'\ud83d'
SELECT E'\U00110000'
SELECT E'a\x'
SELECT X'1G'
SELECT B'12'
SELECT "unfinished
SELECT $$unfinished
SELECT E'unfinished\'
