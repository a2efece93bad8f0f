# Aggregates: exactness, ordered-set and hypothetical-set ones, statistics, JSON, their clauses and errors.
+ CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
+ CREATE TABLE m (id int PRIMARY KEY, g text, i2 smallint, i4 int, i8 bigint, n numeric, f4 real, f8 float8, b bool, t text, y bytea, day date, at timestamptz, clock time, span interval, u uuid, arr int[], words text[], j jsonb, mood mood)
+ INSERT INTO m VALUES (1, 'a', 1, 10, 9000000000000000000, 1.10, 0.1, 0.1, true, 'x', '\x01', '2024-01-01', '2024-01-01 10:00+00', '10:00', '1 hour', '00000000-0000-0000-0000-000000000001', '{1,2}', '{p,q}', '{"k": 1}', 'sad'), (2, 'a', 2, 20, 9000000000000000000, 2.25, 0.2, 0.2, false, 'y', '\x02ff', '2024-02-29', '2024-02-29 10:00+00', '11:30', '1 day 2 hours', '00000000-0000-0000-0000-000000000002', '{3,4}', '{r,NULL}', '[1, 2]', 'happy'), (3, 'b', 3, 20, -5, 2.250, 0.3, 0.3, NULL, 'x', NULL, '2023-12-31', NULL, '09:15', '1 mon', NULL, '{0}', '{}', 'null', 'ok'), (4, 'b', NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, '\x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (5, 'b', 5, -7, 0, -0.05, 1e10, 1e300, true, 'z', '\x00', '2024-06-30', '2024-06-30 00:00+00', '23:59:59.5', '-3 days', '00000000-0000-0000-0000-000000000005', '{1}', '{s}', '"text"', 'sad')
+ CREATE TABLE xy (x float8, y float8)
+ INSERT INTO xy VALUES (1, 2), (2, 4.1), (3, 5.9), (4, 8.2), (NULL, 1), (5, NULL)

== sums and means
SELECT sum(i2), sum(i4), sum(i8), sum(n), sum(f4), sum(f8), sum(span) FROM m
SELECT avg(i2), avg(i4), avg(i8), avg(n), avg(f4), avg(f8), avg(span) FROM m
SELECT g, sum(n), avg(n), sum(i8), avg(i8) FROM m GROUP BY g ORDER BY g
SELECT sum(i4), avg(i4), count(i4), count(*), min(i4), max(n) FROM m WHERE false
SELECT sum(i4 * n), sum(n) / count(*), round(avg(n), 3) FROM m
SELECT sum(DISTINCT i4), avg(DISTINCT i4), count(DISTINCT i4), sum(DISTINCT n), count(DISTINCT t) FROM m
SELECT sum(n::numeric(10,3)), avg(1), avg(1.0), sum(1), sum(0.1) FROM m
SELECT avg(clock::interval), sum(clock::interval), sum(at - '2024-01-01') FROM m
SELECT sum(9223372036854775807) FROM m
SELECT sum(i4::bigint * 1000000000000) FROM m
SELECT sum(1e308::float8) FROM m
SELECT sum('NaN'::numeric), avg('Infinity'::float8), sum('Infinity'::numeric) FROM m
SELECT sum('12'), avg('x') FROM m
SELECT sum(t) FROM m
SELECT sum(b) FROM m
SELECT sum(day) FROM m
SELECT avg(day) FROM m
SELECT sum() FROM m
SELECT sum(*) FROM m
SELECT sum(i4, i4) FROM m
refused> SELECT sum(i2::money) FROM m

== extremes
SELECT min(i2), max(i8), min(n), max(n), min(f4), max(f8), min(t), max(t) FROM m
SELECT min(day), max(day), min(at), max(at), min(clock), max(clock), min(span), max(span) FROM m
SELECT min(arr), max(arr), min(words), max(words) FROM m
SELECT min(mood), max(mood), min(y), max(y) FROM m
SELECT min(u) FROM m
SELECT max(b) FROM m
SELECT max(j) FROM m
SELECT max('x'), min('y'), max(NULL) FROM m
SELECT max(i4) FILTER (WHERE b), min(i4) FILTER (WHERE i4 > 1000) FROM m
SELECT g, max(t), min(t) FROM m GROUP BY g ORDER BY g
SELECT max(DISTINCT i4), min(DISTINCT t) FROM m
SELECT max(n) FROM m WHERE n < 2
SELECT greatest(max(i4), 15), least(min(n), 0) FROM m

== booleans, bits, any
SELECT bool_and(b), bool_or(b), every(b) FROM m
SELECT g, bool_and(b), bool_or(NOT b), every(i4 > 0) FROM m GROUP BY g ORDER BY g
SELECT bool_and(b) FROM m WHERE false
SELECT bool_and(i4) FROM m
SELECT bit_and(i4), bit_or(i4), bit_xor(i4), bit_and(i2), bit_or(i8), bit_xor(i8) FROM m
SELECT bit_and(n) FROM m
SELECT any_value(g) FROM m WHERE g = 'a'
SELECT any_value(i4) FROM m WHERE false
SELECT any_value(t ORDER BY id DESC), any_value(arr ORDER BY id) FROM m
SELECT bit_and(i4) FILTER (WHERE i4 > 0) FROM m
SELECT bool_or(DISTINCT b) FROM m

== statistics
SELECT stddev(i4), stddev_pop(i4), stddev_samp(i4), variance(i4), var_pop(i4), var_samp(i4) FROM m
SELECT stddev(n), stddev_pop(n), variance(n), var_pop(n) FROM m
SELECT stddev(i2), variance(i8), var_pop(i8) FROM m
SELECT stddev(f8), var_pop(f8), stddev(f4) FROM m WHERE id < 4
SELECT stddev(i4), variance(i4), stddev_pop(i4), var_pop(n) FROM m WHERE id = 1
SELECT stddev(i4), var_pop(i4) FROM m WHERE false
SELECT corr(y, x), covar_pop(y, x), covar_samp(y, x) FROM xy
SELECT regr_count(y, x), regr_avgx(y, x), regr_avgy(y, x), regr_sxx(y, x), regr_syy(y, x), regr_sxy(y, x) FROM xy
SELECT regr_slope(y, x), regr_intercept(y, x), regr_r2(y, x) FROM xy
SELECT corr(y, x), regr_slope(y, x), regr_r2(y, x), covar_samp(y, x), covar_pop(y, x), regr_count(y, x) FROM xy WHERE x = 1
SELECT corr(y, x), regr_count(y, x), regr_avgx(y, x) FROM xy WHERE false
SELECT corr(i4, i8), regr_slope(n, i4) FROM m
SELECT regr_r2(1, x), corr(1, x), regr_slope(x, 1) FROM xy
SELECT stddev(DISTINCT i4) FROM m
SELECT stddev(t) FROM m
SELECT corr(x) FROM xy

== ordered sets
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i4), percentile_disc(0.5) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY f8), percentile_cont(0.9) WITHIN GROUP (ORDER BY n) FROM m WHERE id < 4
SELECT percentile_cont(ARRAY[0, 0.25, 0.5, 0.75, 1]) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_disc(ARRAY[0.1, 0.5, NULL, 1]) WITHIN GROUP (ORDER BY t) FROM m
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY span), percentile_disc(0.5) WITHIN GROUP (ORDER BY span) FROM m
SELECT percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY span) FROM m
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY day DESC), percentile_disc(0) WITHIN GROUP (ORDER BY t), percentile_disc(1) WITHIN GROUP (ORDER BY mood) FROM m
SELECT mode() WITHIN GROUP (ORDER BY t), mode() WITHIN GROUP (ORDER BY i4 DESC), mode() WITHIN GROUP (ORDER BY n) FROM m
SELECT g, mode() WITHIN GROUP (ORDER BY i4), percentile_cont(0.5) WITHIN GROUP (ORDER BY i4) FILTER (WHERE i4 > 0) FROM m GROUP BY g ORDER BY g
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i4) FROM m WHERE false
SELECT percentile_cont(NULL) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont($1) WITHIN GROUP (ORDER BY i4) FROM m
    <- 0.5
SELECT rank(15) WITHIN GROUP (ORDER BY i4), dense_rank(15) WITHIN GROUP (ORDER BY i4), percent_rank(15) WITHIN GROUP (ORDER BY i4), cume_dist(15) WITHIN GROUP (ORDER BY i4) FROM m
SELECT rank(20) WITHIN GROUP (ORDER BY i4 DESC NULLS LAST), dense_rank(20) WITHIN GROUP (ORDER BY i4), cume_dist(20) WITHIN GROUP (ORDER BY i4 DESC) FROM m
SELECT rank('b', 0) WITHIN GROUP (ORDER BY g, i4 NULLS FIRST) FROM m
SELECT rank(1) WITHIN GROUP (ORDER BY i4), percent_rank(1) WITHIN GROUP (ORDER BY i4), cume_dist(1) WITHIN GROUP (ORDER BY i4) FROM m WHERE false
SELECT g, rank(5) WITHIN GROUP (ORDER BY i4) FROM m GROUP BY ROLLUP (g) ORDER BY 1
SELECT rank(NULL) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_disc(-0.1) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(ARRAY[0.5, 2]) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t) FROM m
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY day) FROM m
SELECT percentile_cont(i4) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(0.5, 0.6) WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(0.5) FROM m
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i4, f8) FROM m
SELECT mode(1) WITHIN GROUP (ORDER BY i4) FROM m
SELECT sum(i4) WITHIN GROUP (ORDER BY i4) FROM m
SELECT lower(t) WITHIN GROUP (ORDER BY t) FROM m
SELECT rank(1, 2) WITHIN GROUP (ORDER BY i4) FROM m
SELECT rank('x') WITHIN GROUP (ORDER BY i4) FROM m
SELECT rank() WITHIN GROUP (ORDER BY i4) FROM m
SELECT percentile_cont(DISTINCT 0.5) WITHIN GROUP (ORDER BY i4) FROM m
SELECT mode() WITHIN GROUP (ORDER BY sum(i4)) FROM m

== texts and arrays
SELECT string_agg(t, ', ' ORDER BY t DESC, id), string_agg(DISTINCT t, '') FROM m
SELECT string_agg(y, '\x2d'::bytea ORDER BY id), string_agg(t, NULL ORDER BY id), string_agg(t, g ORDER BY id) FROM m
SELECT string_agg(i4::text, '+' ORDER BY i4 NULLS FIRST) FROM m
SELECT string_agg(t, ',') FROM m WHERE false
SELECT string_agg(t, ',' ORDER BY length(t), t) FILTER (WHERE t <> 'x') FROM m
SELECT array_agg(i4 ORDER BY id), array_agg(t ORDER BY t NULLS FIRST), array_agg(DISTINCT i4 ORDER BY i4 DESC) FROM m
SELECT array_agg(n ORDER BY n DESC), array_agg(day ORDER BY id), array_agg(mood ORDER BY id), array_agg(y ORDER BY id) FROM m
SELECT array_agg(arr ORDER BY id) FROM m WHERE id < 3
SELECT array_agg(arr ORDER BY id) FROM m WHERE id < 4
SELECT array_agg(arr) FROM m WHERE id = 4
SELECT array_agg(words) FROM m WHERE id = 3
SELECT array_agg(i4) FROM m WHERE false
SELECT coalesce(array_agg(i4) FILTER (WHERE i4 > 100), '{}') FROM m
SELECT array_length(array_agg(id), 1), cardinality(array_agg(id)), (array_agg(t ORDER BY id DESC))[1] FROM m
SELECT string_agg(i4, ',') FROM m
SELECT string_agg(t) FROM m
SELECT string_agg(DISTINCT t, ',' ORDER BY id) FROM m
SELECT array_agg(DISTINCT j) FROM m WHERE j IS NOT NULL
SELECT array_agg(NULL), array_agg('x') FROM m WHERE id = 1
SELECT array_agg(*) FROM m

== json
SELECT json_agg(i4 ORDER BY id), jsonb_agg(t ORDER BY id), json_agg(arr ORDER BY id) FROM m
SELECT json_object_agg(id, t ORDER BY id), jsonb_object_agg(t, id ORDER BY id) FILTER (WHERE t IS NOT NULL) FROM m
SELECT json_agg_strict(i4 ORDER BY id), jsonb_agg_strict(t ORDER BY id) FROM m
SELECT json_object_agg_strict(id, t ORDER BY id), jsonb_object_agg_strict(id, i4 ORDER BY id) FROM m
SELECT json_object_agg_unique(id, i4 ORDER BY id), jsonb_object_agg_unique(id, i4 ORDER BY id) FROM m
SELECT json_object_agg_unique_strict(id, i4 ORDER BY id), jsonb_object_agg_unique_strict(id, i4 ORDER BY id) FROM m
SELECT json_object_agg_unique(g, i4) FROM m
SELECT jsonb_object_agg_unique(g, i4) FROM m
SELECT json_object_agg(t, id) FROM m
SELECT jsonb_object_agg(t, id) FROM m
SELECT jsonb_object_agg(g, i4 ORDER BY id) FROM m
SELECT json_agg(i4), jsonb_agg(i4) FROM m WHERE false
SELECT jsonb_agg(DISTINCT g ORDER BY g), json_agg(j ORDER BY id) FROM m
SELECT json_agg(f8 ORDER BY id), jsonb_agg(n ORDER BY id), json_agg(at ORDER BY id), jsonb_agg(span ORDER BY id) FROM m
SELECT json_arrayagg(i4 ORDER BY id), json_arrayagg(i4 ORDER BY id NULL ON NULL) FROM m
SELECT json_objectagg(id : t), json_objectagg(id : t ABSENT ON NULL) FROM m WHERE id > 2
SELECT json_objectagg(g : t WITH UNIQUE KEYS) FROM m
SELECT json_arrayagg(t RETURNING jsonb) FROM m WHERE id < 3

== clauses and places
SELECT count(*) FILTER (WHERE b), count(*) FILTER (WHERE NOT b), count(*) FILTER (WHERE b IS NULL) FROM m
SELECT g, count(*) FROM m GROUP BY g HAVING count(*) > 2
SELECT g, sum(i4) AS s FROM m GROUP BY g ORDER BY s DESC
SELECT g, sum(i4) FROM m GROUP BY g ORDER BY sum(i4) / count(*)
SELECT count(*), count(t), count(DISTINCT t), count(1), count(NULL) FROM m
SELECT count(m.*), count(m) FROM m
SELECT (SELECT sum(i4) FROM m), (SELECT max(o.i4) FROM m AS o WHERE o.g = m.g) FROM m WHERE id = 1
SELECT g, (SELECT count(*) FROM m AS o WHERE o.i4 > max(m.i4)) FROM m GROUP BY g ORDER BY g
SELECT max(id) FROM m ORDER BY max(id)
SELECT sum(i4) FROM m HAVING sum(i4) > 0
SELECT 1 FROM m HAVING count(*) > 100
SELECT count(*) FROM m WHERE sum(i4) > 1
SELECT sum(count(*)) FROM m
SELECT count(*) FILTER (WHERE i4) FROM m
SELECT count(*) FILTER (WHERE count(*) > 1) FROM m
SELECT lower(t) FILTER (WHERE true) FROM m
SELECT lower(DISTINCT t) FROM m
SELECT count(DISTINCT *) FROM m
SELECT t, count(*) FROM m
SELECT nope(i4) FILTER (WHERE true) FROM m
SELECT count(DISTINCT j::json) FROM m
SELECT g FROM m GROUP BY g, max(id)
SELECT sum(i4) FROM m JOIN xy ON sum(x) = 1
SELECT sum(generate_series(1, 3))
SELECT sum(x) FROM (VALUES (1), (2), (NULL)) AS v(x)
SELECT sum(x), avg(x), count(x) FROM generate_series(1, 100) AS x
