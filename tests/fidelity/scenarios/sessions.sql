# Transactions, savepoints, what an error leaves behind, several sessions one after another.
+ CREATE TABLE account (id int PRIMARY KEY, owner text NOT NULL, balance numeric(10,2) NOT NULL CHECK (balance >= 0))
+ INSERT INTO account VALUES (1, 'ann', 100), (2, 'bob', 50)

== an error fails the transaction
BEGIN
UPDATE account SET balance = balance - 30 WHERE id = 1
UPDATE account SET balance = balance - 80 WHERE id = 2
SELECT balance FROM account WHERE id = 1
SELECT 1
INSERT INTO account VALUES (3, 'c', 1)
SAVEPOINT late
nonsense
COMMIT
SELECT id, balance FROM account ORDER BY id

== a client's error does not fail it
BEGIN
SELECT $1::int
    <- 'x'
SELECT $1::int
SELECT 1
COMMIT

== a name error fails it
BEGIN
SELECT nope
SELECT 1
ROLLBACK
SELECT 1

== a syntax error fails it
BEGIN
SELEC 1
SELECT 1
ROLLBACK

== savepoints
BEGIN
INSERT INTO account VALUES (3, 'cid', 10)
SAVEPOINT a
INSERT INTO account VALUES (3, 'dup', 10)
SELECT 1
ROLLBACK TO SAVEPOINT a
INSERT INTO account VALUES (4, 'dee', 10)
SAVEPOINT b
DELETE FROM account
ROLLBACK TO a
SELECT count(*) FROM account
ROLLBACK TO b
SELECT 1
ROLLBACK TO a
RELEASE SAVEPOINT a
ROLLBACK TO a
COMMIT
SELECT count(*) FROM account

== savepoints of one name
BEGIN
SAVEPOINT s
UPDATE account SET balance = 1 WHERE id = 1
SAVEPOINT s
UPDATE account SET balance = 2 WHERE id = 1
ROLLBACK TO s
SELECT balance FROM account WHERE id = 1
RELEASE s
ROLLBACK TO s
SELECT balance FROM account WHERE id = 1
COMMIT

== outside a transaction
SAVEPOINT s
RELEASE s
ROLLBACK TO s
COMMIT
ROLLBACK
BEGIN
BEGIN
COMMIT
COMMIT

== scripts are one transaction
script> INSERT INTO account VALUES (5, 'e', 5); INSERT INTO account VALUES (5, 'dup', 5)
SELECT count(*) FROM account
script> INSERT INTO account VALUES (5, 'e', 5); INSERT INTO account VALUES (6, 'f', 6)
SELECT count(*) FROM account
script> BEGIN; UPDATE account SET balance = 0; ROLLBACK; SELECT 1
SELECT sum(balance) FROM account
script> UPDATE account SET balance = 7; SELECT 1/0
SELECT sum(balance) FROM account
script> SELECT $1

== many
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(10, 'x', Decimal('1')), (11, 'y', Decimal('2'))]
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(12, 'x', Decimal('1')), (12, 'y', Decimal('2'))]
SELECT count(*) FROM account
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(13, 'x', Decimal('1')), (14, 'y', 'bad')]
SELECT count(*) FROM account
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(13, 'x')]
many> UPDATE account SET balance = balance + $2 WHERE id = $1
    <- [(1, 1), (2, 2)]
SELECT id, balance FROM account WHERE id < 3 ORDER BY id
many> SELECT 1
    <- []

== schema changes roll back
BEGIN
CREATE TABLE extra (id serial PRIMARY KEY)
ALTER TABLE account ADD COLUMN note text DEFAULT 'n'
INSERT INTO extra DEFAULT VALUES RETURNING id
SELECT * FROM account ORDER BY id
DROP TABLE account
SELECT * FROM account
ROLLBACK
SELECT * FROM account ORDER BY id
SELECT * FROM extra

== read only
BEGIN READ ONLY
SELECT count(*) FROM account
INSERT INTO account VALUES (9, 'n', 1)
SELECT 1
ROLLBACK
BEGIN
SET TRANSACTION READ ONLY
DELETE FROM account
ROLLBACK
BEGIN TRANSACTION READ ONLY
CREATE TABLE nope (id int)
ROLLBACK
BEGIN READ ONLY
SELECT nextval('nope')
ROLLBACK
START TRANSACTION ISOLATION LEVEL REPEATABLE READ
SHOW transaction_isolation
COMMIT
SHOW transaction_isolation
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
BEGIN
SELECT 1
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
ROLLBACK

== another session sees what was committed
INSERT INTO account VALUES (3, 'c', 3)
2> SELECT count(*) FROM account
2> UPDATE account SET balance = 4 WHERE id = 3
SELECT balance FROM account WHERE id = 3
CREATE TABLE later (id int)
2> SELECT count(*) FROM later
2> DROP TABLE later
SELECT count(*) FROM later

== a reader beside a writer
BEGIN
UPDATE account SET balance = 1 WHERE id = 1
2> SELECT balance FROM account WHERE id = 1
2> SELECT count(*) FROM account
ROLLBACK
2> SELECT balance FROM account WHERE id = 1

== settings
SHOW search_path
RESET search_path

== search path
SET search_path TO app, public
SHOW search_path

== time zones of a session
BEGIN
SET LOCAL timezone = 'Europe/Berlin'
SHOW timezone
SELECT '2024-07-01 12:00+00'::timestamptz::text, '2024-07-01 12:00'::timestamp::timestamptz
COMMIT
SHOW timezone
SET timezone = 'America/New_York'
SELECT '2024-07-01 12:00+00'::timestamptz::text, '2024-07-01 12:00+00'::timestamptz::date, date_trunc('day', '2024-07-01 02:00+00'::timestamptz)
SET timezone = 'Nowhere/Land'
RESET timezone

== more settings
SELECT current_setting('timezone'), current_setting('nope', true)
SELECT current_setting('nope')
SELECT set_config('app.user', '7', false), current_setting('app.user')
SHOW app.user
SET nope = 1
SHOW server_encoding
SHOW standard_conforming_strings
SELECT current_schema(), current_user, current_database() IS NOT NULL, version() LIKE 'PostgreSQL%'
SELECT pg_backend_pid() > 0, txid_current() > 0, pg_typeof(1), pg_typeof('a'), pg_typeof(1.5), pg_typeof(now())

== many inside a transaction
BEGIN
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(13, 'x', Decimal('1')), (14, 'y', 'bad')]
SELECT count(*) FROM account
many> INSERT INTO account VALUES ($1, $2, $3)
    <- [(13, 'x', Decimal('1')), (13, 'y', Decimal('1'))]
SELECT count(*) FROM account
ROLLBACK
SELECT count(*) FROM account
