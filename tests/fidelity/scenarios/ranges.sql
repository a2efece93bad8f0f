# Ranges and multiranges.

== literals
select '[1,5)'::int4range, '(1,5]'::int4range, '[1,1]'::int4range, '[1,1)'::int4range, 'empty'::int4range, '(,5]'::int4range, '[,]'::int4range
select '[5,1)'::int4range
select '[1.5,2.50]'::numrange, '(1,1]'::numrange, '[2024-01-01,2024-01-31]'::daterange, '["2024-01-01 10:00",)'::tsrange, '[2024-01-01 10:00+02,2024-02-01)'::tstzrange
select '[1,5)'::int4range::text, '["2024-01-01 10:00",)'::tsrange::text, '[2024-01-01 10:00+02,2024-02-01)'::tstzrange::text, '(1.0,2.50]'::numrange::text
select 'a'::int4range
select '[1'::int4range
select '[1,'::int4range
select '[1,2'::int4range
select '[1,2,3)'::int4range
select '[1,2) x'::int4range
select 'empty x'::int4range
select '[a,2)'::int4range
select '1,2)'::int4range
select '["1","2")'::int4range, '[ 1 , 2 )'::int4range, ' [1,2) '::int4range
select '[1,2147483647]'::int4range
select '[1,9223372036854775807]'::int8range
select '{"[1,3)","[5,8)"}'::int4range[]
select 5::int4range
select '[2024-02-30,)'::daterange
select '["2024-01-01 25:00",)'::tsrange
select upper(1.5)
select '[1,5)'::int4range::numrange

== constructors
select int4range(1,5), int4range(1,5,'[]'), int4range(NULL,5), int4range(1,NULL), int4range(NULL,NULL,'()')
select int4range(5,1)
select int4range(1,5,'[[')
select int4range(1,5,NULL)
select to_jsonb(int4range(1,5)), to_json('[1.0,2]'::numrange), array[int4range(1,2), int4range(3,4)]
select int4range('1','5'), int4range('a', 1)
select daterange('2024-01-01', '2024-01-31', '[]'), upper(daterange('2024-01-01', '2024-01-31', '[]')), daterange('infinity', NULL), '[-infinity,infinity]'::daterange
select int4range(1,2)::daterange
select int4range(1,2)::int8range
select int4range(1,5) -|- int4range(6,8), numrange(1,5) -|- numrange(5,8), numrange(1,5,'[]') -|- numrange(5,8), '(,5)'::int4range -|- '[5,)'::int4range
select '[1, 5)'::int8range, '[,9223372036854775806]'::int8range, int8range(1, 5, '()')
select int4range(1,5) < 3
select int4range(1.5, 2)
select numrange('a', 1)
select '[1,5)'::text::int4range, concat(int4range(1,2), '!'), format('%s', int4range(1,2))
select row_to_json(v)::text from (select int4range(1,2) as r, '[1.5,)'::numrange as n) v

== operators
select numrange(1,2.5), daterange('2024-01-01','2024-02-01'), tsrange('2024-01-01','2024-02-01','(]'), tstzrange(now(), NULL) @> now()
select int4range(1,10) @> 5, int4range(1,10) @> 10, 5 <@ int4range(1,10), int4range(1,10) @> int4range(2,3), int4range(2,3) <@ int4range(1,10), int4range(1,10) @> 'empty'::int4range
select int4range(1,5) && int4range(4,8), int4range(1,5) && int4range(5,8), int4range(1,5) << int4range(5,8), int4range(5,8) >> int4range(1,5), int4range(1,5) &< int4range(1,5), int4range(1,5) &> int4range(2,5), int4range(1,5) -|- int4range(5,8)
select int4range(1,5) + int4range(4,8), int4range(1,5) * int4range(4,8), int4range(1,5) - int4range(4,8), int4range(1,5) * int4range(7,8)
select int4range(1,5) + int4range(7,8)
select int4range(1,9) - int4range(4,5)
select int4range(1,5) @> 3.5
select int4range(1,5) @> 'x'
select int4range(1,5) + 1
select int4range(1,5) && daterange('2024-01-01','2024-01-02')
refused> create table ex (during tsrange, exclude using gist (during with &&))
select * from generate_series(1,3) g where g <@ int4range(2,9)
select '[1,2]'::numrange @> 1.5, '[1,2]'::numrange @> 1, numrange(1,2) @> 1.5::float8
select numrange(1.0, 5.5) @> 5.5, numrange(1.0, 5.5, '[]') @> 5.5, numrange(NULL, 5) @> -1000
select tstzrange('2024-01-01 00:00+00', '2024-01-02 00:00+00') && tstzrange('2024-01-01 23:00-05', NULL)
select daterange('2024-01-01', NULL) @> '2030-01-01'::date, daterange('2024-01-01', '2024-01-10') * daterange('2024-01-05', NULL), upper(daterange('2024-01-01', '2024-01-10', '[]')) - lower(daterange('2024-01-01', '2024-01-10'))
select '[1,2)'::numrange * '[1.5,9)'::numrange, '[1,2)'::numrange + '[2,3]'::numrange, '(1,5)'::numrange - '[3,9)'::numrange
select int4range(1,5) * 3
select array_agg(int4range(n, n + 2)) from generate_series(1, 2) n
select string_agg(int4range(n, n + 2)::text, ' ') from generate_series(1, 2) n
select case when int4range(1,5) @> 3 then 'in' else 'out' end
select width_bucket(5, array[1,3,9]), int4range(1,9) @> all (array[1,2,3]), 5 <@ any (array[int4range(1,2), int4range(4,6)])

== functions
select lower(int4range(1,5)), upper(int4range(1,5)), isempty(int4range(1,1)), lower_inc(int4range(1,5)), upper_inc(int4range(1,5)), lower_inf(int4range(NULL,5)), upper_inf(int4range(1,5)), lower('empty'::int4range), upper(int4range(1,NULL))
select lower(5)
select pg_typeof(int4range(1,2)), pg_typeof(lower(numrange(1,2)))
select isempty('[1,1)'), lower('[1,2)')
select range_merge('[1,2)', '[3,4)')
select isempty(5)

== multiranges
select range_merge(int4range(1,2), int4range(8,9)), range_merge('{[1,2),[5,9)}'::int4multirange)
select '{[1,5),[3,8),[10,12)}'::int4multirange, '{}'::int4multirange, '{empty}'::int4multirange, '{ [1,2) , [2,3) }'::int4multirange
select '{[1,5'::int4multirange
select '[1,5)'::int4multirange
select '{1}'::int4multirange
select '{[1,5) [6,7)}'::int4multirange
select '{[1,5)} x'::int4multirange
select '{[1,5),}'::int4multirange
select int4multirange(), int4multirange(int4range(1,2)), int4multirange(int4range(5,6), int4range(1,2)), multirange(int4range(1,2)), int4range(1,2)::int4multirange
select unnest('{[1,5),[10,12)}'::int4multirange)
select * from unnest('{[1,5),[10,12)}'::int4multirange) as u
select '{[1,5),[10,12)}'::int4multirange @> 3, '{[1,5),[10,12)}'::int4multirange @> int4range(1,12), '{[1,5)}'::int4multirange && int4range(4,9), '{[1,5)}'::int4multirange + '{[5,9)}', '{[1,9)}'::int4multirange - '{[3,4)}', '{[1,9)}'::int4multirange * '{[3,4),[8,20)}'
select range_agg(r), range_intersect_agg(r) from (values (int4range(1,5)),(int4range(3,8)),(NULL),(int4range(4,20))) v(r)
select range_agg(r) from (values (int4range(1,5)),(int4range(7,8))) v(r)
select range_agg(r) from (select int4range(1,2) where false) v(r)
select '{[2024-01-01,2024-02-01),[2024-02-01,2024-03-01)}'::datemultirange, '{["2024-01-01 10:00","2024-01-01 12:00")}'::tsmultirange, '{[1.5,2],(2,3)}'::nummultirange
select '{[1,5),[10,12)}'::int4multirange << int4range(20,30), '{[1,5)}'::int4multirange >> int4range(-5,0), '{[1,5),[10,12)}'::int4multirange -|- int4range(12,20), '{[1,5)}'::int4multirange &< int4range(2,5), '{[3,5)}'::int4multirange &> int4range(2,9)
select int4range(2,4) <@ '{[1,5),[10,12)}'::int4multirange, int4range(1,20) @> '{[1,5),[10,12)}'::int4multirange, '{}'::int4multirange <@ int4range(1,2), 11 <@ '{[1,5),[10,12)}'::int4multirange
select '{[1,5)}'::int4multirange < '{[1,5),[7,8)}'::int4multirange, '{}'::int4multirange < '{[1,2)}'::int4multirange, '{[1,5)}'::int4multirange = '{[1,3),[3,5)}'
select lower('{[1,5),[10,12)}'::int4multirange), upper('{[1,5),[10,12)}'::int4multirange), isempty('{}'::int4multirange), lower_inf('{(,5)}'::int4multirange), upper_inc('{[1,5]}'::nummultirange)
select '{[1,5),[10,12)}'::int4multirange::text, '{}'::int4multirange::text, '{(,)}'::nummultirange::text
select '{[5,1)}'::int4multirange
select '{"[1,5)"}'::int4multirange
select int4multirange(variadic array[int4range(1,2), int4range(5,6)])
select range_agg(m) from (values ('{[1,2)}'::int4multirange), ('{[2,5),[8,9)}')) v(m)
select range_intersect_agg(m) from (values ('{[1,9)}'::int4multirange), ('{[2,5),[8,20)}')) v(m)
select jsonb_build_object('r', int4range(1,5), 'm', '{[1,2)}'::int4multirange)

== order and equality
select int4range(1,5) = int4range(1,5), int4range(1,5) < int4range(1,6), int4range(1,5) <> '[1,5)', 'empty'::int4range < int4range(1,2), '(1,2)'::numrange < '[1,2)'::numrange, '[1.0,2)'::numrange = '[1,2.00)'::numrange
select r from (values ('[1,5)'::int4range),('empty'),('(,3)'),('[1,3)'),('[1,)'),('(,)'),(NULL)) as v(r) order by r
select count(distinct r), r from (values ('[1.0,2)'::numrange), ('[1,2.0)')) v(r) group by r
refused> create type floatrange as range (subtype = float8)
select int4range(1, 5)::text || 'x', '[1,3)' = int4range(1,3)
select min(r), max(r) from (values (int4range(1,2)), (int4range(0,9))) v(r)
select coalesce(NULL::int4range, '[1,2)'), greatest(int4range(1,2), int4range(1,3)), nullif(int4range(1,2), '[1,2)')
select int4range(1,2) in (int4range(1,2), '[3,4)'), int4range(1,2) = any(array['[1,2)']::int4range[])
select int4range(1,2) is distinct from int4range(1,2), int4range(1,3) between int4range(1,2) and int4range(1,4)

== parameters
select $1::int4range
    <- (1, 5)
select $1::int4range
    <- (1,)
select $1::int4range
    <- ()
select $1::int4range
    <- (1,2,3)
select $1::int4range
    <- 5
select $1::int4range
    <- (5,1)
select $1::int4range
    <- ('a',1)
select $1::int4range
    <- (None, 5)
select $1::int4multirange
    <- [(1, 5), (3,9)]
select $1::int4multirange
    <- 5
select $1::int4range[]
    <- [[1, 5], (3,9)]
select $1::numrange
    <- (Decimal('1.50'), None)
select $1::tstzrange
    <- (datetime.datetime(2024,1,1,tzinfo=datetime.timezone.utc), None)
select $1::daterange
    <- (datetime.date(2024,1,1), datetime.date(2024,1,5))
select int4range($1, $2)
    <- 1, 5
select $1 && int4range(1,5)
    <- (4, 9)
select $1 <@ int4range(1,5)
    <- 3
select $1::int4range[]
    <- [(1, 5), (3,9)]
select $1::int[]
    <- [(1, 5), (3,9)]

== on tables
create table booking (id int primary key, during tsrange not null, r int4range default '[1,10)', check (not isempty(during)), unique (during))
insert into booking (id, during) values (1, '[2024-01-01 10:00,2024-01-01 11:00)') returning *
insert into booking (id, during) values (2, '[2024-01-01 10:00:00,2024-01-01 11:00)')
insert into booking (id, during) values (2, 'empty')
select id, during, upper(during) - lower(during) as len from booking where during && tsrange('2024-01-01 10:30','2024-01-01 10:45') order by id
select * from booking where during @> '2024-01-01 10:30'::timestamp order by id
select * from booking where during @> '2024-01-01 10:30' order by id
create table t0 (a int4range primary key, b text)
insert into t0 values ('[1,5]', 'x'), ('[1,6)', 'y')
insert into t0 values ('[1,5]', 'x') on conflict (a) do update set b = 'z' returning *
insert into t0 values ('[1,6)', 'x') on conflict (a) do update set b = 'z' returning *
select * from t0 a join t0 b on a.a = b.a
update t0 set a = int4range(lower(a), upper(a) + 5) returning a
update t0 set a = '[9,1]'
insert into t0 values (5, 'x')
insert into t0 values ('abc', 'x')
create table t1 (id int, r int4range not null)
insert into t1 values (1, '[1,5)'), (2, 'empty'), (3, '(,9]'), (4, '[7,)')
select id, r from t1 where r @> 3 order by id
select id, lower(r), upper(r), isempty(r) from t1 order by r
select id from t1 where not isempty(r) and r && int4range(4, 8) order by id
select id from t1 where r = '[1,4]' or r is null
insert into t1 values (5, null)
insert into t1 values (5, int4range(9, 1))
select range_agg(r order by id), range_intersect_agg(r) filter (where id <> 2) from t1
select max(upper(r)), min(lower(r)) from t1
create unique index on t1 (r)
insert into t1 values (6, '[1,4]')
alter table t1 add column span daterange default daterange('2024-01-01', '2024-02-01')
select span from t1 where id = 1
delete from t1 where r << int4range(6, 7) returning id, r

== functions behind the operators
select nummultirange(variadic array[numrange(1,2)])
select int4multirange(variadic array[int4range(1,2),null])
select int4multirange(variadic '{}'::int4range[]), int4multirange(null::int4range)
select range_contains(int4range(1,5), int4range(2,3)), elem_contained_by_multirange(3, '{[1,5)}'::int4multirange), range_minus(int4range(1,5), int4range(3,9)), range_before_multirange(int4range(1,2), '{[5,6)}'::int4multirange)

== indexed
+ create table rr (r tsrange, n numrange)
select json_value('{"a":"{1,2}"}', '$.a' returning int[] error on error)
select json_value('{"a":5}', '$.a' returning int[] error on error)
create index on rr using gist (r)
insert into rr values ('[2024-01-01,2024-02-01)', '[1,2]')
select distinct r, n from rr
