# Whole idioms: what plugins, ORMs and query builders send.
+ CREATE TABLE IF NOT EXISTS "account" ("id" BIGSERIAL NOT NULL PRIMARY KEY, "email" VARCHAR(255) NOT NULL, "name" VARCHAR(50), "balance" DECIMAL(12, 2) NOT NULL DEFAULT '0.00', "settings" JSONB NOT NULL DEFAULT '{}'::jsonb, "roles" VARCHAR(20)[] NOT NULL DEFAULT ARRAY[]::VARCHAR[], "deleted_at" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "uq_account_email" UNIQUE ("email"), CONSTRAINT "ck_balance" CHECK (("balance" >= 0)))
+ CREATE INDEX IF NOT EXISTS "ix_account_name" ON "account" USING btree ("name" ASC NULLS LAST)
+ CREATE UNIQUE INDEX "ux_live_name" ON "account" (lower("name")) WHERE "deleted_at" IS NULL
+ CREATE TABLE job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, queue text NOT NULL DEFAULT 'default', priority smallint NOT NULL DEFAULT 0, state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done')), attempts int NOT NULL DEFAULT 0, payload jsonb, run_at timestamptz NOT NULL DEFAULT '2024-01-01', locked_by uuid)
+ CREATE TABLE tag (id serial PRIMARY KEY, name text NOT NULL UNIQUE)
+ CREATE TABLE account_tag (account_id bigint REFERENCES account ON DELETE CASCADE, tag_id int REFERENCES tag ON DELETE CASCADE, PRIMARY KEY (account_id, tag_id))
+ INSERT INTO account (email, name, balance, settings, roles, created_at) VALUES ('ann@x.org', 'Ann', 100, '{"theme": "dark", "mail": {"daily": true}}', '{admin,user}', '2024-01-10'), ('bob@x.org', 'Bob', 50.5, '{}', '{user}', '2024-02-10'), ('eve@y.org', NULL, 0, '{"theme": "light"}', '{}', '2024-02-20')
+ INSERT INTO job (queue, priority, payload, run_at) VALUES ('mail', 1, '{"to": 1}', '2024-01-01'), ('mail', 5, '{"to": 2}', '2024-01-02'), ('default', 0, NULL, '2024-01-03')
+ INSERT INTO tag (name) VALUES ('red'), ('green'), ('blue')
+ INSERT INTO account_tag VALUES (1, 1), (1, 2), (2, 2)

== an ORM's reads
SELECT account.id AS account_id, account.email AS account_email FROM account WHERE account.email = $1::VARCHAR
    <- 'ann@x.org'
SELECT account.id, account.name FROM account WHERE account.id = $1::INTEGER LIMIT $2::INTEGER OFFSET $3::INTEGER
    <- 1, 1, 0
SELECT "account"."id", "account"."email" FROM "account" WHERE UPPER("account"."email"::text) LIKE UPPER($1) ORDER BY "account"."id" ASC LIMIT 21
    <- '%X.ORG'
SELECT COUNT(*) AS "__count" FROM "account" WHERE "account"."deleted_at" IS NULL
SELECT (1) AS "a" FROM "account" WHERE "account"."name" = $1 LIMIT 1
    <- 'Bob'
SELECT "account"."id" FROM "account" WHERE NOT ("account"."name" IN ($1, $2) AND "account"."name" IS NOT NULL) ORDER BY 1
    <- 'Ann', 'Bob'
SELECT anon_1.account_id, anon_1.n FROM (SELECT account.id AS account_id, count(account_tag.tag_id) AS n FROM account LEFT OUTER JOIN account_tag ON account.id = account_tag.account_id GROUP BY account.id) AS anon_1 ORDER BY anon_1.account_id
SELECT account.id, tag_1.name AS tag_1_name FROM account LEFT OUTER JOIN (account_tag AS account_tag_1 JOIN tag AS tag_1 ON tag_1.id = account_tag_1.tag_id) ON account.id = account_tag_1.account_id ORDER BY account.id, tag_1.id
SELECT CAST(account.balance AS FLOAT) AS b, CAST(account.id AS VARCHAR) || '!' AS i FROM account ORDER BY account.id
SELECT EXTRACT('year' FROM "created_at" AT TIME ZONE 'UTC') AS y, COUNT("id") AS c FROM "account" GROUP BY y
SELECT (account.settings ->> $1) AS anon_1 FROM account WHERE (account.settings ->> 'theme') = $2::VARCHAR
    <- 'theme', 'dark'
SELECT account.settings #>> '{mail, daily}' AS daily FROM account WHERE account.settings @> '{"mail": {}}'::jsonb
SELECT sum(account.balance) AS sum_1, max(account.created_at) AS max_1 FROM account HAVING sum(account.balance) > $1::NUMERIC
    <- Decimal('10')
SELECT EXISTS (SELECT * FROM account WHERE account.email = $1::VARCHAR) AS anon_1
    <- 'nobody'
SELECT account.name FROM account WHERE $1::VARCHAR = ANY (account.roles)
    <- 'admin'
SELECT account.id FROM account WHERE account.roles && ARRAY[$1, $2]::VARCHAR[] ORDER BY account.id
    <- 'user', 'x'
SELECT account.id FROM account ORDER BY account.name IS NULL DESC, lower(account.name) DESC
SELECT coalesce(account.name, $1::VARCHAR) AS n, CASE WHEN (account.balance > $2::NUMERIC) THEN $3::VARCHAR ELSE $4::VARCHAR END AS k FROM account ORDER BY account.id
    <- 'none', 60, 'rich', 'poor'
SELECT "public"."account"."email" FROM "public"."account" WHERE ("public"."account"."id" = $1 AND 1=1) OFFSET $2
    <- 1, 0

== an ORM's writes
INSERT INTO account (email, name) VALUES ($1::VARCHAR, $2::VARCHAR) RETURNING account.id, account.created_at
    <- 'new@x.org', 'New'
INSERT INTO account (email, name, settings) VALUES ($1::VARCHAR, $2::VARCHAR, $3::JSONB) RETURNING account.id
    <- 'js@x.org', 'Js', {'a': [1]}
UPDATE account SET name=$1::VARCHAR, settings=$2::JSONB WHERE account.id = $3::BIGINT
    <- 'Anna', {'b': None}, 1
UPDATE "account" SET "balance" = ("account"."balance" + $1) WHERE "account"."id" = $2
    <- Decimal('1.5'), 2
UPDATE "account" SET "balance" = ("account"."balance" - $1) WHERE "account"."id" = $2
    <- Decimal('1000'), 2
INSERT INTO account (email, name) VALUES ('z@x.org', 'ANNA')
INSERT INTO account (email, name, deleted_at) VALUES ('z@x.org', 'ANNA', now()) RETURNING name
DELETE FROM account WHERE account.id = $1::BIGINT
    <- 3
DELETE FROM "account" WHERE "account"."id" IN (SELECT U0."id" FROM "account" U0 WHERE U0."deleted_at" IS NOT NULL)
INSERT INTO "account_tag" ("account_id", "tag_id") VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING
    <- 1, 1, 1, 3
INSERT INTO "account_tag" ("account_id", "tag_id") VALUES ($1, $2)
    <- 1, 99
INSERT INTO account (id, email) VALUES (nextval('account_id_seq'), 'seq@x.org') RETURNING id > 4
SELECT setval('account_id_seq', (SELECT max(id) FROM account)) > 0
SELECT setval('account_id_seq', coalesce((SELECT max(id) + 1 FROM account), 1), false) > 0

== filters that may be absent
SELECT id FROM account WHERE ($1::text IS NULL OR name = $1) ORDER BY id
    <- None
SELECT id FROM account WHERE ($1::text IS NULL OR name = $1) ORDER BY id
    <- 'Bob'
SELECT id FROM account WHERE ($1 IS NULL OR name = $1) ORDER BY id
    <- 'Bob'
SELECT id FROM account WHERE name = COALESCE($1, name) ORDER BY id
    <- None
SELECT id FROM account WHERE balance >= COALESCE($1::numeric, 0) AND created_at < COALESCE($2, 'infinity'::timestamptz) ORDER BY id
    <- None, None
SELECT id FROM account WHERE created_at >= $1::timestamptz - $2::interval ORDER BY id
    <- datetime.datetime(2024, 2, 21, tzinfo=datetime.timezone.utc), datetime.timedelta(days=5)
SELECT id FROM account WHERE created_at > '2024-02-01'::timestamptz + interval '1 day' * $1 ORDER BY id
    <- 10
SELECT id FROM account WHERE created_at > now() - ($1 || ' days')::interval
    <- '1'
SELECT id FROM account WHERE created_at > now() - ($1 || ' days')::interval
    <- 1
SELECT id FROM account WHERE email LIKE $1 || '%' ESCAPE '\' ORDER BY id
    <- 'ann'
SELECT id FROM account WHERE email ILIKE concat('%', $1::text, '%') ORDER BY id
    <- 'X.O'
SELECT id FROM account WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 2
    <- datetime.datetime(2024, 2, 20, tzinfo=datetime.timezone.utc), 3
SELECT id FROM account ORDER BY CASE WHEN $1 = 'name' THEN name END, id
    <- 'name'
SELECT id FROM account WHERE id = ANY($1::bigint[]) ORDER BY array_position($1, id)
    <- [2, 1]
SELECT id FROM account WHERE id <> ALL($1) ORDER BY id
    <- [1]
UPDATE account SET name = COALESCE($2, name), balance = COALESCE($3, balance) WHERE id = $1 RETURNING name, balance
    <- 1, None, Decimal('7')
UPDATE account SET name = NULLIF($2, '') WHERE id = $1 RETURNING name
    <- 1, ''
UPDATE account SET settings = settings || jsonb_build_object($2::text, $3::int) WHERE id = $1 RETURNING settings
    <- 1, 'n', 5
UPDATE account SET settings = jsonb_set(settings, ARRAY[$2], to_jsonb($3::text), true) WHERE id = $1 RETURNING settings
    <- 1, 'k', 'v'
UPDATE account SET roles = array_append(roles, $2) WHERE id = $1 AND NOT ($2 = ANY(roles)) RETURNING roles
    <- 2, 'editor'
UPDATE account SET roles = array_remove(roles, 'user') RETURNING id, roles

== in bulk
INSERT INTO tag (name) SELECT unnest($1::text[]) RETURNING id, name
    <- ['a', 'b']
INSERT INTO tag (name) SELECT * FROM unnest($1::text[]) ON CONFLICT (name) DO NOTHING RETURNING name
    <- ['b', 'c']
SELECT * FROM unnest($1::int[], $2::text[]) AS t(id, name) ORDER BY id
    <- [1, 2], ['x', 'y']
INSERT INTO account (email, balance) SELECT * FROM unnest($1::text[], $2::numeric[]) RETURNING email, balance
    <- ['p@x', 'q@x'], [Decimal('1.5'), Decimal('2')]
UPDATE tag SET name = v.name FROM unnest($1::int[], $2::text[]) AS v(id, name) WHERE tag.id = v.id RETURNING tag.id, tag.name
    <- [1, 2], ['rouge', 'vert']
UPDATE tag SET name = v.name FROM (VALUES (1, 'un'), (2, 'deux')) AS v(id, name) WHERE tag.id = v.id RETURNING tag.id, tag.name
SELECT i, t FROM unnest($1::text[]) WITH ORDINALITY AS u(t, i) ORDER BY i DESC
    <- ['x', 'y']
INSERT INTO tag (name) SELECT x->>'name' FROM jsonb_array_elements($1::jsonb) AS x RETURNING name
    <- [{'name': 'j1'}, {'name': 'j2'}]
INSERT INTO tag (name) SELECT name FROM jsonb_to_recordset($1::jsonb) AS x(name text) RETURNING name
    <- [{'name': 'k1'}]
DELETE FROM tag WHERE id IN (SELECT id FROM tag ORDER BY id DESC LIMIT 2)
DELETE FROM tag a USING tag b WHERE a.name = b.name AND a.id > b.id
many> INSERT INTO tag (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name
    <- [('m1',), ('m1',), ('m2',)]
SELECT count(*) FROM tag WHERE name LIKE 'm_'
INSERT INTO tag (name) SELECT 'gen' || i FROM generate_series(1, 3) AS i RETURNING name

== a queue
UPDATE job SET state = 'running', attempts = attempts + 1 WHERE id = (SELECT id FROM job WHERE state = 'queued' AND run_at <= $1 ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, payload, attempts
    <- datetime.datetime(2024, 1, 2, 12, tzinfo=datetime.timezone.utc)
SELECT id FROM job WHERE state = 'queued' ORDER BY id FOR UPDATE
SELECT id FROM job WHERE id = 1 FOR UPDATE NOWAIT
SELECT id FROM job WHERE id = 1 FOR NO KEY UPDATE OF job
SELECT id FROM job FOR SHARE
SELECT count(*) FROM job FOR UPDATE
SELECT DISTINCT queue FROM job FOR UPDATE
SELECT j.id FROM job j LEFT JOIN tag t ON t.id = j.id FOR UPDATE
UPDATE job SET state = 'lost' WHERE id = 1
UPDATE job SET state = 'done', locked_by = NULL WHERE id = $1 AND state = 'running'
    <- 2
WITH next AS (SELECT id FROM job WHERE state = 'queued' ORDER BY run_at LIMIT 1) UPDATE job SET state = 'running', locked_by = $1 FROM next WHERE job.id = next.id RETURNING job.id, job.locked_by
    <- UUID('00000000-0000-0000-0000-000000000009')
SELECT queue, count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running, min(run_at) FROM job GROUP BY queue ORDER BY queue
DELETE FROM job WHERE state = 'done' RETURNING *
SELECT pg_try_advisory_lock(hashtext('job')) AS got
SELECT pg_advisory_unlock(hashtext('job'))
SELECT pg_advisory_xact_lock($1)
    <- 7
SELECT pg_notify('jobs', 'x')
NOTIFY jobs, 'x'
LISTEN jobs
UNLISTEN *
INSERT INTO job (queue) SELECT 'once' WHERE NOT EXISTS (SELECT 1 FROM job WHERE queue = 'once') RETURNING id
INSERT INTO job (queue) SELECT 'once' WHERE NOT EXISTS (SELECT 1 FROM job WHERE queue = 'once') RETURNING id
INSERT INTO tag (name) VALUES ('red') ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, (xmax = 0) AS inserted
WITH ins AS (INSERT INTO tag (name) VALUES ('red') ON CONFLICT DO NOTHING RETURNING id) SELECT id FROM ins UNION ALL SELECT id FROM tag WHERE name = 'red' LIMIT 1

== reports over time
SELECT d::date AS day, count(a.id) AS n FROM generate_series('2024-02-09'::date, '2024-02-11'::date, interval '1 day') AS d LEFT JOIN account a ON a.created_at::date = d::date GROUP BY d ORDER BY d
SELECT to_char(date_trunc('month', created_at), 'Mon YYYY') AS month, count(*) FROM account GROUP BY date_trunc('month', created_at) ORDER BY date_trunc('month', created_at)
SELECT date_trunc('day', created_at AT TIME ZONE 'America/New_York')::date AS local_day, count(*) FROM account GROUP BY 1 ORDER BY 1
SELECT id, balance, sum(balance) OVER (ORDER BY created_at ROWS UNBOUNDED PRECEDING) AS running, balance - lag(balance, 1, 0::numeric) OVER (ORDER BY created_at) AS delta FROM account ORDER BY id
SELECT id, round(100.0 * balance / sum(balance) OVER (), 1) AS share FROM account ORDER BY share DESC
SELECT * FROM (SELECT id, name, row_number() OVER (PARTITION BY roles ORDER BY id) AS rn FROM account) x WHERE rn = 1 ORDER BY id
SELECT max(CASE WHEN name = 'Ann' THEN balance END) AS ann, max(CASE WHEN name = 'Bob' THEN balance END) AS bob FROM account
SELECT extract(epoch FROM (max(created_at) - min(created_at))) / 86400 AS days FROM account
SELECT (extract(epoch FROM created_at) / 86400)::int AS bucket, count(*) FROM account GROUP BY bucket ORDER BY bucket
SELECT date_part('day', created_at - '2024-01-01'::timestamptz) FROM account ORDER BY id
SELECT age(created_at, '2023-01-01'::timestamptz) FROM account ORDER BY id
SELECT count(*) * 100 / (SELECT count(*) FROM account) AS percent FROM account WHERE balance > 0
SELECT avg(balance)::float AS mean, sum(balance)::int AS total, (sum(balance) / nullif(count(*), 0))::numeric(10,2) AS per FROM account
SELECT rank() OVER (ORDER BY balance DESC NULLS LAST) AS place, name FROM account ORDER BY place LIMIT 2
SELECT a.name, array_agg(t.name ORDER BY t.name) AS tags, count(*) FROM account a JOIN account_tag at ON at.account_id = a.id JOIN tag t ON t.id = at.tag_id GROUP BY a.id HAVING count(*) > 1
SELECT a.name, coalesce(array_agg(t.name) FILTER (WHERE t.id IS NOT NULL), '{}') AS tags FROM account a LEFT JOIN account_tag x ON x.account_id = a.id LEFT JOIN tag t ON t.id = x.tag_id WHERE a.id > 1 GROUP BY a.id, a.name ORDER BY a.id
SELECT a.id, coalesce(json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL), '[]') AS tags FROM account a LEFT JOIN account_tag x ON x.account_id = a.id LEFT JOIN tag t ON t.id = x.tag_id GROUP BY a.id ORDER BY a.id
SELECT a.id FROM account a JOIN account_tag x ON x.account_id = a.id WHERE x.tag_id IN (1, 2) GROUP BY a.id HAVING count(DISTINCT x.tag_id) = 2

== trees
+ CREATE TABLE node (id int PRIMARY KEY, parent_id int REFERENCES node, name text NOT NULL)
+ INSERT INTO node VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'aa'), (5, 4, 'aaa')
WITH RECURSIVE sub AS (SELECT id, name, 1 AS depth, ARRAY[id] AS path FROM node WHERE parent_id IS NULL UNION ALL SELECT n.id, n.name, s.depth + 1, s.path || n.id FROM node n JOIN sub s ON n.parent_id = s.id) SELECT * FROM sub ORDER BY path
WITH RECURSIVE up AS (SELECT id, parent_id, name FROM node WHERE id = $1 UNION ALL SELECT n.id, n.parent_id, n.name FROM node n JOIN up ON up.parent_id = n.id) SELECT string_agg(name, '/' ORDER BY id) FROM up
    <- 5
WITH RECURSIVE t AS (SELECT id, name::text AS path FROM node WHERE parent_id IS NULL UNION ALL SELECT n.id, t.path || '.' || n.name FROM node n, t WHERE n.parent_id = t.id) SELECT path FROM t ORDER BY path
SELECT p.name, count(c.id) FROM node p LEFT JOIN node c ON c.parent_id = p.id GROUP BY p.id ORDER BY p.id
WITH RECURSIVE c AS (SELECT 1 AS n, 'x' AS s UNION ALL SELECT n + 1, s || 'x' FROM c WHERE n < 3) SELECT * FROM c
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1.5 FROM c WHERE n < 3) SELECT * FROM c
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c LIMIT 3
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT max(n) + 1 FROM c WHERE n < 3) SELECT n FROM c

== text search by hand
SELECT email FROM account WHERE email ~* '^(ann|bob)@' ORDER BY email
SELECT split_part(email, '@', 2) AS domain, count(*) FROM account GROUP BY domain ORDER BY count(*) DESC, domain
SELECT regexp_replace(email, '@.*$', '') AS login, substring(email FROM '@(.*)$') AS domain FROM account ORDER BY id
SELECT left(md5(email), 6), length(encode(sha256(email::bytea), 'hex')) FROM account WHERE id = 1
SELECT initcap(replace(split_part(email, '@', 1), '.', ' ')), lpad(id::text, 4, '0'), to_char(balance, 'FM999999990.00') FROM account ORDER BY id
SELECT format('%s <%s>', name, email) FROM account ORDER BY id
SELECT concat_ws(' ', name, NULL, email) FROM account ORDER BY id
SELECT email FROM account WHERE email SIMILAR TO '%@(x|y).org' ORDER BY id
refused> SELECT email FROM account WHERE to_tsvector(email) @@ to_tsquery('ann')
SELECT name FROM account WHERE name > 'B' ORDER BY name COLLATE "C" DESC
SELECT email FROM account WHERE starts_with(email, 'ann') OR right(email, 5) = 'y.org' ORDER BY 1

== a CHECK as pg_dump writes it
CREATE TABLE ticket (id int, state text DEFAULT 'new'::text CHECK ((state = ANY (ARRAY['new'::text, 'done'::text]))))
INSERT INTO ticket VALUES (1, 'lost')
INSERT INTO ticket (id) VALUES (1) RETURNING state

== row locks
SELECT a.id FROM account a LEFT JOIN account_tag x ON x.account_id = a.id WHERE a.id = 1 FOR UPDATE
SELECT a.id FROM account a LEFT JOIN account_tag x ON x.account_id = a.id WHERE a.id = 1 ORDER BY x.tag_id FOR UPDATE OF a
SELECT a.id FROM account_tag x RIGHT JOIN account a ON x.account_id = a.id FOR SHARE
SELECT a.id FROM account a FULL JOIN account_tag x ON x.account_id = a.id FOR UPDATE OF x
SELECT a.id FROM account a JOIN account_tag x ON x.account_id = a.id ORDER BY a.id, x.tag_id FOR UPDATE
SELECT id FROM account FOR UPDATE OF nope
SELECT a.id FROM account a FOR UPDATE OF account
SELECT id FROM account GROUP BY id FOR UPDATE
SELECT 1 FROM account HAVING true FOR UPDATE
SELECT sum(id) OVER () FROM account FOR NO KEY UPDATE
SELECT generate_series(1, 2) FROM account FOR KEY SHARE
SELECT id FROM account UNION SELECT 1 FOR UPDATE
VALUES (1) FOR UPDATE
SELECT id FROM account WHERE id < 3 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
SELECT 1 FOR UPDATE
