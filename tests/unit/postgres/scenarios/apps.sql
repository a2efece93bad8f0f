-- What application developers write: a shop.
CREATE TABLE customers (id BIGSERIAL PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 20), meta JSONB NOT NULL DEFAULT '{}'::jsonb, created_at TIMESTAMPTZ NOT NULL DEFAULT now(), balance NUMERIC(12,2) NOT NULL DEFAULT 0, tags TEXT[] NOT NULL DEFAULT '{}', uid UUID DEFAULT gen_random_uuid(), birthday DATE, score REAL, ratio DOUBLE PRECISION)
CREATE TABLE orders (id BIGSERIAL PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customers(id) ON DELETE CASCADE, status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new','paid','done')), total NUMERIC(10,2), placed TIMESTAMP NOT NULL, UNIQUE (customer_id, placed))
CREATE INDEX ON orders (customer_id, placed DESC)
CREATE INDEX orders_open ON orders (status) WHERE status <> 'done'
CREATE INDEX meta_gin ON customers USING gin (meta)
INSERT INTO customers (email, name, meta, balance, tags, birthday, score, ratio) VALUES ('a@x', 'Ann', '{"plan": "pro", "n": 3}', 10.5, '{vip,new}', '1990-05-17', 1.1, 0.1), ('b@x', 'Bob', '{"plan": "free"}', 0, '{}', NULL, NULL, 1e10), ('c@x', 'Cy', '{}', -5.25, ARRAY['x'], '2000-02-29', 2.5, -0.0) RETURNING id, tags, score, ratio, balance
INSERT INTO orders (customer_id, total, placed, status) VALUES (1, 10, '2026-01-01 10:00', 'paid'), (1, 20.5, '2026-01-02', 'new'), (2, NULL, '2026-01-03', 'done')
INSERT INTO orders (customer_id, placed, status) VALUES (1, '2026-01-09', 'nope')
INSERT INTO orders (customer_id, placed) VALUES (1, '2026-01-01 10:00:00')
SELECT c.name, count(o.id) AS n, coalesce(sum(o.total), 0) AS spent FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY spent DESC, c.name
SELECT c.name, count(*) FILTER (WHERE o.status = 'paid') paid, max(o.placed) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id, c.name HAVING count(*) > 0 ORDER BY 1
SELECT date_trunc('day', placed) AS day, count(*), sum(total) FROM orders GROUP BY day ORDER BY day
SELECT date_trunc('month', placed)::date AS m, count(*) FROM orders GROUP BY 1
SELECT * FROM orders WHERE placed >= '2026-01-02' AND placed < '2026-01-02'::date + interval '1 day'
SELECT meta->>'plan' AS plan, count(*) FROM customers GROUP BY meta->>'plan' ORDER BY plan NULLS LAST
SELECT name FROM customers WHERE meta @> '{"plan": "pro"}' AND (meta->>'n')::int > 2
SELECT name FROM customers WHERE meta ? 'plan' ORDER BY name
SELECT name FROM customers WHERE 'vip' = ANY(tags)
SELECT name FROM customers WHERE tags && ARRAY['x','vip'] ORDER BY name
SELECT name, array_length(tags, 1), cardinality(tags), array_to_string(tags, ','), tags[1] FROM customers ORDER BY name
SELECT name, unnest(tags) AS tag FROM customers ORDER BY name, tag
SELECT tag, count(*) FROM customers, unnest(tags) AS tag GROUP BY tag ORDER BY tag
SELECT tag, count(*) FROM customers CROSS JOIN LATERAL unnest(tags) AS u(tag) GROUP BY tag ORDER BY tag
UPDATE customers SET meta = meta || jsonb_build_object('seen', true), tags = array_append(tags, 'z'), balance = balance * 1.1 WHERE id = 1 RETURNING meta, tags, balance
UPDATE customers SET meta = jsonb_set(meta, '{address,city}', '"Rome"', true) WHERE id = 1 RETURNING meta
UPDATE customers SET meta = meta - 'n', tags = array_remove(tags, 'z') WHERE id = 1 RETURNING meta, tags
UPDATE orders SET total = total + 1 FROM customers c WHERE c.id = orders.customer_id AND c.name = 'Ann' RETURNING orders.id, total
UPDATE orders o SET status = CASE WHEN total > 15 THEN 'paid' ELSE 'done' END WHERE o.customer_id = 1 RETURNING id, status
SELECT age(timestamp '2026-05-17', timestamp '1990-05-01'), extract(year FROM age(date '2026-05-17', date '1990-05-18')), to_char(date '2026-05-07', 'DD Mon YYYY')
SELECT name, row_number() OVER (ORDER BY balance DESC) AS rn, rank() OVER (ORDER BY balance > 0), sum(balance) OVER (ORDER BY id) AS running, lead(name, 1, 'none') OVER (ORDER BY id) FROM customers ORDER BY id
SELECT id, total, total - lag(total) OVER (PARTITION BY customer_id ORDER BY placed) AS diff, ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY id), avg(total) OVER () FROM orders ORDER BY id
WITH ranked AS (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY placed DESC) rn FROM orders) SELECT customer_id, id FROM ranked WHERE rn = 1 ORDER BY 1
WITH RECURSIVE d(day) AS (SELECT date '2026-01-01' UNION ALL SELECT (day + 1)::date FROM d WHERE day < '2026-01-04') SELECT d.day, count(o.id) FROM d LEFT JOIN orders o ON o.placed::date = d.day GROUP BY d.day ORDER BY d.day
SELECT generate_series('2026-01-01'::date, '2026-01-03'::date, '1 day')
SELECT d::date FROM generate_series(timestamp '2026-01-01', '2026-01-03', interval '1 day') d
SELECT string_agg(name, ', ' ORDER BY name) FROM customers
SELECT json_agg(json_build_object('id', id, 'name', name) ORDER BY id) FROM customers
SELECT c.id, (SELECT json_agg(o.id ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c ORDER BY c.id
SELECT c.name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
SELECT c.name FROM customers c WHERE c.id IN (SELECT customer_id FROM orders GROUP BY customer_id HAVING count(*) > 1)
SELECT name FROM customers ORDER BY name COLLATE "C"
SELECT id FROM orders WHERE (customer_id, status) IN ((1, 'paid'), (2, 'done')) ORDER BY id
SELECT id FROM orders WHERE (placed, id) < ('2026-01-02', 99) ORDER BY id
SELECT lower(email), upper(name), initcap('joHN smith'), btrim('  x '), lpad(id::text, 5, '0'), concat_ws('-', name, NULL, email), format('%s <%s>', name, email), substring(email, 1, 1), split_part(email, '@', 2), regexp_replace(email, '@.*', ''), position('@' in email), strpos(email, '@'), char_length(name), md5(name) FROM customers WHERE id = 1
SELECT birthday + interval '1 year', birthday - 1, extract(month from birthday), date_part('day', birthday), to_char(birthday, 'YYYY') FROM customers WHERE birthday IS NOT NULL ORDER BY id
SELECT round(balance, 1), ceil(balance), trunc(balance), abs(balance), balance::int, balance::text, round(ratio::numeric, 2), ratio::text, score::text, score FROM customers ORDER BY id
SELECT sum(score), avg(score), avg(ratio), stddev(balance), variance(balance) FROM customers
SELECT count(*) FROM customers WHERE created_at > now() - interval '1 hour'
SELECT created_at = now(), created_at::date = current_date FROM customers LIMIT 0
INSERT INTO customers (email, name) VALUES ('a@x', 'Ann2') ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name
INSERT INTO orders (customer_id, placed) SELECT id, '2026-02-01' FROM customers WHERE id < 3 ORDER BY id ON CONFLICT DO NOTHING RETURNING id
DELETE FROM customers WHERE id = 1 RETURNING email
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0)
ALTER TABLE orders DROP CONSTRAINT positive
ALTER TABLE customers ADD COLUMN extra jsonb DEFAULT '{"a": [1]}'
SELECT extra FROM customers ORDER BY id LIMIT 1
ALTER TABLE customers ADD COLUMN u2 uuid DEFAULT gen_random_uuid()
SELECT count(DISTINCT u2) = count(*) FROM customers
SELECT a.n FROM (SELECT 1 AS n UNION ALL SELECT 2) a WHERE a.n IN (SELECT 2)
SELECT sum(n) FROM (SELECT DISTINCT customer_id AS n FROM orders) x
SELECT x.a, y.a FROM (VALUES (1),(2)) x(a) LEFT JOIN (VALUES (2),(3)) y(a) USING (a) ORDER BY 1
SELECT a, x.a, y.a FROM (VALUES (1),(2)) x(a) FULL JOIN (VALUES (2),(3)) y(a) USING (a) ORDER BY 1
SELECT * FROM (VALUES (1, 2)) x(a, b) JOIN (VALUES (1, 3)) y(a, c) USING (a)
SELECT 'a' IN (SELECT name FROM customers), NULL IN (SELECT id FROM customers), 5 IN (SELECT NULL::int)
SELECT * FROM (SELECT 1 AS a) t, (SELECT 2 AS b) u
SELECT cast(null as int), null::text, array[null]::int[], '{}'::text[]
SELECT array_agg(x) FROM unnest(ARRAY[3,1,2]) x
SELECT x, n FROM unnest(ARRAY['a','b']) WITH ORDINALITY AS u(x, n)
SELECT i, i * i FROM generate_series(1, 5, 2) i
SELECT jsonb_object_keys('{"b":1,"a":2}') ORDER BY 1
SELECT k, v FROM jsonb_each_text('{"b":1,"a":"x"}') AS e(k, v) ORDER BY k
SELECT elem->>'id' FROM jsonb_array_elements('[{"id":1},{"id":2}]') elem
SELECT 'a' = ANY(ARRAY['a','b']) AND NOT 'c' = ANY(ARRAY['a','b'])
SELECT 1 = ALL(ARRAY[1,1]), 1 < ALL(SELECT 2)
SELECT greatest('2026-01-01'::date, '2026-02-01'), least(1.5, 1)
SELECT -2 ^ 2, 2 ^ -1, 5 / -2, -5 / 2, 5.0 / 3, 1e10::int8, 1.5e3
SELECT 'it''s', E'a\nb', $$dollar$$, U&'\0041', 'a' 'b'
SELECT true OR NULL, NOT (NULL AND false), (1 = 1) IS TRUE, 1 IS NULL
SELECT current_setting('timezone'), current_setting('server_version_num')::int >= 150000
SELECT nullif(trim(' '), ''), coalesce(nullif('', ''), 'dflt')
SELECT string_to_array('a,b,,c', ','), array_position(ARRAY['a','b'], 'b'), ARRAY[1,2] = '{1,2}', array_cat(ARRAY[1], ARRAY[2])
SELECT encode('abc'::bytea, 'hex'), encode('abc'::bytea, 'base64'), decode('616263', 'hex'), length('abc'::bytea)
SELECT x::text FROM (SELECT 1.10 AS x UNION SELECT 1.1) q
SELECT id FROM customers WHERE id = 2::text::int
SELECT id FROM customers WHERE created_at IS NOT NULL AND balance BETWEEN -10 AND 10 AND name NOT LIKE 'Z%' ORDER BY balance DESC NULLS LAST, id ASC LIMIT 5
SELECT $1::text[] && tags, $2 = ANY(tags) FROM customers WHERE id = 3 -- [['x'], 'x']
SELECT id FROM customers WHERE meta @> $1::jsonb -- [{}]
SELECT id FROM customers WHERE email = ANY($1::text[]) ORDER BY id -- [['b@x', 'c@x']]
SELECT id FROM customers WHERE balance > $1 AND name ILIKE $2 LIMIT $3 -- [decimal.Decimal('-100'), '%b%', 5]
INSERT INTO customers (email, name, meta, tags, birthday, balance, score) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, meta, tags, birthday, balance, score -- ['p@x', 'P', {'k': [1, None]}, ['t'], datetime.date(2020, 1, 1), 5, 1.5]
INSERT INTO customers (email, name, balance) VALUES ($1, $2, $3) -- ['q@x', 'Q', decimal.Decimal('12345678901.123')]
INSERT INTO customers (email, name, balance) VALUES ('q@x', 'Q', 12345678901.5)
UPDATE customers SET balance = balance + $1 WHERE id = $2 RETURNING balance -- [decimal.Decimal('0.005'), 2]
SELECT id FROM orders WHERE status = 'new' ORDER BY id FOR UPDATE SKIP LOCKED
ALTER TABLE orders DROP CONSTRAINT nope
ALTER TABLE orders DROP CONSTRAINT IF EXISTS nope
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey
INSERT INTO orders (id, customer_id, placed) VALUES (100, 999, '2026-05-05')
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_placed_key
INSERT INTO orders (id, customer_id, placed) VALUES (101, 999, '2026-05-05') RETURNING id
SELECT elem FROM jsonb_array_elements('[1, {"a": 2}]') elem
