== array literals are read token by token
SELECT '{1,2,3}'::int[]
SELECT '{ red , "dark blue" , gr\een }'::text[]
SELECT '{ ab\ , c }'::text[]
SELECT '{null, NULL, "null", nu\ll}'::text[]
SELECT '  { 4 ,  5 }  '::int[]
SELECT '{{}, {}}'::int[]
SELECT '{{1,2},{3,4}}'::int[]
SELECT '[1:2]={7,8}'::int[]
SELECT '[2]={7,8}'::int[]
SELECT '[1:2][1:1]={{7},{8}}'::int[]
SELECT '{1,{2}}'::int[]
SELECT '{{1},2}'::int[]
SELECT '{{1,2},{3}}'::int[]
SELECT '{1,,2}'::int[]
SELECT '{1,2,}'::int[]
SELECT '{1 2}'::int[]
SELECT '{"a" b}'::text[]
SELECT '{"a"{b}}'::text[]
SELECT '{{"a"} b,{c}}'::text[]
SELECT '{a{b}}'::text[]
SELECT '{"a"'::text[]
SELECT '{a'::text[]
SELECT '{a} b'::text[]
SELECT 'a,b'::text[]
SELECT '{{{{{{{1}}}}}}}'::int[]
SELECT '[1:2]={1,2,3}'::int[]
SELECT '[1:]={1}'::int[]
SELECT '[x]={1}'::int[]
SELECT '[1:2 = {1,2}'::int[]
SELECT '[1:2] {1,2}'::int[]
SELECT '[1:2]=1,2'::int[]
SELECT '[3:1]={1}'::int[]
SELECT '[1:99999999999]={1}'::int[]

== arrays: how deep subscripts go, and what fills
SELECT ('{{5,6},{7,8}}'::int[])[2][1], ('{}'::int[])[1][1][1]
SELECT ('{}'::int[])[1][1][1][1][1][1][1]
SELECT array_fill(0, ARRAY[2]), array_fill('x'::text, ARRAY[1, 2], ARRAY[1, 1])
SELECT array_fill(0, ARRAY[2, 2], '{}')
SELECT array_fill(0, ARRAY[2, 2], ARRAY[1])
SELECT array_fill(0, ARRAY[2], NULL)

== the "char" type reads octal bytes
SELECT '\101'::"char", '\172'::"char", 'no'::"char", '\38'::"char"
SELECT '\000'::"char"::text = ''
SELECT '\102'::text::"char"::text

== times with zones that need a date
SELECT '09:30 EST'::time, '09:30 zulu'::timetz
SELECT '09:30 Europe/Paris'::time
SELECT '09:30 Europe/Paris'::timetz
SELECT '2024-07-01 09:30 Europe/Paris'::timetz
SELECT pg_input_is_valid('09:30 Europe/Paris', 'timetz'), pg_input_is_valid('09:30 UTC', 'timetz')

== words and signs in dates
SELECT '2024-02-29 allballs'::timestamptz, '2024-02-29 allballs'::timestamp
SELECT 'allballs'::time, 'allballs'::timetz
SELECT 'allballs'::timestamp
SELECT '+infinity'::timestamp = 'infinity', '+infinity'::date = 'infinity', '-infinity'::timestamptz < '+infinity'
SELECT '20240229T101112.25-03'::timestamptz, '20240229T1011'::timestamp
SELECT '@ 2 hours @ 5 minutes'::interval, '@ 1 day ago'::interval

== a type's name called with a literal is a cast
SELECT text('plain'), int4('5'), float8('1.5'), bool('yes'), date('2024-03-01'), inet('10.0.0.1')
SELECT cidr('10.1.2.3/8')
SELECT date('soon')
SELECT int4('five')
SELECT uuid('not one')
SELECT length('abc'), upper('abc'), abs('-5')

== system columns behind a join
+ CREATE TABLE shelf (id int PRIMARY KEY, room text)
+ CREATE TABLE book (id int PRIMARY KEY, shelf_id int)
SELECT ctid FROM shelf JOIN book ON book.shelf_id = shelf.id
SELECT tableoid FROM shelf LEFT JOIN book ON true
SELECT xmin FROM shelf JOIN (SELECT 1 AS one) AS s ON true
SELECT ctid FROM shelf, book
SELECT tableoid::regclass FROM shelf JOIN book USING (id)
SELECT shelf.tableoid::regclass FROM shelf JOIN book USING (id)

== FOR UPDATE of a join
+ CREATE TABLE orders (id int PRIMARY KEY, total int)
+ CREATE TABLE lines (id int, qty int)
SELECT * FROM orders JOIN lines USING (id) AS both_of, lines AS more FOR UPDATE OF both_of
SELECT * FROM (orders JOIN lines USING (id)) AS joined FOR UPDATE OF joined
SELECT * FROM orders JOIN lines USING (id) FOR UPDATE OF orders
SELECT * FROM orders FOR UPDATE OF lines

== generated and identity columns behind a view
+ CREATE TABLE cart (id int PRIMARY KEY, cents int, twice int GENERATED ALWAYS AS (cents * 2) STORED)
+ CREATE VIEW cart_view AS SELECT * FROM cart
INSERT INTO cart_view VALUES (1, 10, DEFAULT)
INSERT INTO cart_view (id, cents) VALUES (2, 20)
INSERT INTO cart_view VALUES (3, 30, 60)
UPDATE cart_view SET twice = DEFAULT
UPDATE cart_view SET twice = 5
UPDATE cart_view SET cents = DEFAULT WHERE id = 2
ALTER VIEW cart_view ALTER COLUMN twice SET DEFAULT 7
INSERT INTO cart_view VALUES (4, 40, DEFAULT)
INSERT INTO cart_view VALUES (4, 40, DEFAULT), (5, 50, DEFAULT)
SELECT * FROM cart_view ORDER BY id
+ CREATE TABLE ticket (id int GENERATED ALWAYS AS IDENTITY, title text)
+ CREATE VIEW ticket_view AS SELECT id, title FROM ticket
INSERT INTO ticket_view VALUES (DEFAULT, 'a')
UPDATE ticket_view SET id = DEFAULT
UPDATE ticket SET id = DEFAULT
SELECT * FROM ticket_view

== parameters of the transaction that cannot be reset
RESET transaction_isolation
RESET transaction_read_only
RESET transaction_deferrable
SET transaction_isolation TO DEFAULT
RESET ALL
BEGIN
RESET transaction_read_only
COMMIT

== READ ONLY inside of a savepoint
BEGIN
SAVEPOINT before_it
SET TRANSACTION READ ONLY
SHOW transaction_read_only
ROLLBACK TO before_it
SHOW transaction_read_only
COMMIT

== DEFERRABLE is told
SET SESSION CHARACTERISTICS AS TRANSACTION DEFERRABLE
SHOW default_transaction_deferrable
SHOW transaction_deferrable
BEGIN
SHOW transaction_deferrable
COMMIT
BEGIN NOT DEFERRABLE
SHOW transaction_deferrable
COMMIT

== temporary tables in a read-only transaction
+ CREATE TABLE kept (a int)
+ CREATE TEMP TABLE scratch (a int)
BEGIN READ ONLY
INSERT INTO scratch VALUES (1), (2)
UPDATE scratch SET a = a + 10
DELETE FROM scratch WHERE a = 11
SELECT * FROM scratch
INSERT INTO kept VALUES (1)
ROLLBACK
SELECT * FROM scratch
BEGIN READ ONLY
DROP TABLE scratch
ROLLBACK

== what a session got of a sequence
+ CREATE SEQUENCE counter
SELECT nextval('counter'), nextval('counter')
2> SELECT nextval('counter')
ALTER SEQUENCE counter RENAME TO renamed
SELECT currval('renamed'), lastval()
2> SELECT currval('renamed'), lastval()
ALTER SEQUENCE renamed RESTART WITH 50
SELECT currval('renamed')
BEGIN
DROP SEQUENCE renamed
SELECT lastval()
ROLLBACK
SELECT currval('renamed')
DROP SEQUENCE renamed
2> SELECT lastval()
CREATE SEQUENCE renamed
SELECT currval('renamed')
2> SELECT currval('renamed')

== numbers drawn in the order of the rows
+ CREATE TABLE queue (id int, weight int)
+ INSERT INTO queue VALUES (1, 30), (2, 10), (3, 20)
+ CREATE SEQUENCE places
SELECT id, nextval('places') FROM queue ORDER BY weight

== unlogged tables in the catalogue
CREATE UNLOGGED TABLE session_data (id serial PRIMARY KEY, body text)
SELECT relname, relkind, relpersistence FROM pg_class WHERE relname LIKE 'session\_data%' ORDER BY relname
CREATE TABLE lasting (id int REFERENCES session_data)
CREATE UNLOGGED TABLE fleeting (id int REFERENCES session_data)
CREATE TEMP TABLE scratch (id int REFERENCES session_data)
ALTER TABLE fleeting SET LOGGED
ALTER TABLE session_data SET UNLOGGED
ALTER TABLE fleeting DROP CONSTRAINT fleeting_id_fkey
ALTER TABLE fleeting SET LOGGED
SELECT relpersistence FROM pg_class WHERE relname = 'fleeting'
CREATE UNLOGGED TABLE pg_temp.nowhere (a int)
CREATE UNLOGGED VIEW seen AS SELECT 1 AS one
CREATE UNLOGGED MATERIALIZED VIEW seen AS SELECT 1 AS one
CREATE UNLOGGED TABLE copied AS SELECT 1 AS one
SELECT relpersistence FROM pg_class WHERE relname = 'copied'
CREATE TEMP TABLE aside (a int)
ALTER TABLE aside SET LOGGED

== storage parameters of CREATE TABLE AS
CREATE TABLE filled WITH (fillfactor = 70) AS SELECT 1 AS a
CREATE TABLE wrong WITH ("Fillfactor" = 70) AS SELECT 1 AS a
CREATE TABLE wrong WITH (speed = 11) AS SELECT 1 AS a
CREATE TABLE wrong WITH (fillfactor = 7) AS SELECT 1 AS a

== COLLATE in definitions
+ CREATE TABLE person (name text, nick varchar(20))
CREATE VIEW sorted AS SELECT name COLLATE "C" AS name, nick FROM person WHERE nick COLLATE "C" > 'm' ORDER BY name COLLATE "POSIX"
SELECT pg_get_viewdef('sorted'::regclass)
ALTER TABLE person ADD CONSTRAINT above CHECK (name COLLATE "C" >= 'A')
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'above'
CREATE INDEX partial ON person (name) WHERE nick COLLATE "C" > 'b'
SELECT indexdef FROM pg_indexes WHERE indexname = 'partial'
SELECT pg_get_expr(indpred, indrelid), pg_get_expr(indpred, indrelid, true) FROM pg_index WHERE indexrelid = 'partial'::regclass
SELECT pg_get_viewdef('sorted'::regclass, true)
ALTER TABLE person ALTER nick SET DEFAULT lower('X' COLLATE "C")
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'person'::regclass
SELECT name COLLATE "C" FROM person GROUP BY name
SELECT DISTINCT name FROM person ORDER BY name COLLATE "C"
CREATE VIEW numbered AS SELECT 5 COLLATE "C" AS five

== COLLATE that only a server tells apart [refused]
+ CREATE TABLE person (name text)
+ CREATE VIEW named AS SELECT name FROM person
refused> CREATE OR REPLACE VIEW named AS SELECT name COLLATE "POSIX" AS name FROM person

== GROUP BY a collation [refused]
+ CREATE TABLE person (name text)
refused> SELECT name FROM person GROUP BY name COLLATE "C"

== modifiers of times and intervals
+ CREATE TABLE slot (a timestamp(6), b interval(3), c interval day to second(3), d timestamptz(0), e timetz(2), f interval year to month, g interval hour, h time)
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'slot'::regclass AND attnum > 0 ORDER BY attnum
SELECT column_name, datetime_precision FROM information_schema.columns WHERE table_name = 'slot' ORDER BY ordinal_position
INSERT INTO slot (a, b, f) VALUES ('2024-01-01 10:00:00.1234567', '1.23456 seconds', '14 months 3 days')
SELECT a, b, f FROM slot

== ON DELETE SET NULL keeps its list
+ CREATE TABLE team (a int, b int, PRIMARY KEY (a, b))
CREATE TABLE member (a int, b int, CONSTRAINT of_team FOREIGN KEY (a, b) REFERENCES team ON DELETE SET NULL (a, b))
CREATE TABLE guest (a int, b int, CONSTRAINT of_one FOREIGN KEY (a, b) REFERENCES team ON DELETE SET NULL (b))
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY conname
INSERT INTO team VALUES (1, 1), (2, 2)
INSERT INTO member VALUES (1, 1)
INSERT INTO guest VALUES (2, 2)
DELETE FROM team
SELECT * FROM member
SELECT * FROM guest

== REINDEX of what it cannot
REINDEX SYSTEM CONCURRENTLY
REINDEX (CONCURRENTLY) SYSTEM
REINDEX DATABASE elsewhere
REINDEX SCHEMA nowhere
REINDEX SCHEMA public

== names of types in errors
CREATE TABLE odd (a nosuch)
CREATE TABLE odd (a nosuch[])
SELECT NULL::nosuch[]
SELECT NULL::nowhere.thing

== rows whose fields asyncpg gives as bytes [refused]
refused> SELECT ROW('int4'::regtype)

== LIKE of a composite type [refused]
+ CREATE TYPE pair AS (a int, b int)
refused> CREATE TABLE copied (LIKE pair)

== types of information_schema [refused]
refused> SELECT 1::information_schema.cardinal_number

== states of the parser's own errors
SELECT JSON_OBJECT(RETURNING text FORMAT JSON ENCODING latin9)
SELECT * FROM JSON_TABLE(jsonb '{}', '$' || '.a' COLUMNS (a int))
CREATE SCHEMA IF NOT EXISTS later CREATE TABLE t (a int)

== the schema of new tables
+ CREATE SCHEMA aside
SELECT current_schema, current_schemas(true), current_schemas(false)
SET search_path = nowhere, aside, public
SELECT current_schema, current_schemas(false)
SET search_path = pg_catalog, aside
SELECT current_schema
SET search_path = aside, pg_catalog
SELECT current_schema
SET search_path = ''
SELECT current_schema

== a row's columns in VALUES
SELECT * FROM (VALUES (1, 2)) AS pair (a, b), LATERAL (VALUES (pair.*), (b, a)) AS both_ways
SELECT * FROM (VALUES (1, 2)) AS pair (a, b), LATERAL (VALUES (pair.*, 5)) AS longer
SELECT * FROM (VALUES (1, 2)) AS pair (a, b), LATERAL (VALUES (pair.*), (1)) AS uneven

== WITH TIES and no count
+ CREATE TABLE score (points int)
+ INSERT INTO score VALUES (1), (2), (2)
SELECT points FROM score ORDER BY points FETCH FIRST NULL ROWS WITH TIES
SELECT points FROM score ORDER BY points DESC FETCH FIRST 1 ROWS WITH TIES
SELECT points FROM score ORDER BY points LIMIT NULL

== setval in a read-only transaction
+ CREATE TEMP SEQUENCE mine
+ CREATE SEQUENCE ours
BEGIN READ ONLY
SELECT nextval('mine'), setval('mine', 5)
SELECT setval('ours', 5)
ROLLBACK
SELECT currval('mine')
SELECT setval('nobodys', 5)

== AND CHAIN keeps DEFERRABLE
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
SHOW transaction_deferrable
COMMIT AND CHAIN
SHOW transaction_deferrable
ROLLBACK AND CHAIN
SHOW transaction_deferrable
COMMIT
SHOW transaction_deferrable
