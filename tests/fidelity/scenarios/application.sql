# What an application asks of its tables: lists, pages, joins, upserts, reports.
+ CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL, country text, born date)
+ CREATE TABLE book (id serial PRIMARY KEY, author_id int REFERENCES author (id) ON DELETE SET NULL, title varchar(80) NOT NULL, price numeric(7,2) NOT NULL, pages int, tags text[] NOT NULL DEFAULT '{}', meta jsonb NOT NULL DEFAULT '{}', published timestamptz, UNIQUE (author_id, title))
+ CREATE TABLE sale (id bigserial PRIMARY KEY, book_id int NOT NULL REFERENCES book (id) ON DELETE CASCADE, quantity int NOT NULL CHECK (quantity > 0), sold_at timestamptz NOT NULL, channel text)
+ INSERT INTO author (name, country, born) VALUES ('Ursula', 'us', '1929-10-21'), ('Stanislaw', 'pl', '1921-09-12'), ('Italo', 'it', '1923-10-15'), ('Nobody', NULL, NULL)
+ INSERT INTO book (author_id, title, price, pages, tags, meta, published) VALUES (1, 'The Dispossessed', 12.50, 341, '{sf,utopia}', '{"lang": "en", "stars": 5, "awards": ["hugo", "nebula"]}', '1974-05-01 00:00+00'), (1, 'A Wizard of Earthsea', 9.99, 205, '{fantasy}', '{"lang": "en", "stars": 4}', '1968-11-01 00:00+00'), (2, 'Solaris', 8.00, 204, '{sf}', '{"lang": "pl", "stars": 5, "film": {"year": 1972}}', '1961-06-01 00:00+00'), (3, 'Invisible Cities', 11.00, 165, '{}', '{"lang": "it"}', '1972-11-01 00:00+00'), (NULL, 'Beowulf', 0.99, NULL, '{epic,old}', '{}', NULL)
+ INSERT INTO sale (book_id, quantity, sold_at, channel) VALUES (1, 2, '2024-01-05 10:00+00', 'web'), (1, 1, '2024-01-20 18:30+00', 'shop'), (2, 5, '2024-02-01 09:15+00', 'web'), (3, 3, '2024-02-14 12:00+00', NULL), (3, 1, '2024-03-01 00:00+00', 'web'), (4, 7, '2024-03-31 23:59:59+00', 'shop')

== lists and pages
SELECT id, title, price FROM book ORDER BY price DESC, id LIMIT 2
SELECT id, title FROM book ORDER BY id LIMIT $1 OFFSET $2
    <- 2, 2
SELECT id, title FROM book ORDER BY id OFFSET 3 ROWS FETCH FIRST 1 ROW ONLY
SELECT id FROM book WHERE (price, id) > ($1, $2) ORDER BY price, id LIMIT 2
    <- Decimal('8.00'), 3
SELECT count(*) OVER () AS total, title FROM book ORDER BY title LIMIT 2
SELECT title FROM book WHERE title ILIKE '%' || $1 || '%' ORDER BY title
    <- 'of'
SELECT title FROM book WHERE pages BETWEEN 200 AND 300 ORDER BY pages DESC
SELECT title FROM book WHERE pages IS NULL OR pages < 200 ORDER BY 1
SELECT title, pages FROM book ORDER BY pages
SELECT title, pages FROM book ORDER BY pages DESC NULLS LAST
SELECT title FROM book WHERE id = ANY($1::int[]) ORDER BY array_position($1::int[], id)
    <- [3, 1]
SELECT title FROM book WHERE id IN ($1, $2) ORDER BY id
    <- 1, 2
SELECT DISTINCT country FROM author ORDER BY country
SELECT DISTINCT country FROM author ORDER BY country DESC NULLS LAST
SELECT DISTINCT ON (author_id) author_id, title FROM book ORDER BY author_id, price DESC
SELECT title FROM book ORDER BY length(title), title
SELECT title AS t FROM book ORDER BY t || 'x' DESC
SELECT CASE WHEN price > 10 THEN 'dear' WHEN price > 5 THEN 'fair' ELSE 'cheap' END AS class, count(*) FROM book GROUP BY class ORDER BY class
SELECT b.* FROM book b WHERE b.id = 3
SELECT * FROM book WHERE false
SELECT 1 AS one, 'two' AS "two words", NULL AS nothing
SELECT FROM book WHERE id = 1
TABLE author

== joins
SELECT a.name, b.title FROM author a JOIN book b ON b.author_id = a.id ORDER BY a.name, b.title
SELECT a.name, count(b.id) AS books, coalesce(sum(b.price), 0) AS worth FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id ORDER BY a.id
SELECT a.name, b.title FROM author a RIGHT JOIN book b ON b.author_id = a.id WHERE a.id IS NULL
SELECT a.name, b.title FROM author a FULL OUTER JOIN book b ON b.author_id = a.id WHERE a.id IS NULL OR b.id IS NULL ORDER BY 1 NULLS LAST
SELECT count(*) FROM author CROSS JOIN book
SELECT b.title, s.quantity FROM book b JOIN sale s ON s.book_id = b.id AND s.channel = 'web' ORDER BY s.id
SELECT id, a.name FROM author a JOIN (SELECT author_id AS id, max(price) AS top FROM book GROUP BY author_id) m USING (id) WHERE top > 10 ORDER BY id
SELECT b1.title, b2.title FROM book b1 JOIN book b2 ON b1.author_id = b2.author_id AND b1.id < b2.id
SELECT a.name FROM author a WHERE EXISTS (SELECT 1 FROM book b WHERE b.author_id = a.id AND b.pages > 300)
SELECT a.name FROM author a WHERE NOT EXISTS (SELECT 1 FROM book b WHERE b.author_id = a.id)
SELECT a.name FROM author a WHERE a.id NOT IN (SELECT author_id FROM book)
SELECT a.name, (SELECT count(*) FROM book b WHERE b.author_id = a.id) AS n FROM author a ORDER BY n DESC, a.name
SELECT a.name, l.title FROM author a CROSS JOIN LATERAL (SELECT title FROM book b WHERE b.author_id = a.id ORDER BY price DESC LIMIT 1) l ORDER BY a.id
SELECT a.name, l.title FROM author a LEFT JOIN LATERAL (SELECT title FROM book b WHERE b.author_id = a.id ORDER BY price LIMIT 1) l ON true ORDER BY a.id
SELECT t.x, t.y FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y) JOIN author a ON a.id = t.x ORDER BY x
SELECT a.id, b.id FROM author a, book b WHERE a.id = b.author_id AND b.price > 11
SELECT * FROM author NATURAL JOIN (SELECT 1 AS id, 'x' AS extra) e
SELECT a.name, b FROM author a JOIN book b ON b.author_id = a.id WHERE b.id = 3
SELECT b.title, s.total FROM book b, (SELECT book_id, sum(quantity) AS total FROM sale GROUP BY 1) s WHERE s.book_id = b.id ORDER BY s.total DESC, b.title

== changing rows
INSERT INTO author (name) VALUES ($1) RETURNING id, name, country
    <- 'Octavia'
INSERT INTO author (name, born) VALUES ($1, $2), ($3, $4) RETURNING *
    <- 'X', datetime.date(2000, 1, 1), 'Y', None
UPDATE author SET country = $2 WHERE id = $1 RETURNING *
    <- 5, 'us'
UPDATE author SET country = upper(country), born = born + 1 WHERE country IS NOT NULL RETURNING id, country, born
UPDATE book SET price = round(price * 1.1, 2) WHERE price > 10
UPDATE book SET price = price + 1 FROM author a WHERE a.id = author_id AND a.name = 'Ursula' RETURNING title, price
UPDATE book b SET (pages, meta) = (pages + 1, meta || '{"seen": true}') WHERE id = 3 RETURNING pages, meta
UPDATE book SET pages = s.n FROM (SELECT book_id, sum(quantity)::int AS n FROM sale GROUP BY book_id) s WHERE s.book_id = book.id RETURNING book.id, pages
UPDATE book SET tags = array_append(tags, 'new') WHERE 'sf' = ANY(tags) RETURNING id, tags
UPDATE book SET meta = jsonb_set(meta, '{stars}', '3') WHERE id = 4 RETURNING meta
UPDATE book SET pages = DEFAULT, tags = DEFAULT WHERE id = 1 RETURNING pages, tags
DELETE FROM sale WHERE sold_at < $1 RETURNING id
    <- datetime.datetime(2024, 2, 1, tzinfo=datetime.timezone.utc)
DELETE FROM sale s USING book b WHERE b.id = s.book_id AND b.title = 'Solaris' RETURNING s.id
DELETE FROM author WHERE id = 1
SELECT title, author_id FROM book ORDER BY id
DELETE FROM book WHERE id = 2
SELECT count(*) FROM sale
DELETE FROM author WHERE name = 'nobody at all'
UPDATE author SET name = 'n' WHERE false
INSERT INTO author (name) SELECT title FROM book WHERE pages > 1000
DELETE FROM sale
TRUNCATE sale RESTART IDENTITY
INSERT INTO sale (book_id, quantity, sold_at) VALUES (4, 1, '2024-01-01') RETURNING id, sold_at

== RETURNING of another table
DELETE FROM sale s USING book b WHERE b.id = s.book_id AND b.title = 'Solaris' RETURNING s.id, b.title
UPDATE sale s SET quantity = 1 FROM book b WHERE b.id = s.book_id RETURNING s.id, b.price

== upserts
+ CREATE TABLE counter (name text PRIMARY KEY, hits int NOT NULL DEFAULT 1, seen timestamptz)
+ CREATE TABLE setting (scope text, name text, value jsonb, UNIQUE (scope, name))
INSERT INTO counter (name) VALUES ('home') ON CONFLICT (name) DO UPDATE SET hits = counter.hits + 1 RETURNING hits
INSERT INTO counter (name) VALUES ('home') ON CONFLICT (name) DO UPDATE SET hits = counter.hits + 1 RETURNING hits
INSERT INTO counter AS c (name, hits) VALUES ('home', 10) ON CONFLICT (name) DO UPDATE SET hits = c.hits + excluded.hits RETURNING c.*
INSERT INTO counter (name) VALUES ('home') ON CONFLICT DO NOTHING
INSERT INTO counter (name) VALUES ('home'), ('about') ON CONFLICT (name) DO NOTHING RETURNING name
INSERT INTO counter (name, hits) VALUES ('home', 1) ON CONFLICT (name) DO UPDATE SET hits = 0 WHERE counter.hits > 100
INSERT INTO counter (name, hits) VALUES ('home', 1) ON CONFLICT (name) DO UPDATE SET hits = NULL
INSERT INTO counter (name) VALUES (NULL) ON CONFLICT DO NOTHING
INSERT INTO setting VALUES ('a', 'x', '1') ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value RETURNING *
INSERT INTO setting VALUES ('a', 'x', '2') ON CONFLICT (name, scope) DO UPDATE SET value = excluded.value RETURNING *
INSERT INTO setting VALUES ('a', 'x', '2') ON CONFLICT (name) DO NOTHING
INSERT INTO setting VALUES (NULL, 'x', '2'), (NULL, 'x', '3') ON CONFLICT DO NOTHING
INSERT INTO setting SELECT 'a', n, to_jsonb(n) FROM (VALUES ('x'), ('y')) v(n) ON CONFLICT (scope, name) DO UPDATE SET value = setting.value || excluded.value RETURNING name, value
INSERT INTO counter (name, seen) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seen = greatest(counter.seen, excluded.seen) RETURNING seen
    <- 'about', datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
INSERT INTO counter (name) VALUES ('z') ON CONFLICT (name) DO UPDATE SET hits = hits + 1
INSERT INTO counter (name) VALUES ('z') ON CONFLICT (name) DO UPDATE SET hits = excluded.nope
INSERT INTO counter (name) VALUES ('z') ON CONFLICT (nope) DO NOTHING
SELECT name, hits FROM counter ORDER BY name

== reports
SELECT count(*), count(pages), sum(pages), avg(pages), min(title), max(price) FROM book
SELECT author_id, count(*), sum(price), avg(price), round(avg(price), 2) FROM book GROUP BY author_id HAVING count(*) > 1
SELECT date_trunc('month', sold_at) AS month, sum(quantity) FROM sale GROUP BY month ORDER BY month
SELECT to_char(sold_at, 'YYYY-MM') AS m, sum(quantity) AS n FROM sale GROUP BY 1 ORDER BY 1
SELECT channel, sum(quantity) FROM sale GROUP BY channel ORDER BY channel NULLS FIRST
SELECT coalesce(channel, 'none') AS c, sum(quantity) FROM sale GROUP BY coalesce(channel, 'none') ORDER BY 2 DESC, 1
SELECT count(*) FILTER (WHERE channel = 'web') AS web, count(*) FILTER (WHERE channel IS NULL) AS none FROM sale
SELECT string_agg(title, ', ' ORDER BY title) FROM book WHERE author_id = 1
SELECT array_agg(DISTINCT channel) FROM sale
SELECT array_agg(quantity ORDER BY quantity DESC) FROM sale
SELECT json_agg(json_build_object('id', id, 'title', title) ORDER BY id) FROM book WHERE id < 3
SELECT jsonb_object_agg(name, country ORDER BY name) FROM author
SELECT bool_and(price > 1), bool_or(price > 12), every(price > 0) FROM book
SELECT a.country, sum(s.quantity * b.price) AS revenue FROM sale s JOIN book b ON b.id = s.book_id LEFT JOIN author a ON a.id = b.author_id GROUP BY a.country ORDER BY revenue DESC
SELECT stddev(quantity), variance(quantity), stddev_pop(quantity), var_pop(quantity) FROM sale
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price), percentile_disc(0.5) WITHIN GROUP (ORDER BY price), mode() WITHIN GROUP (ORDER BY pages) FROM book
SELECT title, rank() OVER (ORDER BY price DESC), row_number() OVER (PARTITION BY author_id ORDER BY id) FROM book ORDER BY id
SELECT id, quantity, sum(quantity) OVER (ORDER BY id), lag(quantity) OVER (ORDER BY id), lead(quantity, 2, 0) OVER (ORDER BY id) FROM sale ORDER BY id
SELECT id, avg(quantity) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sale ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM sale ORDER BY id
SELECT id, first_value(title) OVER w, last_value(title) OVER w, nth_value(title, 2) OVER w FROM book WINDOW w AS (PARTITION BY author_id ORDER BY price) ORDER BY id
SELECT id, ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY price), cume_dist() OVER (ORDER BY price), dense_rank() OVER (ORDER BY author_id) FROM book ORDER BY id
SELECT channel, grouping(channel), sum(quantity) FROM sale GROUP BY ROLLUP (channel) ORDER BY 2, 1
SELECT date_trunc('month', sold_at)::date, channel, count(*) FROM sale GROUP BY GROUPING SETS ((1), (2), ()) ORDER BY 1, 2
SELECT width_bucket(price, 0, 15, 3), count(*) FROM book GROUP BY 1 ORDER BY 1
SELECT corr(price, pages), regr_slope(price, pages) FROM book WHERE pages IS NOT NULL
SELECT count(DISTINCT author_id), count(DISTINCT (author_id, pages)) FROM book
SELECT sum(price) FROM book WHERE false
SELECT count(*) AS n FROM book GROUP BY author_id HAVING sum(price) > 1000

== queries with names
WITH top AS (SELECT * FROM book ORDER BY price DESC LIMIT 2) SELECT title FROM top ORDER BY title
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i, sum(i) OVER (ORDER BY i) FROM n
WITH RECURSIVE f(a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM f WHERE b < 50) SELECT array_agg(a) FROM f
WITH RECURSIVE c(i) AS (SELECT 1 UNION SELECT i % 3 + 1 FROM c) SELECT * FROM c ORDER BY i
WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
WITH a AS MATERIALIZED (SELECT id FROM author) SELECT count(*) FROM a
SELECT title FROM book WHERE price > 11 UNION SELECT name FROM author WHERE country = 'pl' ORDER BY 1
SELECT author_id FROM book UNION ALL SELECT id FROM author ORDER BY 1 NULLS FIRST
SELECT id FROM author EXCEPT SELECT author_id FROM book
SELECT id FROM author INTERSECT SELECT author_id FROM book ORDER BY id DESC
SELECT 1 UNION SELECT 2.5 UNION SELECT NULL ORDER BY 1
(SELECT id FROM author ORDER BY id DESC LIMIT 1) UNION ALL (SELECT id FROM book ORDER BY id LIMIT 1)
SELECT i FROM generate_series(1, 10, 3) AS i
SELECT d::date FROM generate_series('2024-01-30'::date, '2024-02-02'::date, '1 day') AS d
SELECT g.i, count(s.id) FROM generate_series(1, 5) AS g(i) LEFT JOIN sale s ON s.quantity = g.i GROUP BY g.i ORDER BY g.i
SELECT t.tag, count(*) FROM book, unnest(tags) AS t(tag) GROUP BY t.tag ORDER BY 2 DESC, 1
SELECT id, unnest(tags) FROM book ORDER BY id, 2
SELECT x, n FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u(x, n)
VALUES (1, 'a'), (2, 'b') ORDER BY 1 DESC
SELECT * FROM (VALUES (1, NULL), (2, 'x')) AS t (a, b) WHERE b IS NOT NULL
SELECT row(1, 'a'), (1, 2) = (1, 2), (1, NULL) IS NULL, row(NULL, NULL) IS NULL
SELECT greatest(1, NULL, 3), least(2, 1.5), nullif(1, 1), nullif('a', 'b'), coalesce(NULL, NULL)
