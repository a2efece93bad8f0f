-- Which unique key a row breaks first, and how an index's expressions are printed.
CREATE TABLE u (id serial PRIMARY KEY, username varchar(20) NOT NULL UNIQUE, email text NOT NULL UNIQUE, age int)
CREATE UNIQUE INDEX u_low ON u (lower(email))
CREATE UNIQUE INDEX u_name_low ON u (lower(username))
CREATE UNIQUE INDEX u_age ON u ((age + 1), (username || 'x'))
CREATE UNIQUE INDEX u_c ON u (coalesce(age, 0), (age::text), (-age), upper(trim(username)))
CREATE UNIQUE INDEX u_d ON u ((date_trunc('day', '2024-01-01'::timestamp)), username, (age * 2 + 1)) WHERE age > 5
INSERT INTO u (username, email, age) VALUES ('ann', 'ann@x', 3)
INSERT INTO u (username, email, age) VALUES ('ann', 'ann@x', 3)
INSERT INTO u (id, username, email, age) VALUES (1, 'ann', 'ann@x', 3)
INSERT INTO u (username, email, age) VALUES ('ANN', 'ann@x', 3)
INSERT INTO u (username, email, age) VALUES ('ANN', 'ANN@x', 3)
INSERT INTO u (username, email, age) VALUES ('ANN', 'xANN@x', 3)
INSERT INTO u (username, email, age) VALUES ('ann', 'xANN@x', 3)
INSERT INTO u (username, email, age) VALUES ('bob', 'bob@x', 4), ('ann', 'bob@x', 4)
INSERT INTO u (username, email, age) VALUES ('bob', 'bob@x', 4)
UPDATE u SET username = 'ann', email = 'ann@x' WHERE username = 'bob'
UPDATE u SET id = 1, email = 'ann@x' WHERE username = 'bob'
UPDATE u SET username = 'same', email = 'same'
INSERT INTO u (username, email, age) VALUES ('bob', 'ann@x', 4) ON CONFLICT (email) DO NOTHING
INSERT INTO u (username, email, age) VALUES ('bob', 'ann@x', 4) ON CONFLICT (username) DO NOTHING
INSERT INTO u (username, email, age) VALUES ('bob', 'ann@x', 4) ON CONFLICT (email) DO UPDATE SET username = 'bob'
CREATE TABLE v (a int, b int, c int UNIQUE, UNIQUE (b), PRIMARY KEY (a))
INSERT INTO v VALUES (1,1,1)
INSERT INTO v VALUES (1,1,1)
INSERT INTO v VALUES (2,1,1)
CREATE TABLE w (a int, b int, c timestamptz)
CREATE UNIQUE INDEX w1 ON w ((a + b * 2))
INSERT INTO w VALUES (1,1)
INSERT INTO w VALUES (1,1)
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w ((CASE WHEN a > 1 THEN a ELSE b END))
INSERT INTO w VALUES (1,1)
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w (abs(a), (a IS NULL), (NOT (a > b)), (a > 1 AND b > 1))
INSERT INTO w VALUES (1,1)
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w (nullif(a, 5), greatest(a, b), (a::text), ((a::numeric) / 3), (a::numeric(8,2)))
INSERT INTO w VALUES (1,1)
CREATE TABLE d (id uuid PRIMARY KEY, data jsonb, tags text[], at timestamptz, code char(3))
CREATE UNIQUE INDEX d1 ON d ((data->>'k'))
INSERT INTO d VALUES ('00000000-0000-0000-0000-000000000001', '{"k":"a"}')
INSERT INTO d VALUES ('00000000-0000-0000-0000-000000000002', '{"k":"a"}')
DROP INDEX d1
CREATE UNIQUE INDEX d1 ON d (((data->'k')::text), (substr(data->>'k', 1, 2)), ((data->>'k')::varchar(5)), (length(code)))
INSERT INTO d VALUES ('00000000-0000-0000-0000-000000000002', '{"k":"a"}')
CREATE UNIQUE INDEX d2 ON d (((at AT TIME ZONE 'UTC')::date))
INSERT INTO d VALUES ('00000000-0000-0000-0000-000000000004', '{"k":"b"}', NULL, '2024-01-01 10:00Z')
INSERT INTO d VALUES ('00000000-0000-0000-0000-000000000005', '{"k":"c"}', NULL, '2024-01-01 10:00Z')
DROP TABLE w
CREATE TABLE w (a int, b int, s varchar(9), t text, at timestamptz, data jsonb, n numeric, f float8, d date)
CREATE UNIQUE INDEX w1 ON w ((-a))
INSERT INTO w VALUES (1,1)
INSERT INTO w VALUES (1,1)
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w ((a - (b - 1)), ((a - b) - 1), ((a + b) * 2), (- (a + b)), (a::bigint * 2), (a * 2.5), (a + -1))
INSERT INTO w VALUES (1,1)
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w ((coalesce(s, 'x')), (s || 'x'), (t || a), (s = 'x' OR t = 'y'), (a > 1 AND (b > 1 OR a < 3)), (NOT (a > 1 AND b > 2)))
INSERT INTO w VALUES (1,1,'x','y')
INSERT INTO w VALUES (1,1,'x','y')
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w ((t IS NOT NULL), (a IS DISTINCT FROM 1), ((a > 1) IS TRUE), (t IN ('y', 'z')), (a NOT IN (1, 2)), (t LIKE 'y%'), (t ILIKE 'y%'), (t ~ 'y'), (t NOT LIKE 'x'))
INSERT INTO w VALUES (1,1,'x','y')
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w (((data->>'k')::int), ((data->'k'->>'j')), ((t::varchar(3))), ((n::numeric(10,2))), (md5(t)), (lower(trim(t))), (round(n, 2)), (extract(year from d)))
INSERT INTO w VALUES (1,1,'x','y',NULL,'{"k":1}',1.5,1,'2024-01-01')
INSERT INTO w VALUES (1,1,'x','y',NULL,'{"k":1}',1.5,1,'2024-01-01')
DROP INDEX w1
CREATE UNIQUE INDEX w1 ON w ((CASE a WHEN 1 THEN 'one' ELSE 'other' END), (CASE WHEN a > 1 THEN 1 END), (substring(t from 1 for 2)), (position('y' in t)), (left(t, 2)), (date_part('year', d)), (d + 1), (a = 1), (t = 'a'), (f > 0), (least(a, 3)), (nullif(t, '')), (a::text || 'x'), ((a > 1) = (b > 1)), (length(s)), (s::text), (true), (a <> b), (d > '2024-01-01'), (n + 1), (n * 1.5), (f * 2))
INSERT INTO w VALUES (1,1,'x','y',NULL,'{"k":1}',1.5,1,'2024-01-01')
