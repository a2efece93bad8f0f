# Casts between all pairs of types.

== answers
SELECT (true::bool)::bool, (true::bool)::int4, (true::bool)::text, (true::bool)::varchar, (true::bool)::name, (true::bool)::bpchar(5), (true::bool)::varchar(3), (true::bool)::char(3), (true::bool)::bpchar, (false::bool)::bool, (false::bool)::int4, (false::bool)::text
SELECT (false::bool)::varchar, (false::bool)::name, (false::bool)::bpchar(5), (false::bool)::varchar(3), (false::bool)::char(3), (false::bool)::bpchar, (1::int2)::int2, (1::int2)::int4, (1::int2)::int8, (1::int2)::float4, (1::int2)::float8, (1::int2)::numeric
SELECT (1::int2)::text, (1::int2)::varchar, (1::int2)::name, (1::int2)::bytea, (1::int2)::oid, (1::int2)::bpchar(5), (1::int2)::numeric(4,1), (1::int2)::varchar(3), (1::int2)::char(3), (1::int2)::bpchar, (1::int2)::numeric(2,-1), (0::int2)::int2
SELECT (0::int2)::int4, (0::int2)::int8, (0::int2)::float4, (0::int2)::float8, (0::int2)::numeric, (0::int2)::text, (0::int2)::varchar, (0::int2)::name, (0::int2)::bytea, (0::int2)::oid, (0::int2)::bpchar(5), (0::int2)::numeric(4,1)
SELECT (0::int2)::varchar(3), (0::int2)::char(3), (0::int2)::bpchar, (0::int2)::numeric(3,3), (0::int2)::numeric(2,-1), (1::int4)::bool, (1::int4)::int2, (1::int4)::int4, (1::int4)::int8, (1::int4)::float4, (1::int4)::float8, (1::int4)::numeric
SELECT (1::int4)::text, (1::int4)::varchar, (1::int4)::"char", (1::int4)::name, (1::int4)::bytea, (1::int4)::oid, (1::int4)::bpchar(5), (1::int4)::numeric(4,1), (1::int4)::varchar(3), (1::int4)::char(3), (1::int4)::bpchar, (1::int4)::numeric(2,-1)
SELECT (0::int4)::bool, (0::int4)::int2, (0::int4)::int4, (0::int4)::int8, (0::int4)::float4, (0::int4)::float8, (0::int4)::numeric, (0::int4)::text, (0::int4)::varchar, (0::int4)::"char", (0::int4)::name, (0::int4)::bytea
SELECT (0::int4)::oid, (0::int4)::bpchar(5), (0::int4)::numeric(4,1), (0::int4)::varchar(3), (0::int4)::char(3), (0::int4)::bpchar, (0::int4)::numeric(3,3), (0::int4)::numeric(2,-1), (-7::int4)::bool, (-7::int4)::int2, (-7::int4)::int4, (-7::int4)::int8
refused> SELECT (-7::int4)::float4, (-7::int4)::float8, (-7::int4)::numeric, (-7::int4)::text, (-7::int4)::varchar, (-7::int4)::"char", (-7::int4)::name, (-7::int4)::bytea, (-7::int4)::oid, (-7::int4)::bpchar(5), (-7::int4)::numeric(4,1), (-7::int4)::varchar(3)
SELECT (-7::int4)::char(3), (-7::int4)::bpchar, (-7::int4)::numeric(2,-1), (2147483647::int4)::bool, (2147483647::int4)::int4, (2147483647::int4)::int8, (2147483647::int4)::float4, (2147483647::int4)::float8, (2147483647::int4)::numeric, (2147483647::int4)::text, (2147483647::int4)::varchar, (2147483647::int4)::name
SELECT (2147483647::int4)::bytea, (2147483647::int4)::oid, (2147483647::int4)::bpchar(5), (2147483647::int4)::varchar(3), (2147483647::int4)::char(3), (2147483647::int4)::bpchar, (65::int4)::bool, (65::int4)::int2, (65::int4)::int4, (65::int4)::int8, (65::int4)::float4, (65::int4)::float8
SELECT (65::int4)::numeric, (65::int4)::text, (65::int4)::varchar, (65::int4)::"char", (65::int4)::name, (65::int4)::bytea, (65::int4)::oid, (65::int4)::bpchar(5), (65::int4)::numeric(4,1), (65::int4)::varchar(3), (65::int4)::char(3), (65::int4)::bpchar
SELECT (65::int4)::numeric(2,-1), (1::int8)::int2, (1::int8)::int4, (1::int8)::int8, (1::int8)::float4, (1::int8)::float8, (1::int8)::numeric, (1::int8)::text, (1::int8)::varchar, (1::int8)::name, (1::int8)::bytea, (1::int8)::oid
SELECT (1::int8)::bpchar(5), (1::int8)::numeric(4,1), (1::int8)::varchar(3), (1::int8)::char(3), (1::int8)::bpchar, (1::int8)::numeric(2,-1), (9223372036854775807::int8)::int8, (9223372036854775807::int8)::float4, (9223372036854775807::int8)::float8, (9223372036854775807::int8)::numeric, (9223372036854775807::int8)::text, (9223372036854775807::int8)::varchar
SELECT (9223372036854775807::int8)::name, (9223372036854775807::int8)::bytea, (9223372036854775807::int8)::bpchar(5), (9223372036854775807::int8)::varchar(3), (9223372036854775807::int8)::char(3), (9223372036854775807::int8)::bpchar, (40000::int8)::int4, (40000::int8)::int8, (40000::int8)::float4, (40000::int8)::float8, (40000::int8)::numeric, (40000::int8)::text
SELECT (40000::int8)::varchar, (40000::int8)::name, (40000::int8)::bytea, (40000::int8)::oid, (40000::int8)::bpchar(5), (40000::int8)::varchar(3), (40000::int8)::char(3), (40000::int8)::bpchar, (1.5::float4)::int2, (1.5::float4)::int4, (1.5::float4)::int8, (1.5::float4)::float4
SELECT (1.5::float4)::float8, (1.5::float4)::numeric, (1.5::float4)::text, (1.5::float4)::varchar, (1.5::float4)::name, (1.5::float4)::bpchar(5), (1.5::float4)::numeric(4,1), (1.5::float4)::varchar(3), (1.5::float4)::char(3), (1.5::float4)::bpchar, (1.5::float4)::numeric(2,-1), ('NaN'::float4)::float4
SELECT ('NaN'::float4)::float8, ('NaN'::float4)::numeric, ('NaN'::float4)::text, ('NaN'::float4)::varchar, ('NaN'::float4)::name, ('NaN'::float4)::bpchar(5), ('NaN'::float4)::numeric(4,1), ('NaN'::float4)::varchar(3), ('NaN'::float4)::char(3), ('NaN'::float4)::bpchar, ('NaN'::float4)::numeric(3,3), ('NaN'::float4)::numeric(2,-1)
SELECT ('Infinity'::float4)::float4, ('Infinity'::float4)::float8, ('Infinity'::float4)::numeric, ('Infinity'::float4)::text, ('Infinity'::float4)::varchar, ('Infinity'::float4)::name, ('Infinity'::float4)::bpchar(5), ('Infinity'::float4)::varchar(3), ('Infinity'::float4)::char(3), ('Infinity'::float4)::bpchar, (1e10::float4)::int8, (1e10::float4)::float4
SELECT (1e10::float4)::float8, (1e10::float4)::numeric, (1e10::float4)::text, (1e10::float4)::varchar, (1e10::float4)::name, (1e10::float4)::bpchar(5), (1e10::float4)::varchar(3), (1e10::float4)::char(3), (1e10::float4)::bpchar, (-0.0::float4)::int2, (-0.0::float4)::int4, (-0.0::float4)::int8
SELECT (-0.0::float4)::float4, (-0.0::float4)::float8, (-0.0::float4)::numeric, (-0.0::float4)::text, (-0.0::float4)::varchar, (-0.0::float4)::name, (-0.0::float4)::bpchar(5), (-0.0::float4)::numeric(4,1), (-0.0::float4)::varchar(3), (-0.0::float4)::char(3), (-0.0::float4)::bpchar, (-0.0::float4)::numeric(3,3)
SELECT (-0.0::float4)::numeric(2,-1), (2.5::float4)::int2, (2.5::float4)::int4, (2.5::float4)::int8, (2.5::float4)::float4, (2.5::float4)::float8, (2.5::float4)::numeric, (2.5::float4)::text, (2.5::float4)::varchar, (2.5::float4)::name, (2.5::float4)::bpchar(5), (2.5::float4)::numeric(4,1)
SELECT (2.5::float4)::varchar(3), (2.5::float4)::char(3), (2.5::float4)::bpchar, (2.5::float4)::numeric(2,-1), (3.4e38::float4)::float4, (3.4e38::float4)::float8, (3.4e38::float4)::numeric, (3.4e38::float4)::text, (3.4e38::float4)::varchar, (3.4e38::float4)::name, (3.4e38::float4)::bpchar(5), (3.4e38::float4)::varchar(3)
SELECT (3.4e38::float4)::char(3), (3.4e38::float4)::bpchar, (1.5::float8)::int2, (1.5::float8)::int4, (1.5::float8)::int8, (1.5::float8)::float4, (1.5::float8)::float8, (1.5::float8)::numeric, (1.5::float8)::text, (1.5::float8)::varchar, (1.5::float8)::name, (1.5::float8)::bpchar(5)
SELECT (1.5::float8)::numeric(4,1), (1.5::float8)::varchar(3), (1.5::float8)::char(3), (1.5::float8)::bpchar, (1.5::float8)::numeric(2,-1), (2.5::float8)::int2, (2.5::float8)::int4, (2.5::float8)::int8, (2.5::float8)::float4, (2.5::float8)::float8, (2.5::float8)::numeric, (2.5::float8)::text
SELECT (2.5::float8)::varchar, (2.5::float8)::name, (2.5::float8)::bpchar(5), (2.5::float8)::numeric(4,1), (2.5::float8)::varchar(3), (2.5::float8)::char(3), (2.5::float8)::bpchar, (2.5::float8)::numeric(2,-1), (-2.5::float8)::int2, (-2.5::float8)::int4, (-2.5::float8)::int8, (-2.5::float8)::float4
SELECT (-2.5::float8)::float8, (-2.5::float8)::numeric, (-2.5::float8)::text, (-2.5::float8)::varchar, (-2.5::float8)::name, (-2.5::float8)::bpchar(5), (-2.5::float8)::numeric(4,1), (-2.5::float8)::varchar(3), (-2.5::float8)::char(3), (-2.5::float8)::bpchar, (-2.5::float8)::numeric(2,-1), ('NaN'::float8)::float4
SELECT ('NaN'::float8)::float8, ('NaN'::float8)::numeric, ('NaN'::float8)::text, ('NaN'::float8)::varchar, ('NaN'::float8)::name, ('NaN'::float8)::bpchar(5), ('NaN'::float8)::numeric(4,1), ('NaN'::float8)::varchar(3), ('NaN'::float8)::char(3), ('NaN'::float8)::bpchar, ('NaN'::float8)::numeric(3,3), ('NaN'::float8)::numeric(2,-1)
SELECT ('Infinity'::float8)::float4, ('Infinity'::float8)::float8, ('Infinity'::float8)::numeric, ('Infinity'::float8)::text, ('Infinity'::float8)::varchar, ('Infinity'::float8)::name, ('Infinity'::float8)::bpchar(5), ('Infinity'::float8)::varchar(3), ('Infinity'::float8)::char(3), ('Infinity'::float8)::bpchar, (1e300::float8)::float8, (1e300::float8)::numeric
SELECT (1e300::float8)::text, (1e300::float8)::varchar, (1e300::float8)::name, (1e300::float8)::bpchar(5), (1e300::float8)::varchar(3), (1e300::float8)::char(3), (1e300::float8)::bpchar, (0.1::float8)::int2, (0.1::float8)::int4, (0.1::float8)::int8, (0.1::float8)::float4, (0.1::float8)::float8
SELECT (0.1::float8)::numeric, (0.1::float8)::text, (0.1::float8)::varchar, (0.1::float8)::name, (0.1::float8)::bpchar(5), (0.1::float8)::numeric(4,1), (0.1::float8)::varchar(3), (0.1::float8)::char(3), (0.1::float8)::bpchar, (0.1::float8)::numeric(3,3), (0.1::float8)::numeric(2,-1), (1e15::float8)::int8
SELECT (1e15::float8)::float4, (1e15::float8)::float8, (1e15::float8)::numeric, (1e15::float8)::text, (1e15::float8)::varchar, (1e15::float8)::name, (1e15::float8)::bpchar(5), (1e15::float8)::varchar(3), (1e15::float8)::char(3), (1e15::float8)::bpchar, (1e16::float8)::int8, (1e16::float8)::float4
SELECT (1e16::float8)::float8, (1e16::float8)::numeric, (1e16::float8)::text, (1e16::float8)::varchar, (1e16::float8)::name, (1e16::float8)::bpchar(5), (1e16::float8)::varchar(3), (1e16::float8)::char(3), (1e16::float8)::bpchar, (123456789.123::float8)::int4, (123456789.123::float8)::int8, (123456789.123::float8)::float4
SELECT (123456789.123::float8)::float8, (123456789.123::float8)::numeric, (123456789.123::float8)::text, (123456789.123::float8)::varchar, (123456789.123::float8)::name, (123456789.123::float8)::bpchar(5), (123456789.123::float8)::varchar(3), (123456789.123::float8)::char(3), (123456789.123::float8)::bpchar, (1.5::numeric)::int2, (1.5::numeric)::int4, (1.5::numeric)::int8
SELECT (1.5::numeric)::float4, (1.5::numeric)::float8, (1.5::numeric)::numeric, (1.5::numeric)::text, (1.5::numeric)::varchar, (1.5::numeric)::name, (1.5::numeric)::bpchar(5), (1.5::numeric)::numeric(4,1), (1.5::numeric)::varchar(3), (1.5::numeric)::char(3), (1.5::numeric)::bpchar, (1.5::numeric)::numeric(2,-1)
SELECT (2.5::numeric)::int2, (2.5::numeric)::int4, (2.5::numeric)::int8, (2.5::numeric)::float4, (2.5::numeric)::float8, (2.5::numeric)::numeric, (2.5::numeric)::text, (2.5::numeric)::varchar, (2.5::numeric)::name, (2.5::numeric)::bpchar(5), (2.5::numeric)::numeric(4,1), (2.5::numeric)::varchar(3)
SELECT (2.5::numeric)::char(3), (2.5::numeric)::bpchar, (2.5::numeric)::numeric(2,-1), (-2.50::numeric)::int2, (-2.50::numeric)::int4, (-2.50::numeric)::int8, (-2.50::numeric)::float4, (-2.50::numeric)::float8, (-2.50::numeric)::numeric, (-2.50::numeric)::text, (-2.50::numeric)::varchar, (-2.50::numeric)::name
SELECT (-2.50::numeric)::bpchar(5), (-2.50::numeric)::numeric(4,1), (-2.50::numeric)::varchar(3), (-2.50::numeric)::char(3), (-2.50::numeric)::bpchar, (-2.50::numeric)::numeric(2,-1), ('NaN'::numeric)::float4, ('NaN'::numeric)::float8, ('NaN'::numeric)::numeric, ('NaN'::numeric)::text, ('NaN'::numeric)::varchar, ('NaN'::numeric)::name
SELECT ('NaN'::numeric)::bpchar(5), ('NaN'::numeric)::numeric(4,1), ('NaN'::numeric)::varchar(3), ('NaN'::numeric)::char(3), ('NaN'::numeric)::bpchar, ('NaN'::numeric)::numeric(3,3), ('NaN'::numeric)::numeric(2,-1), ('Infinity'::numeric)::float4, ('Infinity'::numeric)::float8, ('Infinity'::numeric)::numeric, ('Infinity'::numeric)::text, ('Infinity'::numeric)::varchar
SELECT ('Infinity'::numeric)::name, ('Infinity'::numeric)::bpchar(5), ('Infinity'::numeric)::varchar(3), ('Infinity'::numeric)::char(3), ('Infinity'::numeric)::bpchar, (1e30::numeric)::float4, (1e30::numeric)::float8, (1e30::numeric)::numeric, (1e30::numeric)::text, (1e30::numeric)::varchar, (1e30::numeric)::name, (1e30::numeric)::bpchar(5)
SELECT (1e30::numeric)::varchar(3), (1e30::numeric)::char(3), (1e30::numeric)::bpchar, (0.000001::numeric)::int2, (0.000001::numeric)::int4, (0.000001::numeric)::int8, (0.000001::numeric)::float4, (0.000001::numeric)::float8, (0.000001::numeric)::numeric, (0.000001::numeric)::text, (0.000001::numeric)::varchar, (0.000001::numeric)::name
SELECT (0.000001::numeric)::bpchar(5), (0.000001::numeric)::numeric(4,1), (0.000001::numeric)::varchar(3), (0.000001::numeric)::char(3), (0.000001::numeric)::bpchar, (0.000001::numeric)::numeric(3,3), (0.000001::numeric)::numeric(2,-1), (99999.99::numeric)::int4, (99999.99::numeric)::int8, (99999.99::numeric)::float4, (99999.99::numeric)::float8, (99999.99::numeric)::numeric
SELECT (99999.99::numeric)::text, (99999.99::numeric)::varchar, (99999.99::numeric)::name, (99999.99::numeric)::bpchar(5), (99999.99::numeric)::varchar(3), (99999.99::numeric)::char(3), (99999.99::numeric)::bpchar, ('1'::text)::bool, ('1'::text)::int2, ('1'::text)::int4, ('1'::text)::int8, ('1'::text)::float4
SELECT ('1'::text)::float8, ('1'::text)::numeric, ('1'::text)::text, ('1'::text)::varchar, ('1'::text)::"char", ('1'::text)::name, ('1'::text)::bytea, ('1'::text)::interval, ('1'::text)::json, ('1'::text)::jsonb, ('1'::text)::oid, ('1'::text)::bpchar(5)
SELECT ('1'::text)::numeric(4,1), ('1'::text)::varchar(3), ('1'::text)::char(3), ('1'::text)::interval(0), ('1'::text)::bpchar, ('1'::text)::numeric(2,-1), ('abc'::text)::text, ('abc'::text)::varchar, ('abc'::text)::"char", ('abc'::text)::name, ('abc'::text)::bytea, ('abc'::text)::bpchar(5)
SELECT ('abc'::text)::varchar(3), ('abc'::text)::char(3), ('abc'::text)::bpchar, (' t '::text)::bool, (' t '::text)::text, (' t '::text)::varchar, (' t '::text)::"char", (' t '::text)::name, (' t '::text)::bytea, (' t '::text)::bpchar(5), (' t '::text)::varchar(3), (' t '::text)::char(3)
SELECT (' t '::text)::bpchar, (''::text)::text, (''::text)::varchar, (''::text)::"char", (''::text)::name, (''::text)::bytea, (''::text)::bpchar(5), (''::text)::varchar(3), (''::text)::char(3), (''::text)::bpchar, ('2024-01-02'::text)::text, ('2024-01-02'::text)::varchar
SELECT ('2024-01-02'::text)::"char", ('2024-01-02'::text)::name, ('2024-01-02'::text)::bytea, ('2024-01-02'::text)::date, ('2024-01-02'::text)::timestamp, ('2024-01-02'::text)::timestamptz, ('2024-01-02'::text)::bpchar(5), ('2024-01-02'::text)::varchar(3), ('2024-01-02'::text)::char(3), ('2024-01-02'::text)::timestamp(0), ('2024-01-02'::text)::bpchar, ('10:20'::text)::text
SELECT ('10:20'::text)::varchar, ('10:20'::text)::"char", ('10:20'::text)::name, ('10:20'::text)::bytea, ('10:20'::text)::time, ('10:20'::text)::timetz, ('10:20'::text)::interval, ('10:20'::text)::bpchar(5), ('10:20'::text)::varchar(3), ('10:20'::text)::char(3), ('10:20'::text)::time(0), ('10:20'::text)::interval(0)
SELECT ('10:20'::text)::bpchar, ('1.5'::text)::float4, ('1.5'::text)::float8, ('1.5'::text)::numeric, ('1.5'::text)::text, ('1.5'::text)::varchar, ('1.5'::text)::"char", ('1.5'::text)::name, ('1.5'::text)::bytea, ('1.5'::text)::interval, ('1.5'::text)::json, ('1.5'::text)::jsonb
SELECT ('1.5'::text)::bpchar(5), ('1.5'::text)::numeric(4,1), ('1.5'::text)::varchar(3), ('1.5'::text)::char(3), ('1.5'::text)::interval(0), ('1.5'::text)::bpchar, ('1.5'::text)::numeric(2,-1), ('1'::varchar)::bool, ('1'::varchar)::int2, ('1'::varchar)::int4, ('1'::varchar)::int8, ('1'::varchar)::float4
SELECT ('1'::varchar)::float8, ('1'::varchar)::numeric, ('1'::varchar)::text, ('1'::varchar)::varchar, ('1'::varchar)::"char", ('1'::varchar)::name, ('1'::varchar)::bytea, ('1'::varchar)::interval, ('1'::varchar)::json, ('1'::varchar)::jsonb, ('1'::varchar)::oid, ('1'::varchar)::bpchar(5)
SELECT ('1'::varchar)::numeric(4,1), ('1'::varchar)::varchar(3), ('1'::varchar)::char(3), ('1'::varchar)::interval(0), ('1'::varchar)::bpchar, ('1'::varchar)::numeric(2,-1), ('abc  '::varchar)::text, ('abc  '::varchar)::varchar, ('abc  '::varchar)::"char", ('abc  '::varchar)::name, ('abc  '::varchar)::bytea, ('abc  '::varchar)::bpchar(5)
SELECT ('abc  '::varchar)::varchar(3), ('abc  '::varchar)::char(3), ('abc  '::varchar)::bpchar, ('a'::"char")::int4, ('a'::"char")::text, ('a'::"char")::varchar, ('a'::"char")::"char", ('a'::"char")::name, ('a'::"char")::bpchar(5), ('a'::"char")::varchar(3), ('a'::"char")::char(3), ('a'::"char")::bpchar
refused> SELECT (''::"char")::int4, (''::"char")::text, (''::"char")::varchar, (''::"char")::"char", (''::"char")::name, (''::"char")::bpchar(5), (''::"char")::varchar(3), (''::"char")::char(3), (''::"char")::bpchar, ('abc'::name)::text, ('abc'::name)::varchar, ('abc'::name)::"char"
SELECT ('abc'::name)::name, ('abc'::name)::bytea, ('abc'::name)::bpchar(5), ('abc'::name)::varchar(3), ('abc'::name)::char(3), ('abc'::name)::bpchar, ('\x41'::bytea)::int2, ('\x41'::bytea)::int4, ('\x41'::bytea)::int8, ('\x41'::bytea)::text, ('\x41'::bytea)::varchar, ('\x41'::bytea)::name
SELECT ('\x41'::bytea)::bytea, ('\x41'::bytea)::bpchar(5), ('\x41'::bytea)::varchar(3), ('\x41'::bytea)::char(3), ('\x41'::bytea)::bpchar, (''::bytea)::int2, (''::bytea)::int4, (''::bytea)::int8, (''::bytea)::text, (''::bytea)::varchar, (''::bytea)::name, (''::bytea)::bytea
SELECT (''::bytea)::bpchar(5), (''::bytea)::varchar(3), (''::bytea)::char(3), (''::bytea)::bpchar, ('2024-02-29'::date)::text, ('2024-02-29'::date)::varchar, ('2024-02-29'::date)::name, ('2024-02-29'::date)::date, ('2024-02-29'::date)::timestamp, ('2024-02-29'::date)::timestamptz, ('2024-02-29'::date)::bpchar(5), ('2024-02-29'::date)::varchar(3)
SELECT ('2024-02-29'::date)::char(3), ('2024-02-29'::date)::timestamp(0), ('2024-02-29'::date)::bpchar, ('infinity'::date)::text, ('infinity'::date)::varchar, ('infinity'::date)::name, ('infinity'::date)::date, ('infinity'::date)::timestamp, ('infinity'::date)::timestamptz, ('infinity'::date)::bpchar(5), ('infinity'::date)::varchar(3), ('infinity'::date)::char(3)
SELECT ('infinity'::date)::timestamp(0), ('infinity'::date)::bpchar, ('10:20:30.5'::time)::text, ('10:20:30.5'::time)::varchar, ('10:20:30.5'::time)::name, ('10:20:30.5'::time)::time, ('10:20:30.5'::time)::timetz, ('10:20:30.5'::time)::interval, ('10:20:30.5'::time)::bpchar(5), ('10:20:30.5'::time)::varchar(3), ('10:20:30.5'::time)::char(3), ('10:20:30.5'::time)::time(0)
SELECT ('10:20:30.5'::time)::interval(0), ('10:20:30.5'::time)::bpchar, ('10:20:30.5+02'::timetz)::text, ('10:20:30.5+02'::timetz)::varchar, ('10:20:30.5+02'::timetz)::name, ('10:20:30.5+02'::timetz)::time, ('10:20:30.5+02'::timetz)::timetz, ('10:20:30.5+02'::timetz)::bpchar(5), ('10:20:30.5+02'::timetz)::varchar(3), ('10:20:30.5+02'::timetz)::char(3), ('10:20:30.5+02'::timetz)::time(0), ('10:20:30.5+02'::timetz)::bpchar
SELECT ('2024-02-29 10:20:30.123456'::timestamp)::text, ('2024-02-29 10:20:30.123456'::timestamp)::varchar, ('2024-02-29 10:20:30.123456'::timestamp)::name, ('2024-02-29 10:20:30.123456'::timestamp)::date, ('2024-02-29 10:20:30.123456'::timestamp)::time, ('2024-02-29 10:20:30.123456'::timestamp)::timestamp, ('2024-02-29 10:20:30.123456'::timestamp)::timestamptz, ('2024-02-29 10:20:30.123456'::timestamp)::bpchar(5), ('2024-02-29 10:20:30.123456'::timestamp)::varchar(3), ('2024-02-29 10:20:30.123456'::timestamp)::char(3), ('2024-02-29 10:20:30.123456'::timestamp)::timestamp(0), ('2024-02-29 10:20:30.123456'::timestamp)::time(0)
SELECT ('2024-02-29 10:20:30.123456'::timestamp)::bpchar, ('infinity'::timestamp)::text, ('infinity'::timestamp)::varchar, ('infinity'::timestamp)::name, ('infinity'::timestamp)::date, ('infinity'::timestamp)::time, ('infinity'::timestamp)::timestamp, ('infinity'::timestamp)::timestamptz, ('infinity'::timestamp)::bpchar(5), ('infinity'::timestamp)::varchar(3), ('infinity'::timestamp)::char(3), ('infinity'::timestamp)::timestamp(0)
SELECT ('infinity'::timestamp)::time(0), ('infinity'::timestamp)::bpchar, ('2024-02-29 10:20:30.123456+00'::timestamptz)::text, ('2024-02-29 10:20:30.123456+00'::timestamptz)::varchar, ('2024-02-29 10:20:30.123456+00'::timestamptz)::name, ('2024-02-29 10:20:30.123456+00'::timestamptz)::date, ('2024-02-29 10:20:30.123456+00'::timestamptz)::time, ('2024-02-29 10:20:30.123456+00'::timestamptz)::timetz, ('2024-02-29 10:20:30.123456+00'::timestamptz)::timestamp, ('2024-02-29 10:20:30.123456+00'::timestamptz)::timestamptz, ('2024-02-29 10:20:30.123456+00'::timestamptz)::bpchar(5), ('2024-02-29 10:20:30.123456+00'::timestamptz)::varchar(3)
SELECT ('2024-02-29 10:20:30.123456+00'::timestamptz)::char(3), ('2024-02-29 10:20:30.123456+00'::timestamptz)::timestamp(0), ('2024-02-29 10:20:30.123456+00'::timestamptz)::time(0), ('2024-02-29 10:20:30.123456+00'::timestamptz)::bpchar, ('-infinity'::timestamptz)::text, ('-infinity'::timestamptz)::varchar, ('-infinity'::timestamptz)::name, ('-infinity'::timestamptz)::date, ('-infinity'::timestamptz)::time, ('-infinity'::timestamptz)::timetz, ('-infinity'::timestamptz)::timestamp, ('-infinity'::timestamptz)::timestamptz
SELECT ('-infinity'::timestamptz)::bpchar(5), ('-infinity'::timestamptz)::varchar(3), ('-infinity'::timestamptz)::char(3), ('-infinity'::timestamptz)::timestamp(0), ('-infinity'::timestamptz)::time(0), ('-infinity'::timestamptz)::bpchar, ('1 day 02:03:04'::interval)::text, ('1 day 02:03:04'::interval)::varchar, ('1 day 02:03:04'::interval)::name, ('1 day 02:03:04'::interval)::time, ('1 day 02:03:04'::interval)::interval, ('1 day 02:03:04'::interval)::bpchar(5)
SELECT ('1 day 02:03:04'::interval)::varchar(3), ('1 day 02:03:04'::interval)::char(3), ('1 day 02:03:04'::interval)::time(0), ('1 day 02:03:04'::interval)::interval(0), ('1 day 02:03:04'::interval)::bpchar, ('-1 mon'::interval)::text, ('-1 mon'::interval)::varchar, ('-1 mon'::interval)::name, ('-1 mon'::interval)::time, ('-1 mon'::interval)::interval, ('-1 mon'::interval)::bpchar(5), ('-1 mon'::interval)::varchar(3)
SELECT ('-1 mon'::interval)::char(3), ('-1 mon'::interval)::time(0), ('-1 mon'::interval)::interval(0), ('-1 mon'::interval)::bpchar, ('26:00'::interval)::text, ('26:00'::interval)::varchar, ('26:00'::interval)::name, ('26:00'::interval)::time, ('26:00'::interval)::interval, ('26:00'::interval)::bpchar(5), ('26:00'::interval)::varchar(3), ('26:00'::interval)::char(3)
SELECT ('26:00'::interval)::time(0), ('26:00'::interval)::interval(0), ('26:00'::interval)::bpchar, ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::text, ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::varchar, ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::name, ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::uuid, ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::bpchar(5), ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::varchar(3), ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::char(3), ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)::bpchar, ('{"a": 1}'::json)::text
SELECT ('{"a": 1}'::json)::varchar, ('{"a": 1}'::json)::name, ('{"a": 1}'::json)::json, ('{"a": 1}'::json)::jsonb, ('{"a": 1}'::json)::bpchar(5), ('{"a": 1}'::json)::varchar(3), ('{"a": 1}'::json)::char(3), ('{"a": 1}'::json)::bpchar, ('5'::json)::text, ('5'::json)::varchar, ('5'::json)::name, ('5'::json)::json
SELECT ('5'::json)::jsonb, ('5'::json)::bpchar(5), ('5'::json)::varchar(3), ('5'::json)::char(3), ('5'::json)::bpchar, ('{"a": 1}'::jsonb)::text, ('{"a": 1}'::jsonb)::varchar, ('{"a": 1}'::jsonb)::name, ('{"a": 1}'::jsonb)::json, ('{"a": 1}'::jsonb)::jsonb, ('{"a": 1}'::jsonb)::bpchar(5), ('{"a": 1}'::jsonb)::varchar(3)
SELECT ('{"a": 1}'::jsonb)::char(3), ('{"a": 1}'::jsonb)::bpchar, ('5'::jsonb)::int2, ('5'::jsonb)::int4, ('5'::jsonb)::int8, ('5'::jsonb)::float4, ('5'::jsonb)::float8, ('5'::jsonb)::numeric, ('5'::jsonb)::text, ('5'::jsonb)::varchar, ('5'::jsonb)::name, ('5'::jsonb)::json
SELECT ('5'::jsonb)::jsonb, ('5'::jsonb)::bpchar(5), ('5'::jsonb)::numeric(4,1), ('5'::jsonb)::varchar(3), ('5'::jsonb)::char(3), ('5'::jsonb)::bpchar, ('5'::jsonb)::numeric(2,-1), ('true'::jsonb)::bool, ('true'::jsonb)::text, ('true'::jsonb)::varchar, ('true'::jsonb)::name, ('true'::jsonb)::json
SELECT ('true'::jsonb)::jsonb, ('true'::jsonb)::bpchar(5), ('true'::jsonb)::varchar(3), ('true'::jsonb)::char(3), ('true'::jsonb)::bpchar, ('null'::jsonb)::bool, ('null'::jsonb)::int2, ('null'::jsonb)::int4, ('null'::jsonb)::int8, ('null'::jsonb)::float4, ('null'::jsonb)::float8, ('null'::jsonb)::numeric
SELECT ('null'::jsonb)::text, ('null'::jsonb)::varchar, ('null'::jsonb)::name, ('null'::jsonb)::json, ('null'::jsonb)::jsonb, ('null'::jsonb)::bpchar(5), ('null'::jsonb)::numeric(4,1), ('null'::jsonb)::varchar(3), ('null'::jsonb)::char(3), ('null'::jsonb)::bpchar, ('null'::jsonb)::numeric(3,3), ('null'::jsonb)::numeric(2,-1)
SELECT ('"x"'::jsonb)::text, ('"x"'::jsonb)::varchar, ('"x"'::jsonb)::name, ('"x"'::jsonb)::json, ('"x"'::jsonb)::jsonb, ('"x"'::jsonb)::bpchar(5), ('"x"'::jsonb)::varchar(3), ('"x"'::jsonb)::char(3), ('"x"'::jsonb)::bpchar, ('{1,2}'::int4[])::text, ('{1,2}'::int4[])::varchar, ('{1,2}'::int4[])::name
SELECT ('{1,2}'::int4[])::int4[], ('{1,2}'::int4[])::text[], ('{1,2}'::int4[])::numeric[], ('{1,2}'::int4[])::bpchar(5), ('{1,2}'::int4[])::varchar(3), ('{1,2}'::int4[])::char(3), ('{1,2}'::int4[])::bpchar, ('{}'::int4[])::text, ('{}'::int4[])::varchar, ('{}'::int4[])::name, ('{}'::int4[])::int4[], ('{}'::int4[])::text[]
SELECT ('{}'::int4[])::numeric[], ('{}'::int4[])::bpchar(5), ('{}'::int4[])::varchar(3), ('{}'::int4[])::char(3), ('{}'::int4[])::bpchar, ('{1,b}'::text[])::text, ('{1,b}'::text[])::varchar, ('{1,b}'::text[])::name, ('{1,b}'::text[])::text[], ('{1,b}'::text[])::bpchar(5), ('{1,b}'::text[])::varchar(3), ('{1,b}'::text[])::char(3)
SELECT ('{1,b}'::text[])::bpchar, ('{1,2}'::text[])::text, ('{1,2}'::text[])::varchar, ('{1,2}'::text[])::name, ('{1,2}'::text[])::int4[], ('{1,2}'::text[])::text[], ('{1,2}'::text[])::numeric[], ('{1,2}'::text[])::bpchar(5), ('{1,2}'::text[])::varchar(3), ('{1,2}'::text[])::char(3), ('{1,2}'::text[])::bpchar, ('{1.5,NULL}'::numeric[])::text
SELECT ('{1.5,NULL}'::numeric[])::varchar, ('{1.5,NULL}'::numeric[])::name, ('{1.5,NULL}'::numeric[])::int4[], ('{1.5,NULL}'::numeric[])::text[], ('{1.5,NULL}'::numeric[])::numeric[], ('{1.5,NULL}'::numeric[])::bpchar(5), ('{1.5,NULL}'::numeric[])::varchar(3), ('{1.5,NULL}'::numeric[])::char(3), ('{1.5,NULL}'::numeric[])::bpchar, (1::oid)::int4, (1::oid)::int8, (1::oid)::text
SELECT (1::oid)::varchar, (1::oid)::name, (1::oid)::oid, (1::oid)::bpchar(5), (1::oid)::varchar(3), (1::oid)::char(3), (1::oid)::bpchar, ('ab'::bpchar(5))::text, ('ab'::bpchar(5))::varchar, ('ab'::bpchar(5))::"char", ('ab'::bpchar(5))::name, ('ab'::bpchar(5))::bytea
SELECT ('ab'::bpchar(5))::bpchar(5), ('ab'::bpchar(5))::varchar(3), ('ab'::bpchar(5))::char(3), ('ab'::bpchar(5))::bpchar, ('1'::bpchar(5))::bool, ('1'::bpchar(5))::int2, ('1'::bpchar(5))::int4, ('1'::bpchar(5))::int8, ('1'::bpchar(5))::float4, ('1'::bpchar(5))::float8, ('1'::bpchar(5))::numeric, ('1'::bpchar(5))::text
SELECT ('1'::bpchar(5))::varchar, ('1'::bpchar(5))::"char", ('1'::bpchar(5))::name, ('1'::bpchar(5))::bytea, ('1'::bpchar(5))::interval, ('1'::bpchar(5))::json, ('1'::bpchar(5))::jsonb, ('1'::bpchar(5))::oid, ('1'::bpchar(5))::bpchar(5), ('1'::bpchar(5))::numeric(4,1), ('1'::bpchar(5))::varchar(3), ('1'::bpchar(5))::char(3)
SELECT ('1'::bpchar(5))::interval(0), ('1'::bpchar(5))::bpchar, ('1'::bpchar(5))::numeric(2,-1), '1.5'::float4, '1.5'::float8, '1.5'::numeric, '1.5'::numeric(5,2), '1.5'::interval, '1.5'::"char", 'abc'::"char", ' 5 '::int2, ' 5 '::int4
SELECT ' 5 '::int8, ' 5 '::float4, ' 5 '::float8, ' 5 '::numeric, ' 5 '::numeric(5,2), ' 5 '::oid, ' 5 '::interval, ' 5 '::"char", '1e3'::float4, '1e3'::float8, '1e3'::numeric, '1e3'::"char"
SELECT '0x1F'::int2, '0x1F'::int4, '0x1F'::int8, '0x1F'::float4, '0x1F'::float8, '0x1F'::numeric, '0x1F'::numeric(5,2), '0x1F'::oid, '0x1F'::"char", '1_000'::int2, '1_000'::int4, '1_000'::int8
SELECT '1_000'::numeric, '1_000'::"char", ''::"char", ' '::"char", '99999999999999999999'::float4, '99999999999999999999'::float8, '99999999999999999999'::numeric, '99999999999999999999'::"char", '1.'::float4, '1.'::float8, '1.'::numeric, '1.'::numeric(5,2)
SELECT '1.'::interval, '1.'::"char", '.5'::float4, '.5'::float8, '.5'::numeric, '.5'::numeric(5,2), '.5'::interval, '.5'::"char", '+5'::int2, '+5'::int4, '+5'::int8, '+5'::float4
SELECT '+5'::float8, '+5'::numeric, '+5'::numeric(5,2), '+5'::oid, '+5'::interval, '+5'::"char", '-0'::int2, '-0'::int4, '-0'::int8, '-0'::float4, '-0'::float8, '-0'::numeric
SELECT '-0'::numeric(5,2), '-0'::oid, '-0'::interval, '-0'::"char", 'NaN'::float4, 'NaN'::float8, 'NaN'::numeric, 'NaN'::numeric(5,2), 'NaN'::"char", 'inf'::float4, 'inf'::float8, 'inf'::numeric
SELECT 'inf'::"char", '1e400'::numeric, '1e400'::"char", '1e-400'::numeric, '1e-400'::numeric(5,2), '1e-400'::"char", '0b11'::int2, '0b11'::int4, '0b11'::int8, '0b11'::numeric, '0b11'::numeric(5,2), '0b11'::"char"
refused> SELECT '1__0'::"char", '12abc'::"char", '1 2'::"char", '∞'::"char", '١'::"char"

== errors
SELECT (1e15::float8)::int4[]
SELECT ('infinity'::date)::jsonb
SELECT ('1 day 02:03:04'::interval)::uuid
SELECT ('{1.5,NULL}'::numeric[])::interval
SELECT ('NaN'::float8)::timestamptz
SELECT ('abc'::name)::interval
SELECT (1::oid)::bool
SELECT (1.5::float8)::date
SELECT ('"x"'::jsonb)::timestamp(0)
SELECT (1e30::numeric)::int4
SELECT '1e-400'::int4
SELECT (1.5::float4)::oid
SELECT ('abc  '::varchar)::numeric
SELECT ('1.5'::text)::int4[]
SELECT ('{1.5,NULL}'::numeric[])::bool
SELECT ('1 day 02:03:04'::interval)::date
SELECT ('NaN'::numeric)::text[]
SELECT (false::bool)::numeric
SELECT ('-1 mon'::interval)::numeric
SELECT ('2024-02-29 10:20:30.123456+00'::timestamptz)::numeric[]
SELECT ('26:00'::interval)::numeric[]
SELECT (99999.99::numeric)::jsonb
SELECT ('10:20:30.5'::time)::"char"
SELECT ('{1,2}'::int4[])::interval(0)
SELECT ('NaN'::float4)::interval(0)
SELECT (-32768::int2)::jsonb
SELECT (0::int2)::time
SELECT (1::int4)::jsonb
SELECT (' t '::text)::json
SELECT (1e15::float8)::json
SELECT ('Infinity'::float4)::uuid
SELECT (0.1::float8)::timestamptz
SELECT '1.'::oid
SELECT ('5'::json)::"char"
SELECT ('\x41'::bytea)::time(0)
SELECT (-7::int4)::timestamptz
SELECT (1e300::float8)::text[]
SELECT ('{}'::int4[])::int8
SELECT ('2024-01-02'::text)::bool
SELECT (true::bool)::float4
SELECT (false::bool)::int8
SELECT ('abc'::name)::timestamptz
SELECT ('{"a": 1}'::json)::int4[]
SELECT ('26:00'::interval)::bytea
SELECT ('2024-02-29 10:20:30.123456'::timestamp)::int4[]
SELECT (-0.0::float4)::date
SELECT ('Infinity'::float4)::interval(0)
SELECT ('NaN'::float4)::bytea
SELECT ('1'::bpchar(5))::timestamp
SELECT ('{"a": 1}'::jsonb)::timestamptz
SELECT ('ab'::bpchar(5))::interval(0)
SELECT (true::bool)::oid
SELECT ('2024-01-02'::text)::oid
SELECT ('10:20:30.5'::time)::date
SELECT ('1.5'::text)::text[]
SELECT (99999.99::numeric)::interval(0)
SELECT (1e300::float8)::bytea
SELECT (-2.5::float8)::interval(0)
SELECT '1e3'::int4
SELECT (' t '::text)::int8
