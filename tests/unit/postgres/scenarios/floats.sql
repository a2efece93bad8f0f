-- Arrays, windows and extremes of floats and numerics.
CREATE TABLE n (id int, d numeric, f float8, r float4, t text)
INSERT INTO n VALUES (1, 1.0, 0.1, 0.1, 'a'), (2, 1.00, 1e300, 3.4e38, 'b'), (3, 1.000, 'NaN', 'NaN', 'c'), (4, 0.5, 'Infinity', '-Infinity', NULL), (5, NULL, 0.30000000000000004, 16777217, 'e')
SELECT max(d), min(d) FROM n
SELECT max(d), min(d) FROM n WHERE id < 4
SELECT max(d), min(d) FROM n WHERE id < 3
SELECT id > 2, max(d), min(d) FROM n GROUP BY 1 ORDER BY 1
SELECT id, max(d) OVER (ORDER BY id), min(d) OVER (ORDER BY id) FROM n ORDER BY id
SELECT id, max(d) OVER () FROM n ORDER BY id
SELECT ARRAY[0.1::float8, 1e300, 0.30000000000000004, 1/3.0::float8]
SELECT ARRAY[f, f + 1] FROM n ORDER BY id
SELECT ARRAY[r, r] FROM n ORDER BY id
SELECT ARRAY[f]::text FROM n ORDER BY id
SELECT ARRAY[[1.5::float8, 0.1], [2, 3]]
SELECT ARRAY(SELECT f FROM n ORDER BY id)
SELECT ARRAY(SELECT r FROM n ORDER BY id)
SELECT array_agg(f ORDER BY id), array_agg(r ORDER BY id) FROM n
SELECT array_agg(f), array_agg(r) FROM (SELECT * FROM n ORDER BY id) x
SELECT ARRAY[f, NULL] FROM n WHERE id = 1
SELECT ARRAY['\x00ff'::bytea, NULL]
SELECT ARRAY(SELECT '\x01'::bytea)
SELECT ARRAY[1, 2]::float8[], ARRAY[0.1]::float8[], ARRAY[0.1::float8]::numeric[]
SELECT ARRAY[f] || f FROM n WHERE id = 5
SELECT f = ANY (ARRAY[0.1::float8, 0.30000000000000004]) FROM n ORDER BY id
SELECT f = ANY (ARRAY['NaN'::float8, 'Infinity']) FROM n ORDER BY id
SELECT id, sum(f) OVER (ORDER BY id), avg(f) OVER (ORDER BY id) FROM n ORDER BY id
SELECT id, sum(r) OVER (ORDER BY id), avg(r) OVER (ORDER BY id) FROM n ORDER BY id
SELECT id, sum(f) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM n ORDER BY id
SELECT id, max(f) OVER (ORDER BY id), min(f) OVER (ORDER BY id), count(f) OVER (ORDER BY id) FROM n ORDER BY id
SELECT sum(f), avg(f), max(f), min(f), stddev(f) FROM n
SELECT sum(f), avg(f), sum(r), avg(r) FROM n WHERE id IN (1, 5)
SELECT sum(f) FILTER (WHERE id < 3), sum(DISTINCT f) FROM n WHERE id <> 3
SELECT f, r FROM n ORDER BY f, r
SELECT f, r FROM n WHERE f > 1 ORDER BY f DESC
SELECT f < 'NaN', f = 'NaN', f > 0.1 FROM n ORDER BY id
SELECT f + 1, f * 2, f - f, -f FROM n ORDER BY id
SELECT greatest(f, 1), least(f, 1) FROM n ORDER BY id
SELECT jsonb_build_array(f), to_jsonb(0.1::float8), to_json(1e300::float8) FROM n WHERE id IN (1,2,5) ORDER BY id
SELECT json_agg(f), jsonb_agg(f) FROM n WHERE id IN (1,2,5)
SELECT ARRAY[d] FROM n ORDER BY id
SELECT id, array_agg(f) OVER (ORDER BY id) FROM n ORDER BY id
SELECT id, string_agg(t, ',') OVER (ORDER BY id) FROM n ORDER BY id
SELECT id, json_agg(f) OVER (ORDER BY id) FROM n WHERE id IN (1, 5) ORDER BY id
SELECT id, sum(d) OVER (ORDER BY id), avg(d) OVER (ORDER BY id) FROM n ORDER BY id
SELECT greatest(1.0, 1.00), least(1.0, 1.00), greatest(NULL, 1.0, 1.00), greatest('30 days'::interval, '1 month'::interval)::text
SELECT max(i)::text, min(i)::text FROM (VALUES ('30 days'::interval), ('1 month')) v(i)
SELECT max(i)::text, min(i)::text FROM (VALUES ('1 month'::interval), ('30 days')) v(i)
SELECT x FROM unnest(ARRAY['NaN'::float8, 'Infinity', 0.1]) x
SELECT sum(x) FROM unnest(ARRAY['Infinity'::float8, 0.1]) x
SELECT x FROM unnest(ARRAY['\x01ff'::bytea, NULL]) x
SELECT unnest(ARRAY['\x01ff'::bytea, NULL])
SELECT x FROM unnest($1::bytea[]) x -- [[b'ab', None]]
SELECT '\x01'::bytea = ANY (ARRAY['\x01'::bytea]), '\x01'::bytea = ANY ($1::bytea[]) -- [[b'\x01']]
SELECT f = ANY ($1::float8[]) FROM n ORDER BY id -- [[0.1, float('inf'), float('nan')]]
SELECT f <> ALL ($1::float8[]) FROM n ORDER BY id -- [[0.1, float('inf'), float('nan')]]
SELECT f > ANY ($1::float8[]) FROM n ORDER BY id -- [[0.1, float('inf'), float('nan')]]
SELECT ARRAY[ARRAY[1,2], ARRAY[3]]
SELECT ARRAY[ARRAY[1,2], ARRAY[3,4]], ARRAY[ARRAY[]::int[], ARRAY[]::int[]]
SELECT ARRAY[ARRAY['a','b'], NULL]
SELECT ARRAY[ARRAY[0.1::float8], ARRAY[f]] FROM n WHERE id = 5
SELECT f::float8[] FROM (VALUES ('{1,NaN,Infinity,0.30000000000000004}')) v(f)
SELECT ('{1,NaN,Infinity}'::float8[])[2], ('{1,NaN,Infinity}'::float8[])[3]
SELECT max(d) FILTER (WHERE id < 3), max(DISTINCT d), max(d ORDER BY id DESC) FROM n
SELECT max(d) FROM n HAVING max(d) > 0
SELECT id FROM n WHERE d = (SELECT max(d) FROM n) ORDER BY id
SELECT max(x) FROM generate_series(1.0, 3.0) x
