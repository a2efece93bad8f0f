# Schemas: making and dropping them, names with and without them, the search path.

== create and drop
CREATE SCHEMA app
CREATE SCHEMA app
CREATE SCHEMA IF NOT EXISTS app
CREATE SCHEMA pg_mine
CREATE SCHEMA "My Schema"
CREATE TABLE app.users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, age int CHECK (age > 0))
CREATE TABLE users (id int PRIMARY KEY, note text)
INSERT INTO app.users (email, age) VALUES ('a@x', 5) RETURNING id
INSERT INTO users VALUES (1, 'public one')
SELECT * FROM app.users
SELECT * FROM public.users
SELECT * FROM users
SELECT app.users.email FROM app.users
SELECT app.users.* FROM app.users
SELECT u.email FROM app.users AS u
SELECT app.users.email FROM app.users AS u
SELECT app.users.email FROM users
SELECT users.email FROM app.users
SELECT a.email, p.note FROM app.users a JOIN public.users p ON a.id = p.id
SELECT app.users.email, public.users.note FROM app.users JOIN public.users ON app.users.id = public.users.id
INSERT INTO app.users (email, age) VALUES ('a@x', 6)
INSERT INTO app.users (email, age) VALUES ('b@x', -6)
INSERT INTO app.users (email) VALUES (NULL)
INSERT INTO app.users (nope) VALUES (1)
UPDATE app.users SET age = 7 WHERE app.users.id = 1 RETURNING app.users.age
UPDATE app.users SET age = 0
DELETE FROM app.users WHERE users.id = 1 RETURNING *
SELECT * FROM app.missing
SELECT * FROM nosuch.users
SELECT * FROM missing
INSERT INTO nosuch.users VALUES (1)
CREATE TABLE nosuch.t (id int)
CREATE TABLE app.users (id int)
CREATE TABLE IF NOT EXISTS app.users (id int)
DROP TABLE nosuch.t
DROP TABLE IF EXISTS nosuch.t
DROP TABLE app.missing
DROP TABLE IF EXISTS app.missing
DROP SCHEMA app
DROP SCHEMA nosuch
DROP SCHEMA IF EXISTS nosuch
DROP SCHEMA app CASCADE
SELECT * FROM app.users
SELECT * FROM users
DROP SCHEMA "My Schema", app
DROP SCHEMA IF EXISTS "My Schema", app

== search path
SHOW search_path
SELECT current_schema(), current_schemas(false), current_schemas(true)
CREATE SCHEMA one
CREATE SCHEMA two
CREATE TABLE one.t (v text)
CREATE TABLE two.t (v text)
CREATE TABLE t (v text)
INSERT INTO one.t VALUES ('one')
INSERT INTO two.t VALUES ('two')
INSERT INTO t VALUES ('public')
SELECT v FROM t
SET search_path TO one
SELECT v FROM t
SELECT v FROM public.t
SELECT current_schema, current_schemas(true)
SHOW search_path
SET search_path TO two, one, public
SHOW search_path
SELECT v FROM t
SELECT current_setting('search_path')
CREATE TABLE made (id int)
SELECT count(*) FROM two.made
SELECT count(*) FROM one.made
SET search_path = "$user", public
SELECT v FROM t
SELECT count(*) FROM made
SET search_path = ''
SHOW search_path
SELECT current_schema()
CREATE TABLE nowhere (id int)
SELECT v FROM t
SELECT v FROM one.t
SET search_path = nosuch, two
SELECT current_schema(), current_schemas(false)
SELECT v FROM t
SELECT set_config('search_path', 'one, two', false)
SELECT v FROM t
RESET search_path
SELECT v FROM t
SET search_path = 'one, two'
SHOW search_path
SELECT v FROM t
SET search_path TO DEFAULT
SELECT v FROM t
SET search_path = "One"
SHOW search_path
SELECT set_config('search_path', 'one,,two', false)

== search path in transactions
+ CREATE SCHEMA one
+ CREATE TABLE one.t (v text)
+ CREATE TABLE t (v text)
+ INSERT INTO one.t VALUES ('one')
+ INSERT INTO t VALUES ('public')
BEGIN
SET LOCAL search_path TO one
SELECT v FROM t
COMMIT
SELECT v FROM t
BEGIN
SET search_path TO one
SELECT v FROM t
SAVEPOINT a
SET LOCAL search_path TO public
SELECT v FROM t
ROLLBACK TO a
SELECT v FROM t
ROLLBACK
SELECT v FROM t
SHOW search_path
BEGIN
CREATE SCHEMA temp_one
CREATE TABLE temp_one.x (id int)
INSERT INTO temp_one.x VALUES (1)
SELECT * FROM temp_one.x
ROLLBACK
SELECT * FROM temp_one.x
CREATE TABLE temp_one.x (id int)
BEGIN
DROP SCHEMA one CASCADE
SELECT v FROM one.t
ROLLBACK
SELECT v FROM one.t
BEGIN
SET LOCAL search_path = one
SELECT v FROM t
SELECT 1/0
ROLLBACK
SELECT v FROM t

== elements of a schema
CREATE SCHEMA shop CREATE TABLE items (id int PRIMARY KEY, price numeric(10,2)) CREATE VIEW cheap AS SELECT id FROM items WHERE price < 10 CREATE INDEX items_price ON items (price)
INSERT INTO shop.items VALUES (1, 5), (2, 50)
SELECT * FROM shop.cheap
DROP SCHEMA shop
DROP SCHEMA shop RESTRICT
DROP SCHEMA shop CASCADE
CREATE SCHEMA AUTHORIZATION postgres
SELECT current_schema()
CREATE TABLE own (id int)
INSERT INTO own VALUES (1)
SELECT * FROM postgres.own
SELECT * FROM public.own
DROP SCHEMA postgres CASCADE
SELECT current_schema()

== keys between schemas
+ CREATE SCHEMA a
+ CREATE SCHEMA b
CREATE TABLE a.parent (id int PRIMARY KEY)
CREATE TABLE b.child (id int PRIMARY KEY, parent_id int REFERENCES a.parent (id) ON DELETE CASCADE)
CREATE TABLE b.other (id int REFERENCES a.parent)
INSERT INTO b.child VALUES (1, 1)
INSERT INTO a.parent VALUES (1), (2)
INSERT INTO b.child VALUES (1, 1)
INSERT INTO b.other VALUES (2)
DELETE FROM a.parent WHERE id = 1
SELECT * FROM b.child
DELETE FROM a.parent WHERE id = 2
DROP TABLE a.parent
DROP SCHEMA a
DROP SCHEMA a CASCADE
INSERT INTO b.child VALUES (5, 5)
INSERT INTO b.child VALUES (5, 5)
DROP SCHEMA b CASCADE

== indexes and sequences
+ CREATE SCHEMA app
+ CREATE TABLE app.t (id serial, code text, v int)
CREATE UNIQUE INDEX t_code ON app.t (code)
CREATE INDEX ON app.t (v)
CREATE INDEX t_code ON app.t (v)
CREATE TABLE t (id serial, code text)
CREATE UNIQUE INDEX t_code ON t (code)
INSERT INTO app.t (code) VALUES ('x') RETURNING id
INSERT INTO app.t (code) VALUES ('x')
INSERT INTO t (code) VALUES ('x') RETURNING id
INSERT INTO t (code) VALUES ('x')
SELECT nextval('app.t_id_seq'), nextval('t_id_seq'), nextval('public.t_id_seq')
SELECT currval('app.t_id_seq'), currval('"public"."t_id_seq"')
SELECT setval('app.t_id_seq', 100)
INSERT INTO app.t (code) VALUES ('y') RETURNING id
CREATE SEQUENCE app.numbers START 10
SELECT nextval('app.numbers')
SELECT nextval('numbers')
SELECT nextval('APP.Numbers')
SELECT nextval('"APP".numbers')
SET search_path TO app
SELECT nextval('numbers')
SELECT lastval()
INSERT INTO t (code) VALUES ('z') RETURNING id
INSERT INTO public.t (code) VALUES ('z') RETURNING id
DROP INDEX t_code
DROP INDEX public.t_code
DROP INDEX app.t_code
DROP SEQUENCE app.numbers
DROP SEQUENCE app.t_id_seq
RESET search_path
DROP SEQUENCE app.t_id_seq
CREATE TABLE uses (id int DEFAULT nextval('app.t_id_seq'))
SET search_path TO app
INSERT INTO public.uses DEFAULT VALUES RETURNING id
ALTER TABLE t ADD CONSTRAINT t_v_key UNIQUE (v)
INSERT INTO t (v) VALUES (1), (1)
ALTER TABLE app.t ADD COLUMN w int NOT NULL DEFAULT 1
ALTER TABLE app.t RENAME COLUMN w TO ww
ALTER TABLE app.t RENAME TO t2
SELECT count(*) FROM app.t2
SELECT count(*) FROM t
TRUNCATE app.t2
SELECT count(*) FROM app.t2

== moving
+ CREATE SCHEMA app
+ CREATE TABLE t (id serial PRIMARY KEY, v int)
+ INSERT INTO t (v) VALUES (1)
ALTER TABLE t SET SCHEMA app
SELECT * FROM t
SELECT * FROM app.t
INSERT INTO app.t (v) VALUES (2) RETURNING id
SELECT nextval('app.t_id_seq')
ALTER TABLE app.t SET SCHEMA nosuch
ALTER TABLE missing SET SCHEMA app
ALTER TABLE IF EXISTS missing SET SCHEMA app
CREATE TABLE t (id int)
ALTER TABLE app.t SET SCHEMA public
ALTER TABLE t SET SCHEMA app
DROP TABLE t
BEGIN
ALTER TABLE app.t SET SCHEMA public
SELECT * FROM t
ROLLBACK
SELECT * FROM t
SELECT * FROM app.t
ALTER SCHEMA app RENAME TO shop
SELECT * FROM shop.t
SELECT * FROM app.t
INSERT INTO shop.t (v) VALUES (5) RETURNING id
ALTER SCHEMA nosuch RENAME TO x
ALTER SCHEMA shop RENAME TO public
CREATE TYPE shop.mood AS ENUM ('sad', 'ok')
ALTER TYPE shop.mood SET SCHEMA public
SELECT 'ok'::mood
ALTER SCHEMA shop OWNER TO postgres

== types in schemas
+ CREATE SCHEMA app
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy')
SELECT 'ok'::app.mood
SELECT 'ok'::mood
SELECT 'bad'::app.mood
CREATE TABLE people (name text, m app.mood DEFAULT 'ok')
INSERT INTO people VALUES ('a', 'happy'), ('b', DEFAULT), ('c', 'sad')
SELECT * FROM people ORDER BY m
SELECT m, m > 'sad' FROM people WHERE m >= 'ok'::app.mood ORDER BY name
INSERT INTO people VALUES ('d', $1) RETURNING m
    <- 'ok'
INSERT INTO people VALUES ('d', $1)
    <- 'bad'
INSERT INTO people VALUES ('d', 5)
SET search_path TO app, public
SELECT 'ok'::mood
INSERT INTO people VALUES ('d', 5)
SELECT 'bad'::mood
CREATE TYPE mood AS ENUM ('x')
RESET search_path
CREATE TYPE mood AS ENUM ('x')
SELECT 'x'::mood, 'ok'::app.mood
SELECT 'x'::mood = 'ok'::app.mood
DROP TYPE app.mood
DROP TYPE mood
DROP TYPE app.nothing
DROP TYPE IF EXISTS app.nothing, nosuch.thing
DROP SCHEMA app
DROP SCHEMA app CASCADE
SELECT * FROM people ORDER BY name

== dropping public
+ CREATE TABLE t (id int)
DROP SCHEMA public
DROP SCHEMA public CASCADE
SELECT * FROM t
CREATE TABLE t (id int)
SELECT current_schema()
CREATE SCHEMA public
CREATE TABLE t (id int, v text)
INSERT INTO t VALUES (1, 'x') RETURNING *
SELECT current_schema()

== migrations in a schema
CREATE SCHEMA IF NOT EXISTS plugin
SET search_path TO plugin, public
CREATE TYPE status AS ENUM ('new', 'done')
CREATE DOMAIN slug AS text CHECK (VALUE ~ '^[a-z-]+$')
CREATE TABLE tasks (id bigserial PRIMARY KEY, slug slug UNIQUE, state status NOT NULL DEFAULT 'new', parent bigint REFERENCES tasks (id) ON DELETE SET NULL)
CREATE INDEX tasks_state_idx ON tasks (state) WHERE state <> 'done'
CREATE VIEW open_tasks AS SELECT id, slug FROM tasks WHERE state = 'new'
INSERT INTO tasks (slug) VALUES ('first'), ('second') RETURNING id, state
INSERT INTO tasks (slug) VALUES ('first')
INSERT INTO tasks (slug) VALUES ('First')
INSERT INTO tasks (slug, state) VALUES ('third', 'lost')
INSERT INTO tasks (slug, parent) VALUES ('third', 99)
RESET search_path
SELECT * FROM tasks
SELECT id, slug, state FROM plugin.tasks ORDER BY id
SELECT * FROM plugin.open_tasks ORDER BY id
INSERT INTO plugin.tasks (slug, state, parent) VALUES ('fourth', 'done', 1) RETURNING parent
INSERT INTO plugin.tasks (slug) VALUES ('Fifth')
INSERT INTO plugin.tasks (slug, state) VALUES ('fifth', 'lost')
INSERT INTO plugin.open_tasks (slug) VALUES ('via-view') RETURNING slug
UPDATE plugin.tasks SET state = 'done' WHERE slug = 'first' RETURNING plugin.tasks.state
SELECT count(*) FROM plugin.open_tasks
SELECT 'done'::plugin.status, 'x-y'::plugin.slug
SELECT 'nope'::plugin.status
SELECT 'NO'::plugin.slug
DELETE FROM plugin.tasks WHERE id = 1
SELECT parent FROM plugin.tasks WHERE slug = 'fourth'
ALTER TABLE plugin.tasks ADD COLUMN weight int NOT NULL DEFAULT 1
ALTER TABLE plugin.tasks ADD CONSTRAINT light CHECK (weight < 10)
UPDATE plugin.tasks SET weight = 10
ALTER TABLE plugin.tasks DROP CONSTRAINT light
ALTER TABLE plugin.tasks ALTER COLUMN weight DROP DEFAULT
ALTER TABLE plugin.tasks RENAME CONSTRAINT tasks_slug_key TO one_slug
INSERT INTO plugin.tasks (slug, weight) VALUES ('second', 1)
INSERT INTO plugin.tasks (slug) VALUES ('sixth')
ALTER INDEX plugin.tasks_state_idx RENAME TO open_idx
DROP INDEX plugin.open_idx
ALTER TYPE plugin.status ADD VALUE 'failed'
ALTER TABLE plugin.tasks DROP COLUMN slug
DROP TYPE plugin.status
DROP TABLE plugin.tasks
TRUNCATE plugin.tasks RESTART IDENTITY
INSERT INTO plugin.tasks (slug, weight) VALUES ('again', 1) RETURNING id
SELECT currval('plugin.tasks_id_seq'), pg_get_serial_sequence('plugin.tasks', 'id')
SELECT to_regclass('plugin.tasks') IS NULL, to_regclass('plugin.nope') IS NULL, to_regclass('tasks') IS NULL
COMMENT ON TABLE plugin.tasks IS 'what is to be done'
GRANT USAGE ON SCHEMA plugin TO PUBLIC
GRANT USAGE ON SCHEMA nope TO PUBLIC
BEGIN
DROP SCHEMA plugin CASCADE
CREATE SCHEMA plugin
CREATE TABLE plugin.tasks (id int)
SELECT count(*) FROM plugin.tasks
ROLLBACK
SELECT slug FROM plugin.tasks
BEGIN
SET LOCAL search_path = plugin
INSERT INTO tasks (slug, weight) VALUES ('local', 2) RETURNING id
SAVEPOINT s
CREATE TABLE extra (id int)
ROLLBACK TO s
SELECT * FROM extra
ROLLBACK
SET SCHEMA 'plugin'
SHOW search_path
SELECT slug FROM tasks
2> SELECT slug FROM tasks
2> SET search_path = plugin
2> SELECT slug FROM tasks
RESET ALL
SELECT slug FROM tasks
DROP SCHEMA plugin
DROP SCHEMA plugin CASCADE
2> SELECT slug FROM tasks
