# GROUPING SETS, ROLLUP, CUBE, grouping(), what may be grouped, DISTINCT and DISTINCT ON, FETCH ... WITH TIES.
+ CREATE TABLE sale (id serial PRIMARY KEY, region text, product text, year int, amount numeric(10,2), units int, sold date)
+ INSERT INTO sale (region, product, year, amount, units, sold) VALUES ('north', 'tea', 2023, 10.50, 3, '2023-01-15'), ('north', 'tea', 2024, 12.00, 4, '2024-02-01'), ('north', 'cup', 2024, 7.25, 1, '2024-02-03'), ('south', 'tea', 2023, 20.00, 8, '2023-06-30'), ('south', 'cup', 2023, 5.00, NULL, '2023-07-01'), ('south', NULL, 2024, 1.00, 2, '2024-12-31'), (NULL, 'cup', 2024, 3.75, 1, NULL)
+ CREATE TABLE nothing (a int, b int, v int)

== rollup
SELECT region, product, sum(amount) FROM sale GROUP BY ROLLUP (region, product) ORDER BY region, product, sum(amount)
SELECT region, product, sum(amount), grouping(region, product) FROM sale GROUP BY ROLLUP (region, product) ORDER BY 4, 1, 2
SELECT year, count(*), count(units), avg(units) FROM sale GROUP BY ROLLUP (year) ORDER BY year
SELECT region, year, product, count(*) FROM sale GROUP BY ROLLUP (region, (year, product)) ORDER BY 1, 2, 3, 4
SELECT region, year, sum(units) FROM sale GROUP BY region, ROLLUP (year) ORDER BY 1, 2, 3
SELECT coalesce(region, 'all') AS region, sum(amount) AS total FROM sale WHERE region IS NOT NULL GROUP BY ROLLUP (region) ORDER BY grouping(region), region
SELECT CASE WHEN grouping(region) = 1 THEN 'total' ELSE region END AS label, sum(amount) FROM sale GROUP BY ROLLUP (region) ORDER BY 2
SELECT date_trunc('month', sold) AS month, sum(amount) FROM sale GROUP BY ROLLUP (date_trunc('month', sold)) ORDER BY 1, 2
SELECT extract(year FROM sold) AS y, count(*) FROM sale GROUP BY ROLLUP (1) ORDER BY 1, 2
SELECT upper(region) AS r, sum(units) + 1 FROM sale GROUP BY ROLLUP (r) ORDER BY 1, 2

== cube and grouping sets
SELECT region, product, sum(amount) FROM sale GROUP BY CUBE (region, product) ORDER BY grouping(region), grouping(product), 1, 2
SELECT region, product, year, grouping(region, product, year) AS level, count(*) FROM sale GROUP BY CUBE (region, product, year) ORDER BY 4, 1, 2, 3
SELECT region, product, sum(units) FROM sale GROUP BY GROUPING SETS ((region), (product)) ORDER BY 1, 2, 3
SELECT region, product, sum(units) FROM sale GROUP BY GROUPING SETS ((region, product), (region), ()) ORDER BY 1, 2, 3
SELECT region, product, sum(units) FROM sale GROUP BY GROUPING SETS (region, ROLLUP (product, year)) ORDER BY 1, 2, 3
SELECT region, product, count(*) FROM sale GROUP BY GROUPING SETS (GROUPING SETS (region, product), CUBE (region)) ORDER BY 1, 2, 3
SELECT region, year, count(*) FROM sale GROUP BY GROUPING SETS (region, region, year) ORDER BY 1, 2, 3
SELECT region, year, count(*) FROM sale GROUP BY ROLLUP (region), ROLLUP (year) ORDER BY 1, 2, 3
SELECT region, year, count(*) FROM sale GROUP BY DISTINCT ROLLUP (region, year), ROLLUP (region) ORDER BY 1, 2, 3
SELECT region, year, count(*) FROM sale GROUP BY ALL ROLLUP (region, year), ROLLUP (region) ORDER BY 1, 2, 3
SELECT count(*) FROM sale GROUP BY GROUPING SETS ((), ())
SELECT sum(amount) FROM sale GROUP BY ()
SELECT 1 FROM sale GROUP BY ()

== grouping sets of no rows
SELECT a, b, sum(v), count(*) FROM nothing GROUP BY GROUPING SETS ((a, b), (a), ())
SELECT a, b, count(*) FROM nothing GROUP BY ROLLUP (a, b)
SELECT a, count(*) FROM nothing GROUP BY GROUPING SETS ((a))
SELECT count(*), grouping(a) FROM nothing GROUP BY GROUPING SETS ((), (a), ())
SELECT count(*) FROM nothing GROUP BY ()
SELECT count(*) FROM nothing GROUP BY () HAVING count(*) > 0
SELECT a, sum(v) FROM nothing WHERE a > 3 GROUP BY CUBE (a) HAVING true

== with HAVING, FILTER, DISTINCT, ORDER BY and windows
SELECT region, product, sum(units) FROM sale GROUP BY CUBE (region, product) HAVING sum(units) > 3 ORDER BY 3, 1, 2
SELECT region, sum(units) FROM sale GROUP BY ROLLUP (region) HAVING grouping(region) = 0 ORDER BY 1
SELECT region, count(DISTINCT product), sum(units) FILTER (WHERE year = 2024) FROM sale GROUP BY ROLLUP (region) ORDER BY 1, 2
SELECT region, string_agg(product, ',' ORDER BY product DESC, id) FROM sale GROUP BY ROLLUP (region) ORDER BY 1, 2
SELECT region, array_agg(DISTINCT year ORDER BY year DESC) FROM sale GROUP BY GROUPING SETS ((region), ()) ORDER BY 1, 2
SELECT region, product, sum(amount), rank() OVER (PARTITION BY grouping(region, product) ORDER BY sum(amount) DESC) FROM sale GROUP BY ROLLUP (region, product) ORDER BY grouping(region, product), 4, 1, 2
SELECT region, sum(amount), sum(sum(amount)) OVER (ORDER BY region, grouping(region)) FROM sale GROUP BY ROLLUP (region) ORDER BY region, grouping(region)
SELECT DISTINCT grouping(region), grouping(year) FROM sale GROUP BY CUBE (region, year) ORDER BY 1, 2
SELECT * FROM (SELECT region, year, sum(units) AS n FROM sale GROUP BY ROLLUP (region, year)) AS s WHERE n > 3 ORDER BY n, region, year
WITH s AS (SELECT region, max(units) AS top FROM sale GROUP BY ROLLUP (region)) SELECT count(*), sum(top) FROM s
SELECT region, sum(units) FROM sale GROUP BY ROLLUP (region) ORDER BY sum(units) DESC NULLS LAST LIMIT 2
SELECT region, year, (SELECT count(*) FROM sale AS o WHERE o.region = sale.region) AS same FROM sale GROUP BY ROLLUP (region, year) ORDER BY 1, 2, 3
SELECT s.region, x.n FROM (SELECT DISTINCT region FROM sale) AS s, LATERAL (SELECT sum(units) AS n FROM sale AS i WHERE i.region = s.region GROUP BY ROLLUP (i.year)) AS x ORDER BY 1, 2
SELECT region, sum(units) FROM sale WHERE year = $1 GROUP BY ROLLUP (region) HAVING count(*) >= $2 ORDER BY 1, 2
    <- 2024, 1

== functional dependence
SELECT id, region, amount FROM sale GROUP BY id ORDER BY id LIMIT 2
SELECT id, region, sum(units) FROM sale GROUP BY ROLLUP (id) ORDER BY id LIMIT 2
SELECT id, region, count(*) FROM sale GROUP BY id, ROLLUP (year) ORDER BY id, count(*) LIMIT 3
SELECT s.*, count(*) OVER () FROM sale AS s GROUP BY s.id ORDER BY id LIMIT 1

== what is no group
SELECT region, product FROM sale GROUP BY ROLLUP (region)
SELECT region, grouping(product) FROM sale GROUP BY ROLLUP (region)
SELECT grouping(region) FROM sale
SELECT region FROM sale WHERE grouping(region) = 1 GROUP BY region
SELECT grouping(region) FROM sale GROUP BY region ORDER BY 1 LIMIT 1
SELECT grouping(amount + 1) FROM sale GROUP BY amount
SELECT region FROM sale GROUP BY ROLLUP (region, 9)
SELECT region FROM sale GROUP BY ROLLUP (nope)
SELECT sum(amount) FROM sale GROUP BY ROLLUP (sum(amount))
SELECT region, sum(units) FROM sale GROUP BY CUBE (region, region) ORDER BY 1, 2
SELECT region || product FROM sale GROUP BY GROUPING SETS ((region), (product)) ORDER BY 1
SELECT grouping(region, year, product, region) FROM sale GROUP BY CUBE (region, year, product) ORDER BY 1
SELECT sum(grouping(region)) FROM sale GROUP BY region
SELECT region FROM sale GROUP BY region FOR UPDATE
SELECT region, amount FROM sale GROUP BY region, year
SELECT rank() OVER () FROM sale GROUP BY rank() OVER ()
SELECT region FROM sale GROUP BY region HAVING amount > 1
SELECT region FROM sale GROUP BY region ORDER BY amount
SELECT count(*) FROM sale GROUP BY 'north'
SELECT 'x' FROM sale GROUP BY 1
SELECT region, count(*) FROM sale GROUP BY region, 1.5
SELECT count(*) FROM sale GROUP BY generate_series(1, 2) ORDER BY 1

== distinct and distinct on
SELECT DISTINCT region, year FROM sale ORDER BY region, year
SELECT DISTINCT ON (region) region, amount FROM sale ORDER BY region, amount DESC
SELECT DISTINCT ON (region, year) region, year, product FROM sale ORDER BY region, year, id DESC
SELECT DISTINCT ON (1) region, units FROM sale ORDER BY 1, 2 NULLS FIRST
SELECT DISTINCT ON (upper(region)) upper(region), id FROM sale ORDER BY upper(region) DESC, id
SELECT DISTINCT ON (region) region, amount FROM sale ORDER BY amount
SELECT DISTINCT region FROM sale ORDER BY amount
SELECT DISTINCT ON (region) count(*) OVER (), region FROM sale ORDER BY region
SELECT DISTINCT ON (year) year, sum(units) FROM sale GROUP BY year, region ORDER BY year, sum(units) DESC
SELECT DISTINCT ON (year) id FROM sale ORDER BY year, id LIMIT 1 OFFSET 1
SELECT DISTINCT year + 1 FROM sale ORDER BY year + 1
SELECT DISTINCT year FROM sale ORDER BY year + 1
SELECT count(DISTINCT (region, year)) FROM sale
SELECT DISTINCT ON (nope) id FROM sale
SELECT DISTINCT ON (4) id FROM sale

== fetch first with ties
SELECT year FROM sale ORDER BY year FETCH FIRST 1 ROWS WITH TIES
SELECT year FROM sale ORDER BY year FETCH FIRST ROW WITH TIES
SELECT year FROM sale ORDER BY year DESC OFFSET 1 FETCH FIRST 2 ROWS WITH TIES
SELECT year FROM sale ORDER BY year DESC OFFSET 3 ROWS FETCH NEXT 1 ROWS WITH TIES
SELECT year FROM sale ORDER BY year FETCH FIRST 0 ROWS WITH TIES
SELECT year FROM sale ORDER BY year FETCH FIRST $1 ROWS WITH TIES
    <- 2
SELECT year FROM sale ORDER BY year FETCH FIRST (1 + 1) ROWS ONLY
SELECT region, sum(units) AS n FROM sale GROUP BY region ORDER BY 2 DESC NULLS LAST FETCH FIRST 1 ROW WITH TIES
SELECT DISTINCT year FROM sale ORDER BY year FETCH FIRST 1 ROW WITH TIES
SELECT region FROM sale ORDER BY region NULLS FIRST, year FETCH FIRST 2 ROWS WITH TIES
SELECT year FROM sale UNION ALL SELECT 2023 ORDER BY 1 FETCH FIRST 1 ROW WITH TIES
SELECT count(*) FROM (SELECT 1 FROM sale ORDER BY year FETCH FIRST 1 ROW WITH TIES) AS s
SELECT year FROM sale FETCH FIRST 1 ROW WITH TIES
SELECT year FROM sale ORDER BY year FETCH FIRST -1 ROWS WITH TIES
SELECT year FROM sale ORDER BY year FETCH FIRST NULL ROWS WITH TIES
SELECT year FROM sale ORDER BY year FOR UPDATE FETCH FIRST 1 ROW WITH TIES
SELECT year FROM sale ORDER BY year FOR UPDATE SKIP LOCKED FETCH FIRST 1 ROW WITH TIES

== limit and offset
SELECT id FROM sale ORDER BY id LIMIT ALL
SELECT id FROM sale ORDER BY id LIMIT NULL OFFSET 5
SELECT id FROM sale ORDER BY id LIMIT 1 + 1 OFFSET 2 * 2
SELECT id FROM sale ORDER BY id LIMIT $1 OFFSET $2
    <- 2, 1
SELECT id FROM sale ORDER BY id LIMIT $1 OFFSET $2
    <- None, None
SELECT id FROM sale ORDER BY id LIMIT $1
    <- -1
SELECT id FROM sale ORDER BY id OFFSET $1
    <- -1
SELECT id FROM sale ORDER BY id LIMIT (SELECT count(*) FROM sale WHERE region = 'north')
SELECT id FROM sale ORDER BY id LIMIT '2'
SELECT id FROM sale ORDER BY id LIMIT 1.5
SELECT id FROM sale ORDER BY id LIMIT 2.5
SELECT id FROM sale ORDER BY id LIMIT 'x'
SELECT id FROM sale ORDER BY id LIMIT true
SELECT id FROM sale ORDER BY id LIMIT -1
SELECT id FROM sale ORDER BY id OFFSET -1
SELECT id FROM sale LIMIT id
SELECT id FROM sale LIMIT count(*)
SELECT id FROM sale LIMIT 99999999999999999999
SELECT count(*) FROM (SELECT 1 FROM sale LIMIT 3 OFFSET 1) AS s
SELECT id FROM sale ORDER BY id OFFSET 2 ROWS FETCH NEXT 2 ROWS ONLY
