# Integers that overflow, numerics with their scale, floats, and comparisons between them.
+ CREATE TABLE n (id int PRIMARY KEY, i int, s smallint, b bigint, d numeric, m numeric(10,2), f float8, r real)
+ INSERT INTO n VALUES (1, 2147483647, 32767, 9223372036854775807, 1.0, 1.00, 0.1, 0.1), (2, -2147483648, -32768, -9223372036854775808, 1.00, 9.99, 'NaN', 1.5), (3, 0, 0, 0, 'NaN', 10, 'Infinity', 1e10), (4, NULL, NULL, NULL, 9, NULL, -0.0, NULL), (5, 7, 7, 7, 10, 100, 1e20, 1e-5)

== overflow
SELECT i + 1 FROM n WHERE id = 1
SELECT i - 1 FROM n WHERE id = 2
SELECT i * 2 FROM n WHERE id = 1
SELECT -i FROM n WHERE id = 2
SELECT abs(i) FROM n WHERE id = 2
SELECT s + 1::smallint FROM n WHERE id = 1
SELECT s + 1 FROM n WHERE id = 1
SELECT b + 1 FROM n WHERE id = 1
SELECT b - 1 FROM n WHERE id = 2
SELECT b * 2 FROM n WHERE id = 1
SELECT i + b FROM n WHERE id = 1
SELECT sum(i), sum(b), sum(s) FROM n WHERE id IN (1, 5)
SELECT sum(b) FROM n WHERE id = 1
SELECT avg(b) FROM n
UPDATE n SET i = i + 1 WHERE id = 1
UPDATE n SET s = s + 1 WHERE id = 1
UPDATE n SET s = 40000 WHERE id = 1
UPDATE n SET b = b * 10 WHERE id = 1
UPDATE n SET i = b WHERE id = 1
INSERT INTO n (id, i) VALUES (6, 2147483648)
INSERT INTO n (id, b) VALUES (6, 9223372036854775808)
INSERT INTO n (id, m) VALUES (6, 99999999.994) RETURNING m
INSERT INTO n (id, m) VALUES (7, 99999999.995)
SELECT i FROM n WHERE i > 3000000000
SELECT i / -1 FROM n WHERE id = 2
SELECT i % -1 FROM n WHERE id = 2
SELECT (-32768)::int2, -32768::int2
SELECT 2147483648, -2147483648, 9223372036854775808, pg_typeof(2147483648)::text
SELECT 1000000 * 1000000
SELECT 1000000::bigint * 1000000
SELECT 5000000000 / 2, 7 / 2 * 2, 7 / 2 * 2.0
SELECT 1 << 31, 1 << 32, 1 >> 1, 5 & 3, 5 | 3, 5 # 3, ~5
SELECT factorial(20), factorial(-1)
SELECT power(10, 400)
SELECT 10::numeric ^ 400 > 1
SELECT exp(1000)
SELECT exp(1000.0) > 1

== comparisons between types
SELECT 1 = 1.0, 1 = '1', 1.0 = 1.00, 1::float8 = 1.0, 0.1::real = 0.1::float8, 0.1::float8 = 0.1
SELECT 1 = '1.0'
SELECT id FROM n WHERE id = 1.0
SELECT id FROM n WHERE id = 1.5
SELECT id FROM n WHERE id > 4.5
SELECT id FROM n WHERE id = '5'
SELECT id FROM n WHERE id IN ('1', 2) ORDER BY id
SELECT id FROM n WHERE id BETWEEN '2' AND '3' ORDER BY id
SELECT id FROM n WHERE d = 1 ORDER BY id
SELECT id FROM n WHERE d IN (1, 9.0) ORDER BY id
SELECT id, d FROM n ORDER BY d, id
SELECT id, f FROM n ORDER BY f, id
SELECT DISTINCT d FROM n ORDER BY d
SELECT d, count(*) FROM n GROUP BY d ORDER BY d
SELECT max(d), min(d), max(f), min(f) FROM n
SELECT max(m), min(m), sum(m), avg(m) FROM n
SELECT id FROM n WHERE d = 'NaN'
SELECT id FROM n WHERE f = 'NaN'
SELECT id FROM n WHERE f > 1e300 ORDER BY id
SELECT 'NaN'::float8 = 'NaN'::float8, 'NaN'::numeric > 1e10, 0.0::float8 = -0.0::float8, 'Infinity'::float8 = 'Infinity'
SELECT f FROM n WHERE id = 4
SELECT a.id, b.id FROM n a JOIN n b ON a.d = b.id ORDER BY 1, 2
SELECT 1 UNION SELECT 1.0 UNION SELECT 1.00
SELECT x FROM (VALUES (1), (2.50), (3)) t(x) ORDER BY x
SELECT CASE WHEN id = 1 THEN 1 ELSE 2.5 END FROM n ORDER BY id LIMIT 2
SELECT coalesce(i, 1.5), coalesce(m, i), greatest(i, m), least(1, 2.5, 0.5) FROM n WHERE id = 5
SELECT id FROM n WHERE i = $1
    <- 7
SELECT id FROM n WHERE m = $1
    <- Decimal('9.990')
SELECT id FROM n WHERE m = $1
    <- 10
SELECT id FROM n WHERE f = $1
    <- 0.1
SELECT id FROM n WHERE f = $1
    <- inf
SELECT id FROM n WHERE r = $1
    <- 0.1
SELECT id FROM n WHERE r = 0.1
SELECT id FROM n WHERE d = ANY($1) ORDER BY id
    <- [Decimal('1'), Decimal('9.000')]
SELECT $1::numeric, $2::float8, $3::int8, $4::int2, $5::real
    <- Decimal('1.500'), 1, 5, 6, 0.1
SELECT $1::numeric
    <- Decimal('NaN')
SELECT $1::numeric
    <- Decimal('1E+5')
SELECT $1::int
    <- Decimal('1')
SELECT $1::float8
    <- '1'

== texts of numbers
SELECT 1e20::float8::text, 1e-5::float8::text, 0.1::float8::text, 123456789.123::float8::text, 1e15::float8::text, 1e16::float8::text, 100::float8::text
SELECT 0.1::real::text, 16777217::real::text, 1.5::real::float8, 0.1::real::float8, 3.14159265::real
SELECT 1.0::text, 1.50::numeric::text, 1e3::text, 0.00::text, (-0.0)::text, 1e-10::text, 100000000000000000000.5::text
SELECT f::text, r::text, d::text, m::text FROM n ORDER BY id
SELECT '1_000'::int, 1_000, 0x1F, 0b101, 0o17, '0x1F'::int
SELECT '1e3'::numeric, '1e3'::float8, ' 5 '::numeric, '+5'::int, '-0'::int, '.5'::numeric, '5.'::numeric
SELECT '1e3'::int
SELECT '1,000'::numeric
SELECT '0x'::int
SELECT 123abc
SELECT 'infinity'::numeric, '-inf'::float8, 'nan'::numeric
SELECT 'infinity'::numeric::int
SELECT 'NaN'::float8::numeric, 'NaN'::float8::int
SELECT 3.7::float8::int, -3.5::float8::int, 2.5::float8::bigint, 3.5::numeric::int, -2.5::numeric::bigint, 0.5::real::int
SELECT 1::bool::int, 12::text || 'x', 1.5::int::text, 65::"char"

== arithmetic keeps scale
SELECT 1.5 + 1, 1.50 * 2, 10 / 4.0, 10.00 / 4, 1 / 3::numeric, 2 / 3.00, 1e10 / 3, 0.001 / 3, 12345.678 / 0.01
SELECT m / 3, m * m, m + d, m - 0.001, m % 3, -m, m ^ 2 FROM n WHERE id = 2
SELECT m * f, m + f, m / r, i / f, i * m, b / m FROM n WHERE id = 5
SELECT round(m, 1), round(m), round(-1.5), round(1234.5, -2), round(0.5), round(1.5::float8), trunc(1.999, 2), trunc(-1.5), ceil(1.01), floor(-1.01) FROM n WHERE id = 2
SELECT sum(x), avg(x), min(x), max(x) FROM (VALUES (1.5), (2.25), (3)) t(x)
SELECT avg(x) FROM (VALUES (1), (2), (2)) t(x)
SELECT avg(x) FROM (VALUES (1.0), (2.00), (4.000)) t(x)
SELECT avg(x)::numeric(10,2), sum(x) / count(*) FROM (VALUES (1), (2), (2)) t(x)
SELECT avg(x), sum(x), stddev(x) FROM (VALUES (1::float8), (2)) t(x)
SELECT stddev_samp(x), var_samp(x), stddev_pop(x) FROM (VALUES (1), (2), (4)) t(x)
SELECT variance(x) FROM (VALUES (1)) t(x)
SELECT sqrt(16), sqrt(2::numeric), cbrt(27), power(2::numeric, 0.5), exp(1::numeric), ln(10::numeric), log(2, 8), log10(1000)
SELECT mod(7.5, 2), mod(-7, 3), div(7.5, 2), 7.5 % -2, sign(-3), scale(1.500), trim_scale(1.500), min_scale(1.500)
SELECT ln(0)
SELECT ln(-1.0)
SELECT sqrt(-1.0)
SELECT 0 ^ -1
SELECT (-8) ^ 0.5
SELECT 2 ^ 3 ^ 2, -2 ^ 2, 2 * 3 % 4, - 5 % 3, 2 + 3 || 'x'
SELECT pi(), degrees(pi()), radians(180), sin(0), atan2(1, 1), cos(pi())
SELECT 1 / 0.0
SELECT 1 % 0
SELECT 1.5 % 0
SELECT m / 0 FROM n
SELECT f / 0 FROM n WHERE id = 1

== what is computed and when
SELECT CASE WHEN true THEN 1 ELSE 1/0 END
SELECT CASE WHEN i = 0 THEN 0 ELSE 10 / i END FROM n WHERE id = 3
SELECT id FROM n WHERE i <> 0 AND 100 / i > 10
SELECT id FROM n WHERE false AND 1/0 = 1
SELECT 1/0 WHERE false
SELECT 1/i FROM n WHERE false
SELECT coalesce(1, 1/0)
SELECT nullif(1, 1) / 0
SELECT NULL / 0, 0 / NULL::int
SELECT count(1/0) FROM n WHERE false
SELECT EXISTS (SELECT 1/0)
SELECT id FROM n ORDER BY 1/i LIMIT 1
SELECT sum(i / 0) FROM n WHERE id = 4
SELECT 10 / (SELECT 0)
