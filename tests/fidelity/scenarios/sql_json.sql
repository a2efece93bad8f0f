# SQL/JSON: JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_TABLE, constructors, IS JSON; JSON as records.

== json_value
select json_value('{"a": 1.5}', '$.a' returning int)
select json_value('{"a": 1.5}', '$.a' returning int error on error)
select json_value('{"a": "abc"}', '$.a' returning varchar(2))
select json_value('{"a": "abc"}', '$.a' returning varchar(2) error on error)
select json_value('{"a": "abc"}', '$.a' returning char(5)), json_value('{"a": 1}', '$.a'), json_value('{"a": true}', '$.a' returning bool), json_value('{"a": null}', '$.a')
select json_value('{"a": [1,2]}', '$.a' error on error)
select json_value('{"a": [1,2]}', '$.a[*]' error on error)
select json_value('{"a": [1,2]}', '$.b' error on empty)
select json_value('{"a": [1,2]}', '$.b' default 'x' on empty), json_value('{"a": [1,2]}', '$.a' default 'y' on error)
select json_value('{"a": [1,2]}', 'strict $.b' error on error)
select json_value('{"a": 1}', '$.a' returning json), json_value('{"a": "x"}', '$.a' returning jsonb)
select json_value('{"a": "2024-01-01"}', '$.a' returning date), json_value('{"a": "2024-01-01"}', '$.a.datetime()'), json_value('{"a": "2024-01-01"}', '$.a.datetime()' returning date)
select json_value('{"a": 1}', '$.a' returning int[])
select json_value(NULL, '$.a'), json_value('{"a":1}', NULL)
select json_value('{"a":', '$.a')
select json_value('{"a":1}', '$.')
select json_value(1, '$')
select json_value('{"a":1}'::jsonb, '$.a' passing 1 as x), json_value('[1,2,3]', '$[*] ? (@ > $x)' passing 2 as x)
select json_value('[1,2,3]', '$[$x]' passing '1' as x)
select json_value('["2024-01-01"]', '$[*].datetime() ? (@ < $d)' passing '2024-06-01'::date as d)
select json_value('["2024-01-01"]', '$x' passing '{"a":1}'::jsonb as x returning text error on error)
select json_value('[1]', '$y')
select json_value('[1]', '$y' passing 1 as x error on error)
select json_value('[1]', '$y' passing 1 as "Y" null on error)
select json_value('{"a": 1}', '$.a' returning int default 'x' on error)
select json_value('{"a": 1}', '$.b' returning int default 7 on empty), json_value('{"a": 1}', '$.b' returning int default '7' on empty)
select json_value('{"a": 1}', '$.b' returning int default 1+1 on empty)
select json_value('{"a": 1}', '$.b' returning int default (select 1) on empty)
select json_value('{"a": 1}', '$.a' returning int empty array on error)
select json_value('{"a": 1}', '$.a' with wrapper)
select json_value(1)
select json_value('{"a": "x"}', '$.a' returning bytea), json_value('{"a": "x"}', '$.a' returning uuid), json_value('{"a": 1}', '$.a' returning numeric(5,2)), json_value('{"a": 1.555}', '$.a' returning numeric(5,2)), json_value('{"a": 1}', '$.a' returning float8)
select json_value('"2024-01-01 10:00:00+02"', '$.datetime()'), json_value('"2024-01-01 10:00:00"', '$.datetime()'), json_value('"10:00:00"', '$.datetime()')
select json_value('[1]', '$x' passing interval '1 day' as x)
select json_value('[1]', '$x' passing '\x00'::bytea as x)
select json_value('[1]', '$x' passing array[1] as x)
select json_value('[1]', '$x' passing null as x), json_value('[1]', '$x' passing 'abc'::varchar(5) as x), json_value('[1]', '$x' passing 1.50 as x), json_value('[1]', '$x' passing true as x),  json_value('[1]', '$x' passing 1e10::float8 as x)
select json_value('[1]', '$x' passing 1 as x, 2 as x)
select json_value('{"a":1}'::text, '$.a'), json_value('{"a":1}'::json, '$.a'), json_value('{"a":1}'::varchar(20), '$.a')
select json_value('{"a":1}'::bytea, '$.a')
select json_value(x, '$.a') from (values ('{"a":1}'), ('{"a"')) v(x)
select json_value('{"a":1}', 1)
select json_value('{"a":1}', p) from (values ('$.a'), ('$.b')) v(p)
select json_value('{"a":1}', p::jsonpath) from (values ('$.a'), ('$.b')) v(p)
select json_value('{"a":1}', '$.b' error on empty null on error)
select json_value('{"a":"x"}', '$.a' returning int default 1 on empty error on error)
select json_value('{"a":"x"}', '$.a' true on empty)
select json_value('{"a":"x"}', '$.a' returning nosuch)
select json_value('{"a": "x"}', '$.a' returning text format json)
select json_value('{"a":1}', '$.a') + 1
select json_value('{"a":1}', '$.a' returning int) + 1 as s

== json_query
select json_query('{"a": [1,2]}', '$.a'), json_query('{"a": [1,2]}', '$.a[*]'), json_query('{"a": [1,2]}', '$.a[*]' with wrapper)
select json_query('{"a": [1,2]}', '$.a[*]' error on error)
select json_query('{"a": 1}', '$.a' with conditional wrapper), json_query('{"a": [1]}', '$.a' with conditional wrapper), json_query('{"a": [1,2]}', '$.a[*]' with conditional wrapper), json_query('{"a": [1]}', '$.a' with unconditional wrapper), json_query('{"a": 1}', '$.a' without wrapper)
select json_query('{"a": "x"}', '$.a'), json_query('{"a": "x"}', '$.a' omit quotes), json_query('{"a": "x"}', '$.a' returning text), json_query('{"a": "x"}', '$.a' returning text omit quotes), json_query('{"a": "x"}', '$.a' returning text keep quotes)
select json_query('{"a": "x"}', '$.a' omit quotes error on error)
select json_query('{"a": "x"}', '$.a' with wrapper omit quotes)
select json_query('{"a": "x"}', '$.b'), json_query('{"a": "x"}', '$.b' empty array on empty), json_query('{"a": "x"}', '$.b' empty object on empty), json_query('{"a": "x"}', '$.b' default '[7]' on empty)
select json_query('{"a": "x"}', '$.b' error on empty)
select json_query('{"a": [1,2]}', '$.a' returning int[]), json_query('{"a": 5}', '$.a' returning int), json_query('{"a": [1,2]}', '$.a' returning int)
select json_query('{"a": [1,2]}', '$.a' returning int error on error)
select json_query('{"a": ["x",2]}', '$.a' returning int[] error on error)
select json_query('{"a": [1,2]}', '$.a' returning bytea), json_query('{"a": [1,2]}', '$.a' returning varchar(3))
select json_query('{"a": [1,2]}', '$.a' returning json), json_query('{"a": null}', '$.a'), json_query('{"a": null}', '$.a' returning text)
select json_query('{"a": "5"}', '$.a' returning int), json_query('{"a": "5"}', '$.a' returning numeric(4,2)), json_query('{"a": {"b":1}}', '$.a' returning bytea)
select json_query('{"a": "2024-01-01"}', '$.a' returning date)
select json_query('{"a": true}', '$.a' returning bool), json_query('{"a": "abc"}', '$.a' returning varchar(2)), json_query('{"a": "abc"}', '$.a' returning char(10))
select json_query('{"a": "abc"}', '$.a' returning text omit quotes), json_query('{"a": 5}', '$.a' returning text omit quotes), json_query('{"a": {"b":"c"}}', '$.a' returning text omit quotes), json_query('{"a": "[1]"}', '$.a' returning jsonb omit quotes)
select json_query('{"a": [1]}', '$.b' returning text empty array on empty), json_query('{"a": [1]}', '$.b' returning int[] empty array on empty), json_query('{"a": [1]}', '$.b' returning int empty array on empty)
select json_query('{"a": [1]}', '$.b' returning int empty array on empty error on error)
select json_query('{"a":"x"}', '$.a' true on error)
select json_query('{"a":"x"}', '$.a' empty on error)

== json_exists
select json_exists('{"a": 1}', '$.a'), json_exists('{"a": 1}', '$.b'), json_exists('{"a": 1}', 'strict $.b'), json_exists('{"a": 1}', 'strict $.b' true on error), json_exists('{"a": 1}', 'strict $.b' unknown on error), json_exists(NULL, '$')
select json_exists('{"a": 1}', 'strict $.b' error on error)
select json_exists('{"a": 1}', '$.a ? (@ > $x)' passing 0 as x)
select json_exists('{"a": 1}', '$.a' null on error)
select json_exists('{"a": 1}', '$.a' returning int)
select json_exists('{"a":"x"}', '$.a' true on empty)
select json_exists(jsonb '{"a": 1}', '$.a'), 1 where json_exists('{"a": 1}', '$.a')

== constructors
select json_object('a': 1, 'b' value 'x', 'c': null), json_object('a': 1, 'c': null absent on null), json_object('a': 1 returning jsonb), json_object(), json_object('a': '{"x":1}' format json)
select json_object('a': 1, 'a': 2), json_object('a': 1, 'a': 2 returning jsonb)
select json_object('a': 1, 'a': 2 with unique)
select json_object('a': 1, 'a': 2 with unique keys returning jsonb)
select json_object(null: 1)
select json_object(null: 1 returning jsonb)
select json_object(1: 1, true: 2, '2024-01-01'::date: 3)
select json_object('a': array[1,2], 'b': 1.50, 'c': now() is null, 'd': '{"x": 1}'::jsonb)
select json_object('a': 1 returning text), json_object('a': 1 returning bytea), json_object('a': 1 returning varchar(3))
select json_object('a': 1 returning int)
select json_object('{a,1,b,2}'::text[]), json_object('a', 'b')
select json_object('a': 'b' format json)
select json_array(1, 'x', null, true), json_array(1, null null on null), json_array(), json_array(1 returning jsonb), json_array('{"a":1}' format json, '[1]'::json), json_array(1, 2 returning text)
select json_array(select x from (values (2),(1),(null)) v(x) order by x), json_array(select 1 where false), json_array(select x from generate_series(1,3) x returning jsonb)
select json_array(select 1, 2)
select json_object('a': 1 format json)
select json_object('a': 'b' returning text format json encoding utf8)
select json_object(k: v) from (values ('x', 1), ('y', 2)) t(k,v)
select json_object('a' value 1, 'b' value array[1,2], 'c' value row(1,2))::text, json_array(1, 'a', null, 1.50)::text, json_array(1, 'a' returning jsonb)::text, json_object('a': 1, 'b': 'x' returning jsonb)::text
select json_object('a': 1 absent on null, 'b': 2)
select json_array(1, 2 absent on null null on null)
select json_object(x) from (values (array['a','1'])) t(x)
select json_object('a': 1, 'b': null absent on null with unique)::text
select json_object('a': 1, 'a': null absent on null with unique)::text
select json_object('a': 1, 'a': 2 absent on null returning jsonb)::text
select json_array(null, null), json_array(null returning jsonb)::text, json_array('[1,2]' format json returning jsonb)::text
select json_array(json_object('a': json_array(1)))::text
select json_array((select 1), (select 'x'))::text

== aggregates
select json_objectagg(k: v), json_objectagg(k: v absent on null), json_objectagg(k: v returning jsonb) from (values ('a',1),('b',null),('c',3)) t(k,v)
select json_objectagg(k: v with unique keys) from (values ('a',1),('a',2)) t(k,v)
select json_objectagg(k: v with unique keys returning jsonb) from (values ('a',1),('a',2)) t(k,v)
select json_objectagg(k: v absent on null with unique keys) from (values ('a',1),('b',null)) t(k,v)
select json_objectagg(k: v) from (values (null,1)) t(k,v)
select json_arrayagg(v) from (select 1 where false) t(v)
select k, json_arrayagg(v) over (partition by k) from (values ('a',2),('a',1),('b',3)) t(k,v) order by 1
select json_objectagg(k: v)::text, json_objectagg(k: v returning jsonb)::text, json_objectagg(k: v absent on null)::text, json_arrayagg(v)::text, json_arrayagg(v returning jsonb)::text from (values ('b',1),('a',null),('c',3)) t(k,v)
select json_arrayagg(distinct v) from (values (2),(2),(1)) t(v)
select json_objectagg('a', 1)

== serialize and scalar
select json('{"a": 1, "a": 2}'), json('{"a": 1}' with unique keys), json(null), json('{"a":1}'::jsonb), json('{"a": 1}'::text)
select json('{"a": 1, "a": 2}' with unique keys)
select json('{"a": ')
select json(1)
select json_scalar(1), json_scalar(1.50), json_scalar('x'), json_scalar(true), json_scalar(null), json_scalar('2024-01-01'::date), json_scalar('{"a":1}'::jsonb), json_scalar('2024-01-01 10:00'::timestamp)
refused> select json_serialize('{"a": 1}'), json_serialize('{"a" : 1 }'::jsonb), json_serialize('{"a": 1}' returning bytea), json_serialize('1' returning varchar(5)), json_serialize(null)
select json_serialize('{"a": 1}' returning int)
select json_serialize('{"a": ')
select json_serialize(1)
refused> select json_serialize(x) from (values ('{"a" : 1 }'::jsonb)) v(x)
select json_serialize('{"a" : 1 }'::json), json_serialize('{"a" : 1 }'::text), json_serialize(' 1 ' format json)
select json('{"a" : 1 }')::text, json('{"a" : 1 }'::jsonb)::text, json_scalar('a"b')::text, json_scalar(1.50)::text, json_scalar('{"a":1}'::json)::text
select json_scalar(array[1])

== is json
select v, v is json, v is json value, v is json scalar, v is json array, v is json object, v is not json from (values ('1'),('"a"'),('[1]'),('{"a":1}'),('x'),(''),(null)) t(v)
select '{"a":1,"a":2}' is json with unique keys, '{"a":1,"a":2}' is json without unique keys, '{"a":1,"b":{"c":1,"c":2}}' is json object with unique, '[{"a":1,"a":1}]' is json with unique
select '{"a":1}'::jsonb is json object, '[1]'::json is json array, '1'::jsonb is json scalar, '\x7b7d'::bytea is json
select 1 is json

== json_table
select * from json_table('[{"a":1,"b":"x"},{"a":2}]', '$[*]' columns (id for ordinality, a int, b text path '$.b', c text path '$.c' default 'none' on empty))
select * from json_table('{"x":[{"n":1,"k":[10,20]},{"n":2,"k":[]},{"n":3}]}', '$.x[*]' columns (n int, nested path '$.k[*]' columns (k int path '$', o for ordinality))) t
select * from json_table('{"x":[{"n":1,"k":[10,20],"l":["a"]},{"n":2}]}', '$.x[*]' columns (n int, nested path '$.k[*]' columns (k int path '$'), nested '$.l[*]' columns (l text path '$'))) t
select * from json_table('[{"a":1},{"b":2}]', '$[*]' columns (e bool exists path '$.a', e2 int exists path '$.b', e3 text exists path '$.a')) t
select * from json_table('[{"a":{"z":1}},{"a":[1,2]}]', '$[*]' columns (a jsonb, b json path '$.a', c text format json path '$.a', d jsonb path '$.a' with wrapper)) t
select * from json_table('[{"a":"x"}]', '$[*]' columns (a int)) t
select * from json_table('[{"a":"x"}]', '$[*]' columns (a int error on error)) t
select * from json_table('[{"a":"x"}]', '$[*]' columns (a int) error on error) t
select * from json_table('[{"a":"x"}]', '$[*]' columns (b int error on empty)) t
select * from json_table('{"a":"x"}', 'strict $.b[*]' columns (b int)) t
select * from json_table('{"a":"x"}', 'strict $.b[*]' columns (b int) error on error) t
select * from json_table('[1,2,3]', '$[*] ? (@ > $m)' passing 1 as m columns (v int path '$')) t
select * from json_table(null, '$[*]' columns (v int path '$')) t
select * from json_table('[1', '$[*]' columns (v int path '$')) t
select * from json_table('[1]', '$[*]' columns (v int path '$', v text path '$')) t
select t.v * 2 as d, x from (values ('[1,2]'::jsonb),('[3]')) s(x), json_table(s.x, '$[*]' columns (v int path '$')) t order by 1
select s.x, t.v from (values ('[1,2]'::jsonb),('[]')) s(x) left join json_table(s.x, '$[*]' columns (v int path '$')) t on true
select * from json_table('[1,2]', '$[*]' as p columns (v int path '$')) as jt(w)
select * from json_table('[1,2]', '$[*]' columns (v varchar(1) path '$', n numeric(4,1) path '$', a int[] path '$')) as jt
select * from json_table('[[1,2],[3]]', '$[*]' columns (a int[] path '$')) as jt
select * from json_table('[1]', '$[*]' columns (v int path '$' error on empty, nested path '$.a[*]' columns (v2 int)))
select * from json_table('[1]', '$[*]' columns (v int[] path '$.a' default '{7}' on empty, w jsonb path '$.a' empty object on empty, z text path '$' omit quotes))
select * from json_table('{"a":1}', '$' columns (a int path '$.a' null on empty null on error, b text exists))
select * from json_table('{"a":1}', '$' columns (a date exists))
select * from json_table('{"a":1}', '$' columns (a nosuch))
select * from json_table('{"a":1}', '$.' columns (a int))
select * from json_table('{"a":1}', '$' columns (a int) null on error)
select * from json_table('{"a":1}', '$' columns (a int) empty on error)
select * from json_table('{"a":1}', '$' columns (a int path '$.x[' ))
select * from json_table('{"a":1}', '$' as x columns (x int))
select * from json_table('{"A B":1}', '$' columns ("A B" int)) as "T"
select a.*, b.v from json_table('{"a":[1,2]}', '$' columns (a jsonb)) a, json_table(a.a, '$[*]' columns (v int path '$')) b
select count(*) from json_table('[1,2,3]', '$[*]' columns (v int path '$')) where v > 1
select * from json_table(1, '$' columns (a int))

== records
select * from jsonb_to_record('{"a":1,"b":"x","c":[1,2],"d":{"e":1},"f":null}') as x(a int, b text, c int[], d jsonb, f int, g text)
select * from jsonb_to_record('[1]') as x(a int)
select * from jsonb_to_record('1') as x(a int)
select * from jsonb_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]') as x(a int, b text)
select * from json_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]') as x(a int, b text)
select * from jsonb_to_recordset('{"a":1}') as x(a int)
select * from json_to_recordset('{"a":1}') as x(a int)
select * from jsonb_to_recordset('[1]') as x(a int)
select * from json_to_recordset('[1]') as x(a int)
select * from jsonb_to_recordset('1') as x(a int)
select * from json_to_record('[1]') as x(a int)
select * from jsonb_to_record('{"a":"x"}') as x(a int)
select * from jsonb_to_record('{"a":[1,"x"]}') as x(a int[])
select * from jsonb_to_record('{"a":5}') as x(a int[])
select * from jsonb_to_record('{"a":"{1,2}"}') as x(a int[])
select * from jsonb_to_record('{"a":[[1,2],[3]]}') as x(a int[])
select * from jsonb_to_record('{"a":[[1,2],[3,4]]}') as x(a int[])
select * from jsonb_to_record('{"a":[[1,2],3]}') as x(a int[])
select * from jsonb_to_record('{"a":{"b":1}, "b":"long text", "c": 1.555, "d": true}') as x(a text, b varchar(4), c numeric(4,2), d int)
select * from jsonb_to_record('{"a":{"b":1}, "c": 1.555, "d": true}') as x(a text, c numeric(4,2), d bool)
select * from jsonb_to_record(null) as x(a int)
select * from jsonb_to_recordset(null) as x(a int)
select * from jsonb_to_record('{"a":1}')
select jsonb_to_record('{"a":1}')
select * from jsonb_to_recordset('[{"a":1}]') with ordinality as x(a int)
select x.a, t.b from jsonb_to_recordset('[{"a":1}]') as x(a int), jsonb_to_record('{"b":2}') as t(b int)
select * from json_to_record('{"a": {"x" :  1}, "b" : "y", "a": 2}') as x(a json, b text)

== records of a table
+ create table pr (a int, b text, c jsonb)
select * from jsonb_populate_record(null::pr, '{"a":1,"b":"x","c":{"z":[1]}}')
select * from jsonb_populate_recordset(null::pr, '[{"a":1,"b":"x"},{"c":5}]')
select (jsonb_populate_record(null::pr, '{"a":1,"b":"x"}')).b
select jsonb_populate_record(null::pr, '{"a":1,"b":"x"}')
insert into pr select * from jsonb_populate_record(null::pr, '{"a":1,"b":"x"}') returning *
select * from jsonb_populate_record(row(1,'q',null)::pr, '{"b":"x"}')
select row_to_json(pr) from pr
select to_jsonb(pr) from pr

== in constraints and indexes
create table cj (a text check (a is json), b text check (b is json object with unique keys), c jsonb check (json_exists(c, '$.id')), d text default json_value('{"a":1}', '$.a'))
insert into cj (a) values ('x')
insert into cj (b) values ('[]')
insert into cj (c) values ('{}')
insert into cj (a, b, c) values ('1', '{}', '{"id":1}') returning *
create index on cj ((c->>'id'))
select * from cj where c @> '{"id":1}'

== returning arrays
select json_value('{"a":"{1,2}"}', '$.a' returning int[]), json_value('{"a":"{1,2}"}', '$.a' returning int[] omit quotes)
select json_value('{"a":"{1,2}"}', '$.a' returning int[] error on error)
select json_value('{"a":5}', '$.a' returning int[] error on error)

== records of a composite type
+ create type ab as (a int, b int[])
select jsonb_populate_record_valid(null::ab, '{"a":1}'), jsonb_populate_record_valid(null::ab, '{"a":"x"}'), jsonb_populate_record_valid(null::ab, '{"b":5}'), jsonb_populate_record_valid(null::ab, null)
select jsonb_populate_record_valid(null::ab, '[1]')
select * from jsonb_populate_record(null::ab, '{"a":1,"b":[1,2]}')
select * from json_populate_recordset(null::ab, '[{"a":1,"b":[1,2]}, {"b":null}]')
select (jsonb_populate_record(row(1,'{5}')::ab, '{"a":9}')).*
SELECT json_populate_record(row(1,2), '{"f1": 0, "f2": 1}')
create domain posint as int check (value > 0)
refused> select * from jsonb_to_record('{"a":-1}') as x(a posint)
create type pd as (p posint)
refused> select * from jsonb_populate_record(null::pd, '{"p":-1}')
create table tp (id int, p posint)
refused> select * from jsonb_populate_record(null::tp, '{"p":-1}')

== composite types
+ create type pp as (a int, b text)
select json_query('{"x":{"a":1,"b":"z"}}', '$.x' returning pp)
select (json_query('{"x":{"a":1,"b":"z"}}', '$.x' returning pp)).b
select json_value('{"x":"(1,z)"}', '$.x' returning pp)
select * from json_table('[{"p":{"a":1,"b":"q"}}]', '$[*]' columns (p pp path '$.p')) t
select json_object('a': null::pp, 'b': row(1,2))::text
select jsonb_agg(p), json_agg(p)::text from (values (row(1,'a')::pp), (null)) v(p)
select to_jsonb(row(1,'x',null)), jsonb_build_object('r', row(1,2))
