# jsonpath: its text, its operators and functions.

== accessors
select jsonb_path_query('{"a": [1, 2, {"b": 3}]}', '$.a[*]')
select jsonb_path_query('{"a": [1, 2, {"b": 3}]}', '$.a.b'), 1
select jsonb_path_query('{"a": [1, 2, {"b": 3}]}', 'strict $.a.b')
select jsonb_path_query('{"a": 1}', 'strict $.b')
select jsonb_path_query('{"a": 1}', 'strict $.b', '{}', true)
select jsonb_path_query('[1]', 'strict $.b')
select jsonb_path_query('[1]', 'strict $.*')
select jsonb_path_query('{"a":1}', 'strict $[*]')
select jsonb_path_query('{"a":1}', 'strict $[0]')
select jsonb_path_query('[1,2]', 'strict $[5]')
select jsonb_path_query('[1,2]', '$[5]')
select jsonb_path_query('[1,2,3,4]', '$[1 to last]')
select jsonb_path_query('[1,2,3,4]', '$[last - 1, 0]')
select jsonb_path_query('[1,2,3,4]', '$["a"]')
select jsonb_path_query('[1,2,3,4]', '$[1.7]')
select jsonb_path_query('[1,2,3,4]', '$[99999999999]')
select jsonb_path_query('[1,"a",null,true]', '$[*] == 1'), 1
select jsonb_path_query('["a"]', '$[*] > 1'), 1
select jsonb_path_query('{"a":[[1,2],[3,4]]}', '$.a[*][*]')
select jsonb_path_query('{"a":[[1,2],[3,4]]}', '$.a[1][last]')
select jsonb_path_query(NULL, '$'), 1
select jsonb_path_query_array('[3,1,2]', '$[*]'), jsonb_path_query_array('{}', '$.a')
select jsonb_path_query('{"a":1}', '$.a.b.c')
select jsonb_path_query('[1,[2,[3]]]', '$[*][*]')
select jsonb_path_query('[{"a":1},{"a":[2,3]}]', '$.a')
select jsonb_path_query('[[{"a":1}]]', '$.a'), 1
select jsonb_path_query('{"a":"b"}', '$.a', NULL), 1
select '$.a'::jsonpath, '$.a'::jsonpath::text, '$.a'::text::jsonpath
select pg_typeof('$'::jsonpath)
select jsonb_path_query('{"a": 1.0}', '$.a'), jsonb_path_query('{"a": 1.0}', '$.a == 1')

== filters
select jsonb_path_query('[1,2,3,4]', '$ ? (@ > 2)')
select jsonb_path_query_first('[1,2]', '$[*]'), jsonb_path_query_first('[1,2]', '$[*] ? (@ > 5)')
select jsonb_path_query('[1,"a",null,true]', '$[*] ? ((@ > 0) is unknown)')
select jsonb_path_query('[1,"a",null,true]', '$[*] ? (@ != null)')
select jsonb_path_query('[1,"a",null,true]', '$[*] ? (@ == null)')
select jsonb_path_query('[1,"a",null,true,[1],{}]', '$[*] ? (@ != 1)')
select jsonb_path_query('[{"a":1},{"b":1}]', '$[*] ? (exists(@.a))')
select jsonb_path_query('[{"a":1},{"b":1}]', 'strict $[*] ? (exists(@.a))')
select jsonb_path_query('[{"a":1},{"b":1}]', 'strict $[*] ? (!exists(@.a))')
select jsonb_path_query('[{"a":1},{"b":1}]', '$[*] ? (!exists(@.a))')
select jsonb_path_query('{"a":[{"b":1},{"b":2}]}', '$.a ? (@.b > 1).b')
select jsonb_path_query('{"a":[{"b":1},{"b":2}]}', '$.a[*].b ? (@ > 1) * 10')
select jsonb_path_query('{"a":[[1,2],[3,4]]}', '$.a[*] ? (@[0] == 3)')
select jsonb_path_query('{"a":[[1,2],[3,4]]}', '$.a ? (@ == 3)'), 1
select jsonb_path_query('{"a": [1,2,3], "b": [3,4]}', '$.a[*] ? (@ == $.b[*])')
select jsonb_path_query('[1,2,3]', '$[$[0]]'), jsonb_path_query('[1,2,3]', '$[last] ? (@ > 2)')
select jsonb_path_query('"a"', '$ ? (@ == "a")'), jsonb_path_query('"a"', '$[0]'), jsonb_path_query('"a"', '$[*]')

== variables
select jsonb_path_query('[1,2,3,4]', '$[*] ? (@ > $min && @ < $max)', '{"min": 1, "max": 4}')
select jsonb_path_query('[1,2,3,4]', '$[*] ? (@ > $min)', '{"max": 4}')
select jsonb_path_query('[1,2,3,4]', '$[*] ? (@ > $min)', '{"max": 4}', true)
select jsonb_path_query('[1,2,3,4]', '$[*] ? (@ > $min)', '[1]')
select jsonb_path_query('"a"', '$x')

== existence and match
select jsonb_path_exists('{"a":1}', '$.a ? (@ > 0)'), jsonb_path_exists('{"a":1}', '$.a ? (@ > 1)')
select jsonb_path_exists('{"a":1}', 'strict $.b'), 1
select jsonb_path_exists('{"a":1}', 'strict $.b', silent => true), 1
select jsonb_path_exists('{"a":1}', 'strict $.b', '{}', true), 1
select '{"a":1}'::jsonb @? '$.a', '{"a":1}'::jsonb @? 'strict $.b', '{"a":1}'::jsonb @@ '$.a == 1', '{"a":1}'::jsonb @@ '$.a'
select jsonb_path_match('{"a":1}', '$.a == 1'), jsonb_path_match('{"a":1}', '$.a == "x"')
select jsonb_path_match('{"a":1}', '$.a')
select jsonb_path_match('{"a":1}', '$.a', '{}', true)
select jsonb_path_match('{"a":[true,false]}', '$.a[*]')
select jsonb_path_match('{"a":null}', '$.a')

== type methods
select jsonb_path_query_array('{"a":[1,"x",null,true,{"b":[]}]}', '$.a[*].type()')
select jsonb_path_query_array('{"a":[1,"x",null,true,{"b":[]}]}', '$.a.size()'), jsonb_path_query_array('1', '$.size()')
select jsonb_path_query_array('1', 'strict $.size()')
select jsonb_path_query('[1,-2.5,3.7]', '$[*].abs()'), 1
select jsonb_path_query('[1,-2.5,3.7]', '$[*].floor()'), 1
select jsonb_path_query('[1,-2.5,3.7]', '$.ceiling()'), 1
select jsonb_path_query('"x"', '$.abs()')
select jsonb_path_query('["1.5", 2, "1e3"]', '$[*].double()')
select jsonb_path_query('"x"', '$.double()')
select jsonb_path_query('"nan"', '$.double()')
select jsonb_path_query('"inf"', '$.double()')
select jsonb_path_query('"1e400"', '$.double()')
select jsonb_path_query('true', '$.double()')
select jsonb_path_query('["12", 1.5, 2.5, 3]', '$[*].bigint()')
select jsonb_path_query('"1.5"', '$.bigint()')
select jsonb_path_query('9999999999', '$.integer()')
select jsonb_path_query('99999999999999999999', '$.bigint()')
select jsonb_path_query('null', '$.integer()')
select jsonb_path_query('["t", "no", 1, 0, true, "yes"]', '$[*].boolean()')
select jsonb_path_query('"maybe"', '$.boolean()')
select jsonb_path_query('1.5', '$.boolean()')
select jsonb_path_query('null', '$.boolean()')
select jsonb_path_query('["12.345", 1.5]', '$[*].decimal(4,1)')
select jsonb_path_query('12345.678', '$.decimal(4,1)')
select jsonb_path_query('12345.678', '$.decimal(0,1)')
select jsonb_path_query('12345.678', '$.decimal(9999999999)')
select jsonb_path_query('"nan"', '$.number()')
select jsonb_path_query('"x"', '$.number()')
select jsonb_path_query('{}', '$.number()')
select jsonb_path_query('["a", 1.50, true]', '$[*].string()')
select jsonb_path_query('null', '$.string()')
select jsonb_path_query('{"a": 5, "b": 3}', '$.a > $.b && $.b < 4'), jsonb_path_query('{"a": 5, "b": 3}', '($.a > 9 || $.b < 4).type()')

== keyvalue
select jsonb_path_query('{"a":1,"b":[1,2]}', '$.keyvalue()')
select jsonb_path_query('[{"a":1,"b":[1,2]},{"c":{"d":1.5, "eee":"x"}}]', '$[*].keyvalue()')
select jsonb_path_query('{"x": "abc", "yy": [1,2,{"a":1.25}], "z": {"k": {"q": 12345678.12345}}}', '$.**.keyvalue()')
select jsonb_path_query('{"x": "abc", "yy": [1,2,{"a":1.25}], "z": {"k": {"q": 12345678.12345}}}', 'lax $.keyvalue().keyvalue()')
select jsonb_path_query('{"x": 1}', '$v.keyvalue()', '{"v": {"a": 1}}')
select jsonb_path_query('1', '$.keyvalue()')
select jsonb_path_query('[1]', 'strict $.keyvalue()')

== levels
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', '$.**')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', '$.**{1}')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', '$.**{2 to 3}')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', '$.**{last}')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', '$.**{1 to last}')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', 'strict $.**.c')
select jsonb_path_query('{"a":{"b":[1,{"c":2}]}}', 'strict $.**{2}.c')

== arithmetic
select jsonb_path_query('{"a":[1,2]}', '$.a + 1')
select jsonb_path_query('{"a":[1]}', '$.a + 1')
select jsonb_path_query('{"a":[1,2]}', '-$.a')
select jsonb_path_query('{"a":["x"]}', '-$.a')
select jsonb_path_query('{"a":["x"]}', '$.a * 2')
select jsonb_path_query('{"a":2}', '3 - "x"')
select jsonb_path_query('{"a":2}', '$.a / 0')
select jsonb_path_query('{"a":2}', '$.a / 3'), jsonb_path_query('{"a":7}', '$.a % 3')
select jsonb_path_query('{"a":2}', '$.a / 0', '{}', true)

== text predicates
select jsonb_path_query('["abc","abd","x"]', '$[*] ? (@ starts with "ab")')
select jsonb_path_query('["abc","Abd","x"]', '$[*] ? (@ like_regex "^ab" flag "i")')
select jsonb_path_query('["a.c","abc"]', '$[*] ? (@ like_regex "a.c" flag "q")')
select jsonb_path_query('["a\nc","abc"]', '$[*] ? (@ like_regex "a.c")'), 1
select jsonb_path_query('["a\nc","abc"]', '$[*] ? (@ like_regex "a.c" flag "s")'), 1
select jsonb_path_query('["a\nc","abc"]', '$[*] ? (@ like_regex "^c" flag "m")'), 1
select jsonb_path_query('["a\nc","abc"]', '$[*] ? (@ like_regex "^c")'), 1

== dates and times
select jsonb_path_query('"2017-03-10"', '$.datetime()'), jsonb_path_query('"12:34:56"', '$.datetime()')
select jsonb_path_query('"2017-03-10 12:34:56+3"', '$.datetime()'), jsonb_path_query('"2017-03-10T12:34:56.789"', '$.datetime()')
select jsonb_path_query('["2017-03-10","12:34:56","12:34:56+03:00","2017-03-10 12:34:56","2017-03-10 12:34:56+05:20"]', '$[*].datetime().type()')
select jsonb_path_query('"x"', '$.datetime()')
select jsonb_path_query('"x"', '$.date()')
select jsonb_path_query('1', '$.datetime()')
select jsonb_path_query('"2017-13-10"', '$.datetime()')
select jsonb_path_query('"10-03-2017 12:34"', '$.datetime("DD-MM-YYYY HH24:MI")')
select jsonb_path_query('"10-03-2017 12:34 +05"', '$.datetime("DD-MM-YYYY HH24:MI TZH")')
select jsonb_path_query('"12:34:56 pm"', '$.datetime("HH12:MI:SS PM")'), 2
select jsonb_path_query('"10-03-2017x"', '$.datetime("DD-MM-YYYY")')
select jsonb_path_query('"10.03.2017"', '$.datetime("DD-MM-YYYY")')
select jsonb_path_query('"aa-03-2017"', '$.datetime("DD-MM-YYYY")')
select jsonb_path_query('"10-13-2017"', '$.datetime("DD-MM-YYYY")')
select jsonb_path_query('"10-03"', '$.datetime("DD-MM-YYYY")')
select jsonb_path_query('"2017-03-10 12:34:56"', '$.date()'), jsonb_path_query('"2017-03-10 12:34:56"', '$.time()'), jsonb_path_query('"2017-03-10 12:34:56.789"', '$.timestamp(1)')
select jsonb_path_query('"2017-03-10 12:34:56+01"', '$.date()')
select jsonb_path_query_tz('"2017-03-10 23:34:56-03"', '$.date()'), jsonb_path_query_tz('"2017-03-10"', '$.timestamp_tz()'), jsonb_path_query_tz('"12:34:56"', '$.time_tz()')
select jsonb_path_query('"2017-03-10"', '$.time()')
select jsonb_path_query('"12:00:00"', '$.timestamp()')
select jsonb_path_query('["2017-03-10","2018-01-01"]', '$[*].datetime() ? (@ < "2017-06-01".datetime())')
select jsonb_path_query('["2017-03-10","2018-01-01"]', '$[*].datetime() ? (@ < "2017-06-01 10:00:00+00".datetime())')
select jsonb_path_query_tz('["2017-03-10","2018-01-01"]', '$[*].datetime() ? (@ < "2017-06-01 10:00:00+00".datetime())')
select jsonb_path_query('["12:00:00","2018-01-01"]', '$[*].datetime() ? (@ < "2017-06-01 10:00:00".datetime())'), 1
select jsonb_path_query('"2017-03-10 12:34:56.5+01"', '$.datetime().string()'), jsonb_path_query('"12:34:56.5+01"', '$.datetime().string()')
select jsonb_path_query('"2017-03-10"', '$.datetime().abs()')
select jsonb_path_query('"2017-03-10"', '$.datetime().date()')

== how paths are shown
SELECT '$ ? (@ like_regex "a" flag "xsimq")'::jsonpath
SELECT '1.2.type()'::jsonpath
SELECT '(1).type()'::jsonpath
SELECT '$.decimal(1,2).datetime("x").time(3).double()'::jsonpath
SELECT '-1 + +$.a * (2 - 3)'::jsonpath
SELECT '($.a == 1) is unknown'::jsonpath
SELECT '$.** . a.**{2} .**{2 to 3}.**{last}.**{1 to last}'::jsonpath
SELECT '$"a b".c'::jsonpath
SELECT '$.a[1 to last, 3, last - 1]'::jsonpath
SELECT '(($.a == 1) && $.b > 2) || !(exists ($.c))'::jsonpath
SELECT '0x1F + 1_000 + 1e3 + .5 + 1.'::jsonpath
SELECT 'strict $.a'::jsonpath
SELECT 'LAX $.TRUE.to.Null'::jsonpath
SELECT 'true'::jsonpath
SELECT '$.decimal(-1, +2)'::jsonpath
SELECT '$.a /* c */ .b'::jsonpath
SELECT '$.a ? (@.b == 1 ? (@ > 2))'::jsonpath
SELECT '($.a == 1).b'::jsonpath
SELECT '$ + 1 == 2'::jsonpath
SELECT '$ ? (@ starts with $x)'::jsonpath
SELECT '$.a\u0041\x42'::jsonpath
SELECT '$.size'::jsonpath
SELECT '$.a ? (@ like_regex "x" flag "i") ? (@ < 3)'::jsonpath
SELECT '99999999999999999999'::jsonpath
SELECT '$[99999999999]'::jsonpath
SELECT '"a".b'::jsonpath
SELECT '($.a.b).c'::jsonpath
SELECT '($.a + 1).b + 2 * -($.c)'::jsonpath
SELECT '-$.a.b'::jsonpath
SELECT '-(1)'::jsonpath
SELECT '- 1 .type()'::jsonpath
SELECT '(-$.a).abs()'::jsonpath
SELECT '($)'::jsonpath
SELECT '(($))'::jsonpath
SELECT '(($.a) == (1))'::jsonpath
SELECT '$.a ? ((@.b == 1) || (@.c == 2) && @.d == 3)'::jsonpath
SELECT '$.a - 1 - 2 - (3 - 4)'::jsonpath
SELECT '$.a * (2 + 3) / 4'::jsonpath
SELECT '!($.a == 1)'::jsonpath
SELECT '!(($.a == 1))'::jsonpath
SELECT '!exists($.a)'::jsonpath
SELECT 'exists($.a ? (@ > 1))'::jsonpath
SELECT '$.a.type() == "x"'::jsonpath
SELECT '$.a.*.b[*]'::jsonpath
SELECT '$.a.** {2}'::jsonpath
SELECT '$[1 + 1 to last]'::jsonpath
SELECT '$[$.a]'::jsonpath
SELECT '$ ? (@[last] > 1)'::jsonpath
SELECT '$.abs().size()'::jsonpath
SELECT '$.abs'::jsonpath
SELECT '$.abs ()'::jsonpath
SELECT '$.ABS()'::jsonpath
SELECT '$.a ? (@.b.datetime() < "2020-01-01".datetime())'::jsonpath
SELECT '$.timestamp_tz(2)'::jsonpath
SELECT '$.time_tz()'::jsonpath
SELECT '$.date().integer().bigint().boolean().number().string()'::jsonpath
SELECT '$.decimal()'::jsonpath
SELECT '$.decimal(4)'::jsonpath
SELECT '$.keyvalue().key'::jsonpath
SELECT '$x'::jsonpath
SELECT '$x.y'::jsonpath
SELECT '$"x"'::jsonpath
SELECT '$1'::jsonpath
SELECT '$ ? ($x == 1)'::jsonpath
SELECT 'lax $'::jsonpath
SELECT 'null'::jsonpath
SELECT '"str" + 1'::jsonpath
SELECT '1 + 2'::jsonpath
SELECT '.5'::jsonpath
SELECT '5.'::jsonpath
SELECT '5.e1'::jsonpath
SELECT '1.5e3'::jsonpath
SELECT '$.a_b'::jsonpath
SELECT '$.é'::jsonpath
SELECT '$."a"."b"'::jsonpath
SELECT '$."a\"b"'::jsonpath
SELECT '$.a\"b'::jsonpath
SELECT '"\ud83d\ude00"'::jsonpath
SELECT '"\u{1F600}"'::jsonpath
SELECT '"\q"'::jsonpath
SELECT '$ ? ((@ > 1) is unknown)'::jsonpath
SELECT '$.a <> 1'::jsonpath
SELECT '$.a.b.c == null'::jsonpath
SELECT '$.a == "b" && $.c != true'::jsonpath
SELECT '$ ? (@.a == 1 && @.b == 2 && (@.c == 3 && @.d == 4))'::jsonpath
SELECT '($.a == 1 || $.b == 2) && $.c == 3'::jsonpath
SELECT '$.*[0]'::jsonpath
SELECT '$.a.floor().ceiling().double()'::jsonpath
SELECT '$.a starts with "x"'::jsonpath
SELECT '$.a starts with "x" || $.b like_regex "y"'::jsonpath
SELECT '(true)'::jsonpath
SELECT '(1 == 1).type()'::jsonpath
SELECT '((1 == 1)).type()'::jsonpath
SELECT '(1 == 1 && 2 == 2)[0]'::jsonpath
SELECT '-"a"'::jsonpath
SELECT '+1'::jsonpath
SELECT '+1.5'::jsonpath
SELECT '--1'::jsonpath
SELECT '- -1'::jsonpath
SELECT '-(-1)'::jsonpath
SELECT '-$.a - -1'::jsonpath
SELECT '$.last'::jsonpath
SELECT '$.a[last].last'::jsonpath
SELECT '$.to'::jsonpath
SELECT '$.strict'::jsonpath
SELECT '$.true'::jsonpath
SELECT '$.exists'::jsonpath
SELECT '$.like_regex'::jsonpath
SELECT '$.a.datetime("HH24:MI")'::jsonpath
SELECT '$.a.datetime("")'::jsonpath
SELECT '1 - 1.'::jsonpath
SELECT '1.0'::jsonpath
SELECT '1.50'::jsonpath
SELECT '1E-3'::jsonpath
SELECT '-0'::jsonpath
SELECT '-0.0'::jsonpath
SELECT '0.0'::jsonpath
SELECT '$ .a'::jsonpath
SELECT '$ . a'::jsonpath
SELECT '$. a [ 0 ] . b'::jsonpath
SELECT '$[last]'::jsonpath

== paths that cannot be read
SELECT '$.'::jsonpath
SELECT '$.a b'::jsonpath
SELECT '$.a['::jsonpath
SELECT '$.a ? (@ > 1'::jsonpath
SELECT '1a'::jsonpath
SELECT '$..a'::jsonpath
SELECT '@.a'::jsonpath
SELECT 'last'::jsonpath
SELECT '$ ? (@.a)'::jsonpath
SELECT '$.a + '::jsonpath
SELECT '$ ? (@ like_regex "a" flag "y")'::jsonpath
SELECT '$ ? (@ like_regex "(a")'::jsonpath
SELECT '"abc'::jsonpath
SELECT '"\u12"'::jsonpath
SELECT '!$.a'::jsonpath
SELECT '$.foo()'::jsonpath
SELECT '$.a ? (exists(@.b) && @.c starts with 1)'::jsonpath
SELECT '1.type()'::jsonpath
SELECT '$a.$b'::jsonpath
SELECT '01'::jsonpath
SELECT '1_'::jsonpath
SELECT 'TRUE'::jsonpath
SELECT '$.a /* c'::jsonpath
SELECT '1 == 1 == 1'::jsonpath
SELECT '$.datetime(1)'::jsonpath
SELECT '$.decimal("a")'::jsonpath
SELECT '$.**{99999999999}'::jsonpath
SELECT '$ ? (@ == 1 && )'::jsonpath
SELECT '$ % 1 ^ 2'::jsonpath
SELECT '$ | 2'::jsonpath
SELECT 'a'::jsonpath
SELECT '$[0 to 1 to 2]'::jsonpath
SELECT '$[@.a]'::jsonpath
SELECT '$.a ? (@ > last)'::jsonpath
SELECT '$.date(1)'::jsonpath
SELECT '$.decimal(1,2,3)'::jsonpath
SELECT 'strict'::jsonpath
SELECT 'lax'::jsonpath
SELECT 'is'::jsonpath
SELECT 'to'::jsonpath
SELECT '1e'::jsonpath
SELECT '1e+'::jsonpath
SELECT '0xG'::jsonpath
SELECT '0x'::jsonpath
SELECT '1__0'::jsonpath
SELECT '$.a-b'::jsonpath
SELECT '$.a"b"'::jsonpath
SELECT '"\x4"'::jsonpath
SELECT '"\x4G"'::jsonpath
SELECT '"\ud83d"'::jsonpath
SELECT '"\ude00"'::jsonpath
SELECT '"\u0000"'::jsonpath
SELECT '"a\'::jsonpath
SELECT '$ ? (@ like_regex "[")'::jsonpath
SELECT '$ ? (@ like_regex "a" flag 1)'::jsonpath
SELECT '$ ? (@ like_regex 1)'::jsonpath
SELECT '$ ? (1 is unknown)'::jsonpath
SELECT '$ ? ((@ > 1 is unknown))'::jsonpath
SELECT '$ ? (@ > 1) is unknown'::jsonpath
SELECT '(1 + 2) is unknown'::jsonpath
SELECT '$ ? (exists @.a)'::jsonpath
SELECT '$ ? (exists (@.a > 1))'::jsonpath
SELECT '$.a && $.b'::jsonpath
SELECT '$.a = 1'::jsonpath
SELECT '$ &'::jsonpath
SELECT '#'::jsonpath
SELECT '{}'::jsonpath
SELECT '$ 1'::jsonpath
SELECT '$ []'::jsonpath
SELECT '$[ ]'::jsonpath
SELECT '$[*'::jsonpath
SELECT '* '::jsonpath
SELECT '$.a,$.b'::jsonpath
SELECT '(1,2)'::jsonpath
SELECT ')'::jsonpath
SELECT '$)'::jsonpath
SELECT '($'::jsonpath
SELECT '$.a ? '::jsonpath
SELECT '$.a ? ('::jsonpath
SELECT '$.a ? ()'::jsonpath
SELECT '$.a starts "x"'::jsonpath
SELECT 'true && false'::jsonpath
SELECT '$.exists()'::jsonpath
SELECT '000'::jsonpath
SELECT '00'::jsonpath
SELECT '$.0a'::jsonpath
SELECT '$.1'::jsonpath
SELECT '@'::jsonpath
SELECT 'last + 1'::jsonpath
SELECT '@ + '::jsonpath
SELECT '@.a b'::jsonpath

== on a table
+ CREATE TABLE shop (id int PRIMARY KEY, body jsonb, path jsonpath DEFAULT '$.items[*].price')
+ INSERT INTO shop (id, body) VALUES (1, '{"name": "a", "items": [{"price": 5, "tags": ["x"]}, {"price": 12.50, "tags": []}]}'), (2, '{"name": "b", "items": []}'), (3, NULL)
SELECT id FROM shop WHERE body @? '$.items[*] ? (@.price > 10)' ORDER BY id
SELECT id FROM shop WHERE body @@ '$.items.size() > 0' ORDER BY id
SELECT id, jsonb_path_query_array(body, path) FROM shop ORDER BY id
SELECT s.id, p FROM shop s, jsonb_path_query(s.body, '$.items[*].price') AS p ORDER BY s.id, p
SELECT id, jsonb_path_query_first(body, '$.items[*] ? (@.price > $low)', jsonb_build_object('low', 6)) FROM shop ORDER BY id
SELECT jsonb_path_query_array(body, $1::jsonpath) FROM shop WHERE id = 1
    <- '$.items.price'
SELECT jsonb_path_exists(body, '$.items[*] ? (@.price == $p)', $1) FROM shop WHERE id = 1
    <- {'p': 5}
UPDATE shop SET path = '$.name' WHERE id = 1 RETURNING path
UPDATE shop SET path = 'not a path' WHERE id = 1
INSERT INTO shop (id, path) VALUES (4, '$.')
SELECT id FROM shop WHERE path = '$.name'
SELECT DISTINCT path FROM shop
SELECT sum((p->>0)::numeric) FROM shop, jsonb_path_query(body, '$.items[*].price') p
SELECT id FROM shop WHERE jsonb_path_exists(body, 'strict $.items[*].tags[0]', silent => true) ORDER BY id
SELECT jsonb_path_query(body, 'strict $.items[5]') FROM shop WHERE id = 1
SELECT jsonb_path_match(body, '$.name') FROM shop WHERE id = 1
CREATE TABLE checked (body jsonb CHECK (body @? '$.id'))
INSERT INTO checked VALUES ('{"id": 1}'), ('[]') RETURNING body

== no equality, no order
select distinct path from (values ('$.a'::jsonpath)) v(path)
select path from (values ('$.a'::jsonpath)) v(path) order by path
select '$.a'::jsonpath = '$.a'
create table jp (p jsonpath unique)
create table jp (p jsonpath primary key)
create table jp (p json unique)
