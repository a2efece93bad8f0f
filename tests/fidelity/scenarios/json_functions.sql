# The functions and operators of json and jsonb, the errors of malformed texts, subscripts.

== taking apart
select '"a\u0000b"'::json->>0, '{"a":"x\u0000"}'::json->'a'
select '{"a":"x\u0000"}'::json->>'a'
select '{"a":"\u00e9"}'::json->>'a', '{"a":"\u00e9"}'::json->'a'
select '{"a\u0041": 1}'::json->'aA', '{"a":1,"a":2}'::json->'a', '{"a":1,"a":2}'::json->>'a'
select '[1,2,3]'::json->-1, '[1,2,3]'::json->3, '{"a":1}'::json->0, '1'::json->0, '"x"'::json->'a', '1'::json->>'a'
select '[1,2,3]'::jsonb->-1, '[1,2,3]'::jsonb->3, '{"a":1}'::jsonb->0, '1'::jsonb->0, '1'::jsonb->-1, '"x"'::jsonb->'a'
select '{"a":{"b":[1,{"c":null}]}}'::json#>'{a,b,1}', '{"a":{"b":[1,{"c":null}]}}'::json#>>'{a,b,1,c}', '{"a":1}'::json#>'{}', '{"a":1}'::jsonb#>'{}', '"x"'::jsonb#>>'{}', '"x"'::json#>>'{}'
select '{"a":[1,2]}'::jsonb#>'{a,x}', '{"a":[1,2]}'::jsonb#>'{a,-1}', '{"a":[1,2]}'::jsonb#>'{a,1.0}', '{"a":[1,2]}'::jsonb#>array['a',null]
select '{"a": null}'::jsonb->>'a', '{"a": null}'::json->>'a', '{"a": null}'::jsonb->'a', 'null'::jsonb->>0
select json_typeof(x::json), jsonb_typeof(x::jsonb) from (values ('1'),('"a"'),('null'),('true'),('[]'),('{}')) v(x)
select json_array_length('[1,[2],3]'), jsonb_array_length('[]')
select json_array_length('{}')
select json_array_length('1')
select jsonb_array_length('{}')
select jsonb_array_length('1')
select json_extract_path('{"a":{"b":1}}', 'a', 'b'), json_extract_path_text('{"a":["x"]}', 'a', '0'), jsonb_extract_path('{"a":{"b":1}}', 'a'), jsonb_extract_path_text('{"a":{"b":"y"}}', 'a', 'b'), jsonb_extract_path('{"a":1}', 'a', 'b')
select json_extract_path('{"a":{"b":1}}', variadic array['a','b'])
select jsonb_extract_path('{"[a":{"b":1}}', '[a')
select '{"a":1}'::json = '{"a":1}'::json
select jsonb_object_field('{"a":1}','a'), jsonb_object_field_text('{"a":"x"}','a'), jsonb_array_element('[1,2]',1), jsonb_array_element_text('["x"]',0), json_object_field('{"a":1}','a'), json_array_element_text('["x"]',0)
select '{"a":1}'::jsonb + 1
select '{"a":1}'::jsonb -> 1.5
select '{"a":1}'::jsonb -> null, '{"a":1}'::jsonb ->> null
select '{"b":1,"a":{"z":1,"y":2},"ccc":3,"dd":4}'::jsonb::text, '{"b":1,"b":2}'::json::text, '[1.0, 1.00, -0, -0.0, 1e2]'::jsonb::text, '"\u00e9\n\t\/"'::jsonb::text, '"\u001f\u007f"'::jsonb::text
select jsonb '{"a":1}', json '{"a":  1}'::text

== comparison
select '1'::jsonb = '1.0'::jsonb, '{"a":1,"b":2}'::jsonb = '{"b":2.0,"a":1}'::jsonb, '[1,2]'::jsonb < '[1,3]'::jsonb, '{}'::jsonb < '[]'::jsonb, '[]'::jsonb < 'null'::jsonb, '"a"'::jsonb < '1'::jsonb, 'true'::jsonb > '1'::jsonb, 'false' < 'true'::jsonb
select x from (values ('1'::jsonb),('"a"'),('null'),('true'),('[]'),('{}'),('[1]'),('{"a":1}'),('"b"'),('1.5'),('[1,2]'),('[[]]'),('{"b":0}'),('{"aa":1}'),('false'),('[null]'),('["a"]')) v(x) order by x
select count(distinct x), count(*) from (values ('1'::jsonb),('1.0'),('1.00'),('{"a":1}'),('{"a":1.0}')) v(x)
select x, count(*) from (values ('1'::jsonb),('1.0'),('{"a":1}'),('{"a":1.0}')) v(x) group by x order by x
select a.x, b.x from (values ('1'::jsonb),('[1]')) a(x) join (values ('1.0'::jsonb),('[1.0]')) b(x) on a.x = b.x order by 1
select '{"a":1}'::jsonb <@ '{"a":1,"b":2}', '[1,1]'::jsonb @> '[1]', '[1]'::jsonb @> '[1,1]', '{"a":[1]}'::jsonb @> '{"a":1}', '{"a":1}'::jsonb @> '[1]'
select distinct x from (values ('{"a":1}'::json)) v(x)
select x from (values ('{"a":1}'::json)) v(x) order by x
select max(x) from (values ('{"a":1}'::jsonb)) v(x)
select greatest('1'::jsonb, '2'), least('"a"'::jsonb, '1'), coalesce(null::jsonb, '1')
select jsonb_path_exists_opr('{"a":1}', '$.a'), jsonb_cmp('1','2'), jsonb_eq('1','1.0'), jsonb_lt('1','2'), jsonb_contained('{}','{"a":1}')

== containment
select '{"a":[1,2,{"b":3}]}'::jsonb @> '{"a":[{"b":3}]}', '[1,2,3]'::jsonb @> '[3,1]', '[1,2,3]'::jsonb @> '3', '{"a":1}'::jsonb @> '{}', '[1]'::jsonb @> '[]', '[[1,2]]'::jsonb @> '[1]', '"a"'::jsonb @> '"a"', '[1,[2]]'::jsonb @> '[[2]]', '1'::jsonb @> '1.0', '{"a":{}}'::jsonb @> '{"a":{}}', '3'::jsonb @> '[3]'
select '{"a":1}'::jsonb ? 'a', '["a","b"]'::jsonb ? 'b', '"a"'::jsonb ? 'a', '[1]'::jsonb ? '1', '{"a":1}'::jsonb ?| array['x','a'], '{"a":1}'::jsonb ?& array['x','a'], '{"a":1}'::jsonb ?& '{}', '{"a":1}'::jsonb ?| array[null,'a'], '1'::jsonb ? '1'

== changing
select '{"a":1}'::jsonb || '{"b":2}', '[1]'::jsonb || '2', '1'::jsonb || '2', '{"a":1}'::jsonb || '[2]', '[2]'::jsonb || '{"a":1}', '{}'::jsonb || '1', '[]'::jsonb || '[]', '"a"'::jsonb || '{"a":1}'
select '{"a":1}'::jsonb || null
select '{"a":1,"b":2}'::jsonb - 'a', '["a","b","a"]'::jsonb - 'a', '{"a":1,"b":2}'::jsonb - '{a,b}'::text[], '[1,2,3]'::jsonb - 1, '[1,2,3]'::jsonb - -1, '[1,2,3]'::jsonb - 9
select '"a"'::jsonb - 'a'
select '1'::jsonb - 0
select '{"a":1}'::jsonb - 0
select '"a"'::jsonb - '{a}'::text[]
select '{"a":{"b":[1,2]}}'::jsonb #- '{a,b,0}', '{"a":{"b":[1,2]}}'::jsonb #- '{a,b,-1}', '{"a":1}'::jsonb #- '{x,y}', '[1,2]'::jsonb #- '{0}', '{"a":1}'::jsonb #- '{}'
select '[1,2]'::jsonb #- '{a}'
select '1'::jsonb #- '{a}'
select '{"a":1}'::jsonb #- array['a',null]
select '{"a":1}'::jsonb #- array[null]::text[]
select jsonb_set('{"a":[1,2]}', '{a,0}', '9'), jsonb_set('{"a":[1,2]}', '{a,9}', '9'), jsonb_set('{"a":[1,2]}', '{a,-9}', '9'), jsonb_set('{"a":[1,2]}', '{a,9}', '9', false), jsonb_set('{"a":1}', '{a,b}', '2'), jsonb_set('{"a":1}', '{}', '2')
select jsonb_set('{"a":[1,2]}', '{a,x}', '9')
select jsonb_set('1', '{a}', '9')
select jsonb_set('{"a":1}', '{b,null}', '9')
select jsonb_set('{"a":1}', array['b',null], '9')
select jsonb_set(null, '{a}', '9'), jsonb_set('{}', null, '9'), jsonb_set('{}', '{a}', null), jsonb_set('[]', '{0}', '1'), jsonb_set('[]', '{-1}', '1'), jsonb_set('{}', '{a,b,c}', '1')
select jsonb_set_lax('{"a":1}', '{a}', null), jsonb_set_lax('{"a":1}', '{a}', null, true, 'delete_key'), jsonb_set_lax('{"a":1}', '{a}', null, true, 'return_target'), jsonb_set_lax('{"a":1}', '{a}', '5', true, 'raise_exception')
select jsonb_set_lax('{"a":1}', '{a}', null, true, 'raise_exception')
select jsonb_set_lax('{"a":1}', '{a}', null, true, 'nonsense')
select jsonb_set_lax('{"a":1}', '{a}', null, true, null)
select jsonb_insert('{"a":[1,2]}', '{a,1}', '9'), jsonb_insert('{"a":[1,2]}', '{a,1}', '9', true), jsonb_insert('{"a":[1,2]}', '{a,-1}', '9'), jsonb_insert('{"a":[1,2]}', '{a,-1}', '9', true), jsonb_insert('{"a":1}', '{b}', '2'), jsonb_insert('[1]', '{5}', '2'), jsonb_insert('[1]', '{-5}', '2')
select jsonb_insert('{"a":1}', '{a}', '2')
select jsonb_insert('{"a":{"b":1}}', '{a,b}', '2')
select jsonb_pretty('{"a":[1,{"b":[]}],"c":{}}'), jsonb_pretty('[]'), jsonb_pretty('1'), jsonb_pretty('[[1],[]]')
select jsonb_strip_nulls('{"a":null,"b":[null,{"c":null}]}'), jsonb_strip_nulls('{"a":null,"b":[null,{"c":null}]}', true), json_strip_nulls('{"a": null, "b" : [null, {"c":null}] }')::text, json_strip_nulls('{"a":null,"b":[null,1]}', true)::text, jsonb_strip_nulls('null'), jsonb_strip_nulls('[null]', true)
select '{"a":1}'::jsonb::varchar(3), '{"a":1}'::json::text || 'x', length('{"a":1}'::jsonb::text)
select '{"a": 1}' || '{"b": 2}'::jsonb
select '[1,2]'::jsonb - '1'

== rows
select * from json_each('{"a": 1, "b" : [1, 2], "a": null}')
select * from jsonb_each('{"bb":1,"a":[1,2],"a":null}')
select * from json_each_text('{"a":"x","b":null,"c":{"d":1}}')
select * from jsonb_each_text('{"a":"x","b":null,"c":{"d":1}}')
select * from jsonb_each('[1]')
select * from json_each('[1]')
select * from json_each('1')
select * from jsonb_each_text('1')
select * from jsonb_array_elements('{"a":1}')
select * from json_array_elements('{"a":1}')
select * from json_array_elements('1')
select * from jsonb_array_elements_text('"a"')
select * from jsonb_array_elements('[1,"a",null,[2],{"b":3}]')
select * from json_array_elements_text('[1,"a",null,[2, 3],{"b" : 3}]')
select json_object_keys('{"b":1,"a":2,"b":3}')
select json_object_keys('[1]')
select jsonb_object_keys('1')
select json_object_keys('1')

== casts
select json_object('{a,1,b,2}')::text, json_object('{{a,1},{b,2}}')::text, jsonb_object('{b,1,a,null}'), json_object('{a,b}', '{1,NULL}')::text, json_object('{}')::text
select json_build_object('a', 1, 'b', null, 'c', array[1,2], 'd', '{"x": 1}'::json, 'e', 1.50, 'f', 'x'::text, 'g', true, 'h', '2024-01-01'::date)::text
select json_build_object(1, 2, true, 3, 1.5, 4)::text, jsonb_build_object(1, 2, true, 3, 1.5, 4)
select json_build_array(1, 'a', null, array['x'])::text, jsonb_build_array(1, 'a', null), json_build_array(), json_build_array(variadic array[1,2])::text
select to_json(1), to_json('a"b'::text)::text, to_json(1.50)::text, to_json(true), to_json(null::int), to_json(array[1,2])::text, to_json(array[[1,2],[3,4]])::text, to_json('2024-01-01 10:00'::timestamp)::text, to_json('1 day'::interval)::text, to_json('\x01'::bytea)::text, to_json('infinity'::date)::text
select to_jsonb('NaN'::float8), to_jsonb('NaN'::numeric), to_jsonb(1e20::float8)::text, to_json(1e20::float8)::text, to_jsonb(1.0::float4)::text, to_jsonb(1e-7::float8)::text
select array_to_json('{1,2}'::int[])::text, array_to_json('{{1,2},{3,4}}'::int[], true)::text, array_to_json(array['a',null])::text, array_to_json('{}'::int[])::text
select row_to_json(row(1,'a'))::text, row_to_json(row(1,'a'), true)::text
select row_to_json(t)::text, row_to_json(t, true)::text, to_jsonb(t)::text from (select 1 as a, 'x' as b, array[1] as c, null as d) t
select ('1'::jsonb)::int, ('1.5'::jsonb)::int, ('1.5'::jsonb)::numeric, ('1'::jsonb)::float8, ('true'::jsonb)::bool, ('"a"'::jsonb)::text, ('null'::jsonb)::int
select ('"1"'::jsonb)::int
select ('[1]'::jsonb)::int
select ('{}'::jsonb)::bool
select ('true'::jsonb)::int
select ('1'::jsonb)::bool
select ('99999999999'::jsonb)::int
select ('"a"'::json)::int
select 1::jsonb
select 'a'::text::jsonb
select '{"é":1,"zz":2,"a":3}'::jsonb::text, '{"": 1, "a": 2}'::jsonb

== building
select json_object('{a,1,b}')
select json_object('{{a,1,x}}')
select json_object('{a,b}', '{1}')
select json_object('{a,null}', '{1,2}')
select json_object(array[[['a','b']]])
select json_object(null), json_object('{NULL,1}')
select json_build_object('a')
select json_build_object(null, 1)
select jsonb_build_object(null, 1)
select jsonb_build_object('a', 1, null, 2)
select json_build_object(array[1], 2)
select jsonb_build_object(array[1], 2)
select json_build_object('{"a":1}'::json, 2)
select jsonb_build_object('{"a":1}'::jsonb, 2)
select to_json('a')

== aggregates
select json_agg(t)::text from (select 1 as a, 'x' as b union all select 2, null) t
select jsonb_agg(t) from (select 1 as a, 'x' as b union all select 2, null) t
select json_agg(x)::text, jsonb_agg(x)::text from (values (1),(null),(3)) v(x)
select json_agg(x)::text, json_agg(x::text)::text from (values (array[1]),(array[2,3])) v(x)
select json_object_agg(k, v)::text, jsonb_object_agg(k, v)::text from (values ('b',1),('a',null),('b',3)) t(k,v)
select json_object_agg(k, v) from (values (null,1)) t(k,v)
select jsonb_object_agg(k, v) from (values (null,1)) t(k,v)
select json_object_agg_unique(k, v) from (values ('a',1),('a',2)) t(k,v)
select jsonb_object_agg_strict(k, v), json_object_agg_strict(k, v)::text from (values ('a',1),('b',null)) t(k,v)
select json_agg_strict(x)::text, jsonb_agg_strict(x) from (values (1),(null)) v(x)
select json_agg(x) from (select 1 where false) v(x)

== texts of json
select ''::json::text
select '{'::json::text
select '}'::json::text
select '['::json::text
select ']'::json::text
select '{"a"'::json::text
select '{"a":'::json::text
select '{"a":1'::json::text
select '{"a":1,'::json::text
select '{"a":1,}'::json::text
select '{a:1}'::json::text
select '{''a'':1}'::json::text
select '[1,]'::json::text
select '[1 2]'::json::text
select '[,1]'::json::text
select '{"a" 1}'::json::text
select '{"a":1 "b":2}'::json::text
select '{,}'::json::text
select '{1:2}'::json::text
select '{"a":}'::json::text
select 'nul'::json::text
select 'True'::json::text
select 'tru'::json::text
select '1.'::json::text
select '.5'::json::text
select '01'::json::text
select '-'::json::text
select '+1'::json::text
select '1e'::json::text
select '1e+'::json::text
select '1.5e3'::json::text
select '-0'::json::text
select '0.0'::json::text
select '1.0e-5'::json::text
select '"abc'::json::text
select '"a\q"'::json::text
select '"\u12"'::json::text
select '"\u00e9"'::json::text
select '"\ud83d\ude00"'::json::text
select '"\ud83d"'::json::text
select '"\ude00"'::json::text
select '"\ud83dx"'::json::text
select '"\ud83d\ud83d"'::json::text
select '"\u0000"'::json::text
select '"a\u0000b"'::json::text
select '"\\u0000"'::json::text
select '{"\u0000":1}'::json::text
select '"tab	x"'::json::text
select '[1] x'::json::text
select '{} {}'::json::text
select '1 2'::json::text
select '1,2'::json::text
select '"a""b"'::json::text
select '[[[[[]]]]]'::json::text
select '{"a":{"b":{"c":}}}'::json::text
select '[1,2'::json::text
select '[1,{"a":2'::json::text
select '   '::json::text
select 'abc def'::json::text
select 'a1.2'::json::text
select '1a'::json::text
select '--1'::json::text
select 'é'::json::text
select '"é'::json::text
select '{"a":1e400}'::json::text
select '1e131073'::json::text
select '{"a":1,"a":2}'::json::text
select '{"b":1,"aa":2,"a":3}'::json::text
select 'NaN'::json::text
select 'Infinity'::json::text
select '/*x*/1'::json::text
select '# '::json::text
select '''x'''::json::text
select '[1}'::json::text
select '{"a":1]'::json::text
select ':'::json::text
select ','::json::text
select '{"a"::1}'::json::text
select '[:]'::json::text
select '{"a",1}'::json::text
select 'nullx'::json::text
select 'truefalse'::json::text
select '1.2.3'::json::text
select '0x10'::json::text
select '{null:1}'::json::text
select '[null,true,false]'::json::text
select '"\b\f\n\r\t\/\\\""'::json::text
select '"\x"'::json::text
select '123456789012345678901234567890.12345678901234567890'::json::text
select '-1.5E-3'::json::text
select '1E5'::json::text
select '[1.10,2.0]'::json::text
select '{"a": "\u0041"}'::json::text
select '{"x":"\""}'::json::text

== texts of jsonb
select ''::jsonb::text
select '{'::jsonb::text
select '}'::jsonb::text
select '['::jsonb::text
select ']'::jsonb::text
select '{"a"'::jsonb::text
select '{"a":'::jsonb::text
select '{"a":1'::jsonb::text
select '{"a":1,'::jsonb::text
select '{"a":1,}'::jsonb::text
select '{a:1}'::jsonb::text
select '{''a'':1}'::jsonb::text
select '[1,]'::jsonb::text
select '[1 2]'::jsonb::text
select '[,1]'::jsonb::text
select '{"a" 1}'::jsonb::text
select '{"a":1 "b":2}'::jsonb::text
select '{,}'::jsonb::text
select '{1:2}'::jsonb::text
select '{"a":}'::jsonb::text
select 'nul'::jsonb::text
select 'True'::jsonb::text
select 'tru'::jsonb::text
select '1.'::jsonb::text
select '.5'::jsonb::text
select '01'::jsonb::text
select '-'::jsonb::text
select '+1'::jsonb::text
select '1e'::jsonb::text
select '1e+'::jsonb::text
select '1.5e3'::jsonb::text
select '-0'::jsonb::text
select '0.0'::jsonb::text
select '1.0e-5'::jsonb::text
select '"abc'::jsonb::text
select '"a\q"'::jsonb::text
select '"\u12"'::jsonb::text
select '"\u00e9"'::jsonb::text
select '"\ud83d\ude00"'::jsonb::text
select '"\ud83d"'::jsonb::text

== subscripts
+ create table d (id int primary key, data jsonb, tags int[])
+ insert into d values (1, '{"a": {"b": 1}, "l": [1,2]}', '{1,2,3}'), (2, null, null), (3, '[1]', '{}')
update d set data['a']['b'] = '5' where id = 1 returning data
update d set data['a']['c'] = '"x"', data['new'] = 'true' where id = 1 returning data
update d set data['l'][0] = '9' where id = 1 returning data
update d set data['l'][5] = '9' where id = 1 returning data
update d set data['l'][-1] = '8' where id = 1 returning data
update d set data['q']['w']['e'] = '1' where id = 1 returning data
update d set data['n'][2] = '1' where id = 1 returning data
update d set data['a'] = '1' where id = 2 returning data
update d set data[0] = '1' where id = 2 returning data
update d set data['a'] = null where id = 3 returning data
update d set data[0] = null where id = 3 returning data
update d set data['a']['b']['c'] = '1' where id = 1 returning data
update d set data[0]['b'] = '1' where id = 3 returning data
update d set data['a'] = 'nojson' where id = 1 returning data
update d set data['a'] = 5 where id = 1 returning data
update d set data['a'] = to_jsonb(id) where id = 1 returning data
update d set data['a'] = data->'l' where id = 1 returning data
update d set data['l'][-10] = '1' where id = 1 returning data
update d set data[1.5] = '1' where id = 1 returning data
update d set data[null] = '1' where id = 1 returning data
update d set data['a':'b'] = '1' where id = 1 returning data
update d set tags[1] = 10 where id = 1 returning tags
update d set tags[5] = 10 where id = 1 returning tags
update d set tags[2:3] = '{7,8}' where id = 1 returning tags
update d set tags[1] = 10 where id = 2 returning tags
update d set tags[1] = 'x' where id = 2 returning tags
refused> update d set id[1] = 10 where id = 2
update d set data['a'] = $1 where id = 1 returning data
    <- {"x": 1}
update d set data['a'] = '1', data = '{}' where id = 1
update d set data = '{}', data['a'] = '1' where id = 1
select data['a'], data['l'][0], data['zz'], data['l']['0'], data['a']['b'] from d where id = 1
select data[null], data[1.5] from d where id = 1
select ('[1,2,3]'::jsonb)[1], ('[1,2,3]'::jsonb)['1'], ('{"1": 5}'::jsonb)[1], ('[1,2,3]'::jsonb)[-1], ('"a"'::jsonb)[0]
select ('[1,2,3]'::jsonb)[1:2]
select ('[1]'::json)[1]
select data['a'] from d where data['id'] = '1'
update d set data['a']['b'] = data['l'] || '[7]', tags = null where id = 1 returning data
refused> insert into d (id, data['a']) values (9, '1')

== indexed
+ CREATE TABLE doc (id int, body jsonb)
CREATE INDEX ON doc USING gin (body)
CREATE INDEX docs_path ON doc USING gin (body jsonb_path_ops)
CREATE UNIQUE INDEX ON doc ((body->>'id'))
INSERT INTO doc VALUES (1, '{"id": 1}'), (2, '{"id": 2, "tags": ["a"]}')
INSERT INTO doc VALUES (3, '{"id": 1}')
SELECT id FROM doc WHERE body @> '{"tags": ["a"]}'
SELECT id FROM doc WHERE body @> ANY (ARRAY['{"id": 1}', '{"id": 7}']::jsonb[])
SELECT id FROM doc WHERE body ? ANY (ARRAY['x', 'tags'])
CREATE UNIQUE INDEX ON doc (body)
INSERT INTO doc VALUES (4, '{"id": 2.0, "tags": ["a"]}')
CREATE TABLE nope (j json UNIQUE)
CREATE INDEX ON doc ((body->'tags'), id)

== functions behind the operators
select jsonb_delete('{"a":1 , "b":2, "c":3}'::jsonb, 'a')
select json_object('{{a,1},{b,2}}', '{{a,1},{b,2}}')
select json_build_array(variadic '{{1,4},{2,5}}'::int[][]), jsonb_build_array(variadic '{{1,4},{2,5}}'::int[][])
select jsonb_build_object(variadic '{a,b,c,d}'::text[]), json_build_object(variadic '{a,b}'::text[])::text
select jsonb_build_object(variadic '{a,b,c}'::text[])
select ('[1, "2", null]'::jsonb)[:]
select * from json_to_record('{"ia": [1, "2", null, 4]}') as x(ia _int4)

== as applications use it
create table items (id serial primary key, data jsonb not null default '{}', tags jsonb generated always as (data->'tags') stored)
insert into items (data) values ('{"tags":["a","b"],"n":1}'), ('{"tags":[],"n":2.50}') returning id, tags
update items set data = jsonb_set(data, '{n}', to_jsonb((data->>'n')::numeric + 1)) returning data
update items set data = data || jsonb_build_object('seen', true) where data->'tags' ? 'a' returning data
select id, tag from items, jsonb_array_elements_text(data->'tags') with ordinality as t(tag, n) order by id, n
select id from items where data->>'n' ~ '^\d+$' order by id
select jsonb_object_agg(key, value) from items, jsonb_each(data) where id = 1
select id, data - '{n,seen}'::text[] from items order by id
select data->'tags'->>0 as first, count(*) from items group by 1 order by 1 nulls last
select avg((data->>'n')::numeric), sum((data->'n')::int) from items
select id from items order by data->'n' desc, id
select id from items where (data->'n')::numeric between 1 and 3 order by id
select * from items i left join lateral jsonb_to_recordset(i.data->'list') as x(a int) on true where i.id = 1
select data @> $1 from items where id = 1
    <- {'n': 2}
select data->$1 from items where id = 1
    <- 'n'
select data->>$1 from items where id = 1
    <- 'n'
select data #>> $1 from items where id = 1
    <- ['tags', '0']

== parameters
select jsonb_build_object('a', $1::int, 'b', $2::text)
    <- 1, 'x'
select jsonb_build_object('a', $1)
    <- 1
select $1::jsonb || $2::jsonb
    <- {'a': 1}, {'b': 2}
select jsonb_set('{}', '{a}', $1)
    <- 5
select json_build_object('x', $1::timestamptz)
    <- datetime.datetime(2024,1,1,tzinfo=datetime.timezone.utc)
select json_value($1, '$.a')
    <- '{"a":1}'
select json_value($1::jsonb, '$.a' returning int)
    <- {'a': 1}
select json_exists($1::jsonb, '$.a ? (@ > $x)' passing $2::int as x)
    <- {'a': 1}, 0
select jsonb_path_query($1, $2)
    <- {'a': 1}, '$.a'
select json_object($1: $2)
    <- 'a', 'b'
select json_object('k': $1::int returning jsonb)
    <- 5

== sets and aggregates
select json_object_agg(k, v order by k desc)::text from (values ('a',1),('b',2)) t(k,v)
select jsonb_object_agg(k, v) filter (where v > 1) from (values ('a',1),('b',2)) t(k,v)
select k, jsonb_agg(v order by v desc) from (values ('a',1),('a',2),('b',3)) t(k,v) group by k order by k
select json_arrayagg(distinct_v order by distinct_v) from (select distinct v as distinct_v from (values (2),(1),(2)) t(v)) s
with x as (select jsonb_array_elements('[1,2,3]') as v) select v, v::int * 2 from x order by 1
refused> select jsonb_each('{"a":1}'), 1
select (jsonb_each_text('{"a":"x","b":"y"}')).*
select (jsonb_each('{"a":1}')).key
