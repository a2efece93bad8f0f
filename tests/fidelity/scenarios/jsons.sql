# json and jsonb as applications filter and build them.
+ CREATE TABLE event (id serial PRIMARY KEY, body jsonb NOT NULL, raw json)
+ INSERT INTO event (body, raw) VALUES ('{"kind": "login", "user": {"id": 7, "name": "ann"}, "tags": ["a", "b"], "ok": true, "ms": 12.50}', '{"b": 1,  "a": [1, 2]}'), ('{"kind": "logout", "user": {"id": 8}, "tags": [], "ok": false, "ms": null}', 'null'), ('{"kind": "login", "user": null}', NULL), ('[1, "two", null, {"x": [10, 20]}]', '"text"')

== taking apart
SELECT body->'user', body->>'kind', body#>'{user,id}', body#>>'{user,name}' FROM event ORDER BY id
SELECT body->0, body->-1, body->>1, body->9, body#>'{3,x,1}' FROM event WHERE id = 4
SELECT body['user']['id'], body['tags'][0] FROM event ORDER BY id
SELECT raw->'a'->>1, raw->>'b' FROM event WHERE id = 1
SELECT (body->'user'->>'id')::int + 1 FROM event WHERE id = 1
SELECT body->'ms', (body->>'ms')::numeric, (body->'ms')::numeric, (body->'ok')::bool FROM event WHERE id = 1
SELECT body->'ms' IS NULL, body->>'ms' IS NULL, body->'none' IS NULL FROM event WHERE id = 2
SELECT jsonb_typeof(body), jsonb_typeof(body->'tags'), jsonb_typeof(body->'ok'), jsonb_typeof(body->'ms') FROM event ORDER BY id
SELECT jsonb_array_length(body->'tags') FROM event WHERE id < 3 ORDER BY id
SELECT jsonb_array_length(body) FROM event WHERE id = 1
SELECT jsonb_object_keys(body) FROM event WHERE id = 2
SELECT key, value FROM event, jsonb_each(body) WHERE id = 2
SELECT key, value FROM event, jsonb_each_text(body) WHERE id = 1 ORDER BY key DESC
SELECT e.id, t FROM event e, jsonb_array_elements_text(e.body->'tags') AS t ORDER BY 1, 2
SELECT value FROM event, jsonb_array_elements(body) WHERE id = 4
SELECT jsonb_array_elements(body) FROM event WHERE id = 1
SELECT x.* FROM event, jsonb_to_record(body) AS x(kind text, ok bool, ms numeric) WHERE id = 1
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t(a int, b text)
SELECT * FROM json_each_text('{"a": 1, "b": null}')
SELECT body->'user'->'id'->'deeper' FROM event WHERE id = 1
SELECT body - 'user' - 'tags', body #- '{user,id}' FROM event WHERE id = 1
SELECT body - 0, body - ARRAY['kind'] FROM event WHERE id = 4

== filters
SELECT id FROM event WHERE body->>'kind' = 'login' ORDER BY id
SELECT id FROM event WHERE body @> '{"user": {"id": 7}}'
SELECT id FROM event WHERE body @> $1 ORDER BY id
    <- {'kind': 'login'}
SELECT id FROM event WHERE body ? 'tags' ORDER BY id
SELECT id FROM event WHERE body ?| ARRAY['ms', 'zzz'] ORDER BY id
SELECT id FROM event WHERE body ?& ARRAY['ms', 'ok'] ORDER BY id
SELECT id FROM event WHERE body->'tags' @> '["a"]'
SELECT id FROM event WHERE body->'tags' ? 'b'
SELECT id FROM event WHERE (body->>'ms')::float > 10
SELECT id FROM event WHERE (body->'ok')::bool
SELECT id FROM event WHERE body->'user'->>'name' IS NULL ORDER BY id
SELECT id FROM event WHERE body->'user' = 'null'
SELECT id FROM event WHERE body @> '"two"'
SELECT id FROM event WHERE '{"kind": "login", "user": null, "x": 1}' @> body
SELECT id FROM event WHERE body->>'kind' = ANY($1) ORDER BY id
    <- ['logout', 'x']
SELECT id FROM event WHERE body->'kind' = $1 ORDER BY id
    <- 'login'
SELECT id FROM event WHERE body->'user'->'id' > '7'
SELECT id FROM event WHERE jsonb_path_exists(body, '$.user.id ? (@ > 7)')
SELECT jsonb_path_query(body, '$.tags[*]') FROM event ORDER BY id
SELECT id FROM event WHERE body @@ '$.user.id == 7'
SELECT id FROM event WHERE body @? '$.tags[*] ? (@ == "b")'
SELECT id FROM event ORDER BY body->'user', id
SELECT body->>'kind' AS k, count(*) FROM event GROUP BY k ORDER BY k
SELECT id FROM event WHERE raw = '{}'
SELECT id FROM event WHERE raw->>'b' = 1
SELECT id FROM event WHERE body.kind = 'x'
SELECT body->'a'->1->'b' FROM event WHERE body->>0 = '1'

== building
SELECT jsonb_build_object('a', 1, 'b', 'x', 'c', NULL, 'd', true, 'e', 1.50, 'f', ARRAY[1,2])
SELECT json_build_object('z', 1, 'a', 2), json_build_array(1, 'x', NULL), jsonb_build_array()
SELECT jsonb_build_object('a')
SELECT jsonb_build_object(NULL, 1)
SELECT to_jsonb('x'::text), to_jsonb(1.50), to_jsonb(true), to_jsonb(NULL::int), to_jsonb(ARRAY['a']), to_json('2024-01-01'::date)
SELECT to_jsonb('2024-01-01 10:00+00'::timestamptz), to_jsonb('2024-01-01 10:00:00.5'::timestamp), to_jsonb('1 day'::interval)
SELECT row_to_json(t) FROM (SELECT 1 AS a, 'x' AS b) t
SELECT to_jsonb(e) FROM event e WHERE id = 3
SELECT jsonb_agg(id ORDER BY id DESC), json_object_agg(id, body->>'kind' ORDER BY id) FROM event WHERE id < 4
SELECT jsonb_agg(e) FROM (SELECT id, body->>'kind' AS kind FROM event ORDER BY id LIMIT 2) e
SELECT '{"a": 1}'::jsonb || '{"b": 2, "a": 3}', '[1]'::jsonb || '2', '{"a": 1}'::jsonb || '[1]'
SELECT jsonb_set('{"a": {"b": 1}}', '{a,b}', '2'), jsonb_set('{"a": 1}', '{b}', '2'), jsonb_set('{"a": 1}', '{b}', '2', false), jsonb_set('{"a": 1}', '{x,y}', '2')
SELECT jsonb_set('{"a": 1}', '{a}', NULL), jsonb_insert('[1,2]', '{1}', '9'), jsonb_strip_nulls('{"a": null, "b": [null]}')
SELECT jsonb_pretty('{"a": [1, 2]}')
SELECT '{"a":1,"b":[1,2]}'::jsonb::text, '{"a":1,  "b":[1,2]}'::json::text
SELECT json_object('{a,1,b,2}'), jsonb_object('{a,b}', '{1,2}')
SELECT $1::jsonb->'a', $1::jsonb
    <- {'a': {'b': [1, None]}, 'c': 'é'}
SELECT $1::json
    <- [1, 'x', None]
SELECT $1::jsonb
    <- None
INSERT INTO event (body) VALUES ($1) RETURNING body
    <- {'when': 'now', 'n': 1.0, 'big': 12345678901234567890}
INSERT INTO event (body) VALUES ($1) RETURNING body
    <- '{"already": "text"}'
INSERT INTO event (body) VALUES ('{bad}')
INSERT INTO event (body) VALUES ('')
INSERT INTO event (body) VALUES ($1)
    <- {'x': nan}
UPDATE event SET body = body || $1 WHERE id = 1 RETURNING body->'ok', body->'extra'
    <- {'ok': 'replaced', 'extra': 1}
UPDATE event SET body = body - 'user' WHERE id = 1 RETURNING body ? 'user'
UPDATE event SET body['user'] = '"bob"' WHERE id = 2 RETURNING body->'user'
SELECT '"\u00e9\n"'::jsonb, '"\u0000"'::json
SELECT '"\u0000"'::jsonb
SELECT '{"a": 1}'::jsonb - 1
SELECT '5'::jsonb - 'a'
SELECT '{"a": 1}'::jsonb ->> 1.5
SELECT jsonb_set('1', '{a}', '2')
SELECT 1e400::numeric::text::jsonb IS NOT NULL, '1E+2'::jsonb, '-0'::jsonb, '0.10'::jsonb
SELECT jsonb_array_elements('{"a": 1}')
refused> SELECT jsonb_each('[1]')
SELECT json_array_length('5')
SELECT '[1, 2'::jsonb
SELECT '{"a": 1,}'::jsonb
SELECT 'nul'::jsonb
SELECT to_jsonb($1)
    <- 1
