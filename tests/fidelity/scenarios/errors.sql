# What applications catch, and what developers mistype.
+ CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL UNIQUE, age int CHECK (age >= 18), country char(2), CONSTRAINT email_at CHECK (email LIKE '%@%'))
+ CREATE TABLE purchase (id bigserial PRIMARY KEY, customer_id int NOT NULL REFERENCES customer (id), total numeric(6,2) NOT NULL DEFAULT 0, code varchar(4) UNIQUE, state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid')), paid_on date)
+ INSERT INTO customer (email, age, country) VALUES ('a@x', 20, 'de'), ('b@x', 30, 'fr')
+ INSERT INTO purchase (customer_id, total, code) VALUES (1, 9.99, 'AAAA'), (1, 5, 'BBBB')

== unique
INSERT INTO customer (email) VALUES ('a@x')
INSERT INTO customer (email) VALUES ('c@x'), ('c@x')
UPDATE customer SET email = 'b@x' WHERE id = 1
UPDATE customer SET email = 'same@x'
INSERT INTO customer (id, email) VALUES (1, 'z@x')
INSERT INTO purchase (customer_id, code) VALUES (1, NULL), (1, NULL)
INSERT INTO purchase (customer_id, code) VALUES (1, 'AAAA')
SELECT email FROM customer ORDER BY id

== not null
INSERT INTO customer (email) VALUES (NULL)
INSERT INTO customer (age) VALUES (20)
INSERT INTO purchase (total) VALUES (1)
UPDATE purchase SET total = NULL WHERE id = 1
UPDATE customer SET email = NULL
INSERT INTO purchase (customer_id, total) VALUES (1, NULL)
INSERT INTO purchase (customer_id, state) SELECT 1, NULL

== check
INSERT INTO customer (email, age) VALUES ('y@x', 17)
INSERT INTO customer (email, age) VALUES ('noat', 20)
INSERT INTO customer (email, age) VALUES ('n@x', NULL) RETURNING age
UPDATE customer SET age = age - 10
UPDATE purchase SET state = 'lost' WHERE code = 'AAAA'
INSERT INTO purchase (customer_id, state) VALUES ($1, $2)
    <- 1, 'void'

== foreign keys
INSERT INTO purchase (customer_id) VALUES (99)
UPDATE purchase SET customer_id = 99 WHERE id = 1
DELETE FROM customer WHERE id = 1
UPDATE customer SET id = 50 WHERE id = 1
DELETE FROM customer WHERE id = 2
DELETE FROM purchase
DELETE FROM customer WHERE id = 1 RETURNING email
TRUNCATE customer
TRUNCATE customer CASCADE
DROP TABLE customer

== lengths and ranges
INSERT INTO purchase (customer_id, code) VALUES (1, 'TOOLONG')
INSERT INTO purchase (customer_id, total) VALUES (1, 12345.67)
INSERT INTO purchase (customer_id, total) VALUES (1, 1234.567) RETURNING total
INSERT INTO customer (email, country) VALUES ('g@x', 'deu')
INSERT INTO customer (email, country) VALUES ('g@x', 'd') RETURNING country, length(country), country || '|'
INSERT INTO customer (email, age) VALUES ('h@x', 99999999999)
INSERT INTO purchase (customer_id, paid_on) VALUES (1, '2024-02-30')
INSERT INTO purchase (customer_id, paid_on) VALUES (1, 'soon')
INSERT INTO purchase (customer_id, total) VALUES (1, 'much')
INSERT INTO purchase (customer_id, total) VALUES (1, 'NaN') RETURNING total
INSERT INTO purchase (customer_id, total) VALUES (1, 'Infinity')
SELECT 'abcdef'::varchar(3), 'abcdef'::char(3)

== unknown names
SELECT * FROM customers
SELECT mail FROM customer
SELECT c.mail FROM customer c
SELECT customer.email FROM customer c
SELECT x.email FROM customer c
SELECT * FROM customer c JOIN purchase p ON c.id = p.cust_id
SELECT id FROM customer JOIN purchase ON customer.id = customer_id
SELECT email FROM customer ORDER BY nope
SELECT email FROM customer GROUP BY nope
SELECT email AS e FROM customer WHERE e = 'a@x'
SELECT email AS e FROM customer ORDER BY e
SELECT lowr(email) FROM customer
SELECT lower(email, 1) FROM customer
SELECT lower(1)
SELECT count() FROM customer
SELECT lower(*) FROM customer
SELECT 1::strange
SELECT public.nope(1)
SELECT * FROM nowhere.customer
SELECT * FROM public.customer WHERE id = 2
INSERT INTO customer (email, nope) VALUES ('q@x', 1)
UPDATE customer SET nope = 1
UPDATE nope SET a = 1
DELETE FROM nope
DELETE FROM customer WHERE nope = 1
SELECT * FROM customer WHERE id = 1 AND emai = 'x'
SELECT nextval('nope_seq')
SELECT 'x'::regclass
SELECT * FROM customer c, purchase c
SELECT * FROM customer, customer
INSERT INTO purchase (customer_id) VALUES (1) RETURNING nope

== syntax
SELEC 1
SELECT * FORM customer
SELECT * FROM
SELECT * FROM customer WHERE
SELECT 'unfinished
SELECT (1
INSERT INTO customer (email VALUES ('x')
INSERT INTO customer VALUES
UPDATE customer email = 'x'
DELETE customer
SELECT * FROM customer LIMIT 1, 2
SELECT 1 SELECT 2
CREATE TABLE t (id int AUTO_INCREMENT)
SELECT * FROM customer WHERE id == 1
SELECT `email` FROM customer
SELECT IFNULL(email, '') FROM customer
SELECT * FROM customer WHERE email = "a@x"
SELECT TOP 1 * FROM customer
REPLACE INTO customer (email) VALUES ('x')
SELECT 1; SELECT 2
SELECT ? FROM customer
SELECT :name
SELECT %s
PRAGMA foreign_keys

SELECT date('now')
SELECT datetime('now')
SELECT strftime('%Y', 'now')
SELECT group_concat(email) FROM customer
SELECT rowid FROM customer
SELECT last_insert_rowid()
SELECT typeof(1)
SELECT julianday('2024-01-01')
SELECT instr('abc', 'b')
SELECT printf('%d', 1)
SELECT 1 IS 1
SELECT substr('hello', 2, 3)
SELECT 'a' GLOB 'a*'
SELECT 'abc' REGEXP 'a'
SELECT * FROM sqlite_master
SELECT ifnull(NULL, 1)
SELECT iif(true, 1, 2)
SELECT changes()
SELECT random() BETWEEN 0 AND 1
SELECT hex('a')
SELECT char(65)
SELECT unicode('a')
SELECT total(1)
SELECT json_extract('{"a":1}', '$.a')
SELECT max(1, 2)

== casts
SELECT 'abc'::int
SELECT '1.5'::int
SELECT ''::int
SELECT ' 42 '::int
SELECT '4 2'::int
SELECT 1.5::int, 2.5::int, -1.5::int, 1.5::float8::int, 2.5::float8::int
SELECT 'yes'::bool, 'off'::bool, 't'::bool, '1'::bool
SELECT 'maybe'::bool
SELECT 2::bool, 0::bool
SELECT 1.0::bool
SELECT true::int, false::text
SELECT 1::bigint::bool
SELECT '2024-13-01'::date
SELECT '2024-01-01'::timestamp, '2024-01-01 10:00'::timestamptz, '2024-01-01T10:00:00+02:00'::timestamptz
SELECT '25:00'::time
SELECT '{1,2'::int[]
SELECT '{1,x}'::int[]
SELECT 'not json'::jsonb
SELECT '{"a":}'::json
SELECT 'xyz'::uuid
SELECT '12345678123456781234567812345678'::uuid
SELECT 99999999999::int
SELECT '99999999999'::int
SELECT 40000::smallint
SELECT 'NaN'::int
SELECT 'inf'::float8, 'nan'::float8, '-Infinity'::float8
SELECT '1e400'::float8
SELECT 1e10::int
SELECT '1 apple'::interval
SELECT '\xdeadbeef'::bytea, 'abc'::bytea
SELECT '\xzz'::bytea
SELECT CAST('12' AS integer), CAST(12 AS text), CAST(NULL AS date)
SELECT now()::int
SELECT '2024-01-01'::date::int
SELECT 5::date
SELECT ARRAY[1,2]::text[], ARRAY['1','2']::int[]
SELECT ARRAY[1,'x']
SELECT '[1,2]'::jsonb::int[]
SELECT '1'::jsonb::int, '1.7'::jsonb::int, 'true'::jsonb::bool
SELECT '"1"'::jsonb::int
SELECT 1::text::int::numeric::float8

== wrong clauses
SELECT * FROM customer LIMIT -1
SELECT * FROM customer OFFSET -1
SELECT * FROM customer LIMIT 'x'
SELECT * FROM customer LIMIT id
SELECT id FROM customer ORDER BY 3
SELECT id FROM customer GROUP BY 2
SELECT id FROM customer UNION SELECT id, email FROM customer
SELECT DISTINCT email FROM customer ORDER BY age
SELECT id FROM customer UNION SELECT id FROM purchase ORDER BY email
SELECT * FROM customer WHERE sum(age) > 1
SELECT * FROM customer WHERE row_number() OVER () = 1
INSERT INTO customer (email) VALUES ('a', 'b')
INSERT INTO customer (email, age) VALUES ('a')
INSERT INTO customer VALUES (1, 'a@b', 20, 'de', 5)
INSERT INTO customer (email, email) VALUES ('a', 'b')
INSERT INTO customer (id) VALUES ('x')
UPDATE customer SET age = 'x'
UPDATE customer SET age = 1, age = 2
UPDATE customer SET (age, country) = (1)
VALUES (1, 2), (3)
SELECT * FROM (SELECT 1)
SELECT * FROM customer WHERE id IN (SELECT id, email FROM customer)
SELECT EXISTS (SELECT 1), EXISTS (SELECT 1 WHERE false)
SELECT * FROM customer WHERE (id, age) = (1, 20, 3)
SELECT 1 WHERE 'a'
SELECT 1 WHERE NULL
SELECT count(*) OVER w FROM customer
SELECT rank() FROM customer
SELECT min(age) OVER (ORDER BY id) FROM customer WHERE id = 1
SELECT max(max(age)) OVER () FROM customer
WITH a AS (SELECT 1) SELECT * FROM b
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT * FROM r
WITH a (x, y) AS (SELECT 1) SELECT * FROM a

== tables that exist, tables that do not
CREATE TABLE customer (id int)
CREATE TABLE IF NOT EXISTS customer (id int)
CREATE TABLE t (id int, id text)
CREATE TABLE t (id int PRIMARY KEY, other int PRIMARY KEY)
CREATE TABLE t (id integr)
CREATE TABLE t (id int REFERENCES nope (id))
CREATE TABLE t (id int REFERENCES customer (age))
CREATE TABLE t (id text REFERENCES customer (id))
CREATE TABLE t (id int DEFAULT 'x')
CREATE TABLE t (id int CHECK (nope > 1))
CREATE TABLE t (id int, PRIMARY KEY (nope))
CREATE TABLE t (n numeric(2,5), v varchar(0))
CREATE TABLE t (id int CHECK (id))
DROP TABLE nope
DROP TABLE IF EXISTS nope
DROP TABLE customer
ALTER TABLE nope ADD COLUMN a int
ALTER TABLE customer ADD COLUMN email text
ALTER TABLE customer DROP COLUMN nope
ALTER TABLE customer ALTER COLUMN age TYPE text
ALTER TABLE customer ALTER COLUMN email TYPE int USING email::int
ALTER TABLE purchase ALTER COLUMN paid_on SET NOT NULL
ALTER TABLE purchase ADD CONSTRAINT cheap CHECK (total < 6)
ALTER TABLE purchase DROP CONSTRAINT nope
ALTER TABLE purchase ADD CONSTRAINT one_each UNIQUE (customer_id)
CREATE INDEX ON purchase (total)
CREATE SEQUENCE customer_id_seq
CREATE TYPE mood AS ENUM ('sad', 'ok')
CREATE TYPE mood AS ENUM ('sad')
SELECT 'happy'::mood
SELECT 'ok'::mood > 'sad'::mood, enum_range(NULL::mood)

== schemas and views
CREATE VIEW customer AS SELECT 1
CREATE SCHEMA public
CREATE SCHEMA app
CREATE TABLE app.t (id int)
SELECT * FROM t
SELECT * FROM app.t
