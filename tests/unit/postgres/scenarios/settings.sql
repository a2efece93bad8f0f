-- Settings of the server's and of the application's own; what DDL expressions may not hold.
SELECT current_setting('app.user', true)
BEGIN
SET LOCAL app.user = 'ann'
SELECT current_setting('app.user', true)
COMMIT
SELECT current_setting('app.user', true)
SELECT current_setting('app.user')
SHOW app.user
SELECT set_config('app.other', 'x', true)
SELECT current_setting('app.other', true)
BEGIN
SET app.third = 'q'
ROLLBACK
SELECT current_setting('app.third', true)
SET app.four = 'q'
RESET app.four
SHOW app.four
SET app.five = 'q'
RESET ALL
SHOW app.five
RESET app.never
SHOW app.never
SHOW app.never2
BEGIN
SELECT set_config('app.tenant', '42', true)
SELECT current_setting('app.tenant')::int
ROLLBACK
SELECT current_setting('app.tenant', true), nullif(current_setting('app.tenant', true), '')
SET app.user TO DEFAULT
SHOW app.user
SET statement_timeout = 100
SHOW statement_timeout
SET statement_timeout = 60000
SHOW statement_timeout
SET statement_timeout = '1500ms'
SHOW statement_timeout
SET statement_timeout = '1.5s'
SHOW statement_timeout
SET statement_timeout = '2h'
SHOW statement_timeout
SET statement_timeout = '90 s'
SHOW statement_timeout
SET statement_timeout = 0
SHOW statement_timeout
SET statement_timeout = 'abc'
SET statement_timeout = '5 parsec'
SET statement_timeout = -1
SET lock_timeout = '24h'
SHOW lock_timeout
SET work_mem = 65536
SHOW work_mem
SET work_mem = '1GB'
SHOW work_mem
SET work_mem = '1500kB'
SHOW work_mem
SET work_mem = '10 parsec'
SET work_mem = 1
SET idle_in_transaction_session_timeout = '1d'
SHOW idle_in_transaction_session_timeout
SELECT set_config('statement_timeout', '250', false), current_setting('statement_timeout')
SET jit = false
SHOW jit
SET jit = 'maybe'
SET synchronous_commit = off
SHOW synchronous_commit
SET client_min_messages = warning
SHOW client_min_messages
SET client_min_messages = 'foo'
SELECT 0.1::float8::text
CREATE SEQUENCE rs
BEGIN READ ONLY
SELECT setval('rs', 5)
ROLLBACK
BEGIN READ ONLY
SELECT nextval('rs')
ROLLBACK
CREATE TABLE gen (a int, b timestamptz, c int GENERATED ALWAYS AS (random()) STORED)
CREATE TABLE gen (a int, b timestamptz, c date GENERATED ALWAYS AS (b::date) STORED)
CREATE TABLE gen (a int, c timestamptz GENERATED ALWAYS AS (now()) STORED)
CREATE TABLE gen (a int, b timestamptz, c date GENERATED ALWAYS AS ((b AT TIME ZONE 'UTC')::date) STORED)
INSERT INTO gen VALUES (1, '2024-01-01 10:00Z') RETURNING c
CREATE TABLE gen2 (a int, c int GENERATED ALWAYS AS (c + 1) STORED)
CREATE TABLE gen2 (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int GENERATED ALWAYS AS (b + 1) STORED)
CREATE TABLE gen2 (a int, b int GENERATED ALWAYS AS (sum(a)) STORED)
CREATE TABLE gen2 (a int, b int GENERATED ALWAYS AS ((SELECT 1)) STORED)
CREATE TABLE gen2 (a int, b int DEFAULT 1 GENERATED ALWAYS AS (a) STORED)
CREATE TABLE gen2 (a int DEFAULT (SELECT 1))
CREATE TABLE gen2 (a int DEFAULT b, b int)
CREATE TABLE gen2 (a int CHECK (a > (SELECT 1)))
CREATE INDEX gi ON gen ((random()))
CREATE INDEX gi ON gen (a) WHERE random() > 0.5
CREATE INDEX gi ON gen (a) WHERE b > now()
CREATE INDEX gi ON gen ((SELECT 1))
SET app.kept = 's'
SELECT set_config('app.kept', 'l', true)
SHOW app.kept
SELECT set_config('nope', 'l', true)
