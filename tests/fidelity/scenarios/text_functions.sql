# Functions and operators of text and bytea.

== format and padding
SELECT format('%s|%10s|%-10s|%I|%L|%%|%1$s', 'a', 'b', 'c', 'D e', 'it''s')
SELECT format('%2$s %1$s', 'a', 'b'), format('%*s', 5, 'x'), format('%-*s|', 5, 'x'), format('%1$*2$s', 'x', 4), format('%s', NULL), format('%L', NULL), format('Hello'), format('%s', 1.50), format('%s', true), format('%s', ARRAY[1,2])
SELECT format('%I', NULL)
SELECT format('%s')
SELECT format('%d', 1)
SELECT format('%', 1)
SELECT format('%0$s', 1)
SELECT format('%3$s', 1)
SELECT format('%1s', 1), format('%1$', 1)
SELECT lpad('hi', 5, 'xy'), lpad('hello', 3), lpad('hi', 0), lpad('hi', -1), lpad('hi', 5, ''), rpad('hi', 5, 'xy'), rpad('hello', 2), lpad('', 3, 'é'), lpad(NULL, 3)
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), overlay('abc' placing 'X' from 5), overlay('abc' placing 'XYZ' from 2), overlay('abc' placing '' from 1 for 2), overlay('abcdef' placing 'Z' from 3 for 0)
SELECT overlay('abc' placing 'X' from 0)
SELECT overlay('abc' placing 'X' from -1 for 2)
SELECT overlay('\x0102030405'::bytea placing '\xff'::bytea from 2 for 2), overlay('\x01'::bytea placing '\xff'::bytea from 5)
SELECT translate('12345', '143', 'ax'), translate('abc', '', 'x'), translate('abc', 'abc', ''), translate('aab', 'aa', 'xy'), translate('éa', 'é', 'e')
SELECT repeat('ab', 3), repeat('a', 0), repeat('a', -1), repeat('', 1000000), length(repeat('x', 1000))
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), split_part('a,b,c', ',', 5), split_part('a,b', '', 1), split_part('a,b', '', 2), split_part('', ',', 1), split_part('abc', 'bc', 1), split_part('a,b,c', ',', -4)
SELECT split_part('a,b', ',', 0)
SELECT substring('Thomas' from 2 for 3), substring('Thomas' from 3), substring('Thomas' for 2), substring('Thomas' from -1 for 3), substring('Thomas' from 0), substring('abc' from 5), substr('abc', 2), substr('abc', 0, 2)
SELECT substring('abc' from 2 for -1)
SELECT substr('abc', -5, 3), substr('abc', 2, 2147483647), substr('abc', -2147483648, 2147483647)
SELECT substring('Thomas' from '...$'), substring('foobar' from 'o(.)b'), substring('abc' from 'x'), substring('foobar' similar '%#"o_b#"%' escape '#'), substring('Thomas' from '%#"o_a#"_' for '#')
SELECT substring('abcdefg' similar 'a#"%#"g' escape '#'), substring('abcdefg' similar 'a*#"%#"g*' escape '#'), substring('abcdefg' similar '#"(b_d)#"%' escape '#'), substring('abcdefg' similar '#"(b_d)#"%' escape '##')
SELECT 'abc' SIMILAR TO 'abc', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%', 'abc' SIMILAR TO '(b|c)%', 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a_c', 'a%c' SIMILAR TO 'a\%c', 'ab+' SIMILAR TO 'ab\+', 'aab' SIMILAR TO 'a{2}b', 'a|b' SIMILAR TO 'a#|b' ESCAPE '#', 'abc' NOT SIMILAR TO '[a-c]*', 'x^' SIMILAR TO 'x^', 'b' SIMILAR TO '[^a]'
SELECT 'abc' SIMILAR TO '('
SELECT 'abc' SIMILAR TO 'a' ESCAPE 'xx'
SELECT 'abc' SIMILAR TO NULL, 'abc' SIMILAR TO 'a%' ESCAPE NULL
SELECT 'a%b' LIKE 'a\%b', 'a_b' LIKE 'a#_b' ESCAPE '#', 'ab' LIKE 'a_', 'a\b' LIKE 'a\\b', 'abc' LIKE '', '' LIKE '%', '' LIKE '_', 'a\b' LIKE 'a\b' ESCAPE '', NULL LIKE 'a', 'a' LIKE NULL
SELECT 'abc' LIKE 'abc\'
SELECT 'abc' LIKE 'a' ESCAPE 'xx'
SELECT 'ABC' ILIKE 'abc', 'ÀÉ' ILIKE 'àé', 'ß' ILIKE 'SS', 'İ' ILIKE 'i', 'ς' ILIKE 'Σ', 'ABC' NOT ILIKE '%b%', 'straße' ILIKE 'STRASSE'
SELECT lower('ÀÉÎ ß İ Σ ΑΣ'), upper('àéî ß ı ŉ ς ﬁ'), initcap('hello wORLD-foo_bar 1abc éa o''neil'), lower(''), upper('ǆ'), initcap('ǆ x'), casefold('Straße ΑΣ')

== patterns and characters
SELECT ascii('a'), ascii(''), ascii('é'), ascii('€'), ascii('😀'), chr(65), chr(233), chr(128512), length(chr(8364))
SELECT chr(0)
SELECT chr(-1)
SELECT chr(1114112)
SELECT chr(55296)
SELECT encode('\x0001ff', 'hex'), encode('\x0001ff', 'base64'), encode('\x0001ff41', 'escape'), encode(repeat('a', 100)::bytea, 'base64'), encode('', 'base64')
SELECT encode('\x00', 'nope')
SELECT encode('\x00ff', 'base64url')
SELECT decode('AAH/', 'base64'), decode('AA H/', 'base64'), decode('0001ff', 'hex'), decode('a\001\\b', 'escape'), decode(' 00 ff', 'hex'), decode('', 'hex')
SELECT decode('AAH', 'base64')
SELECT decode('A=', 'base64')
SELECT decode('!', 'base64')
SELECT decode('0g', 'hex')
SELECT decode('0', 'hex')
SELECT decode('\0', 'escape')
SELECT decode('x', 'nope')
SELECT md5(''), md5('abc'), md5('\x00'::bytea), sha224('abc'), sha256('abc'), sha384('a'), sha512('a'), crc32('abc'), crc32c('abc')
SELECT convert_from('\xc3a9', 'UTF8'), convert_to('é', 'UTF8'), convert_to('é', 'LATIN1'), convert_from('\xe9', 'latin1'), convert('\xc3a9', 'UTF8', 'LATIN1')
SELECT convert_from('\xff', 'UTF8')
SELECT convert_from('\xc3', 'UTF8')
SELECT convert_from('\x00', 'UTF8')
SELECT convert_to('€', 'LATIN1')
SELECT convert_to('a', 'nope')
SELECT quote_ident('abc'), quote_ident('Abc'), quote_ident('a b'), quote_ident('a"b'), quote_ident('select'), quote_ident(''), quote_ident('1a'), quote_ident('é'), quote_ident('name'), quote_ident('user')
SELECT quote_literal('it''s'), quote_literal('a\b'), quote_literal(42), quote_literal(NULL::text), quote_nullable(NULL), quote_nullable(1.5), quote_literal(true), quote_literal('2024-01-01'::date)
SELECT parse_ident('a.b.c'), parse_ident('"A".b'), parse_ident(' foo . "B ar" '), parse_ident('foo.bar()', false), parse_ident('Übung')
SELECT parse_ident('foo.bar()')
SELECT parse_ident('a.')
SELECT parse_ident('"a')
SELECT parse_ident('""')

== encodings and quoting
SELECT parse_ident('1a')
SELECT parse_ident('.a')
SELECT starts_with('abc', 'ab'), 'abc' ^@ 'b', starts_with('abc', ''), to_hex(255), to_hex(-1), to_hex(0), to_hex(9223372036854775807), to_bin(5), to_oct(-8), reverse('añb'), reverse(''), left('abc', -1), left('abc', 5), right('abc', -1), right('abc', 0)
SELECT get_byte('\x0102', 1), set_byte('\x0102', 0, 255), get_bit('\x0102', 8), set_bit('\x0102', 0, 1), get_bit('\x0102', 9)
SELECT get_byte('\x01', 5)
SELECT set_bit('\x01', 9, 1)
SELECT set_bit('\x01', 0, 2)
SELECT substring('\x010203'::bytea from 2), substring('\x010203'::bytea from 2 for 1), position('\x02'::bytea in '\x0102'::bytea), trim('\x00'::bytea from '\x000100'::bytea), btrim('\x0100'::bytea, '\x00'::bytea), '\x01'::bytea || '\x02'::bytea, length('\x0102'::bytea), octet_length('\x01'::bytea), bit_length('\x01'::bytea), bit_count('\xff01'::bytea), reverse('\x0102'::bytea)
SELECT substring('\x010203'::bytea from 1 for -1)
SELECT 1234::bytea, '\x04d2'::bytea::int, '\xffff'::bytea::smallint, (-1)::bigint::bytea, ''::bytea::int, '\xff'::bytea::int
SELECT '\x0102030405'::bytea::int
SELECT '\x0g'::bytea
SELECT '\'::bytea
SELECT 'a\1'::bytea
SELECT '\x01'::bytea < '\x02'::bytea, '\x01'::bytea = '\x0100'::bytea, 'abc'::bytea LIKE 'a%'::bytea, '\x01'::bytea::text, 'é'::bytea
SELECT normalize('é'), normalize('é', NFD) = 'é', 'é' IS NORMALIZED, 'é' IS NFD NORMALIZED, 'ﬁ' IS NOT NFKC NORMALIZED, normalize('ﬁ', NFKC)
SELECT normalize('a', 'x')
SELECT unistr('d\0061t\+000061 \u0061 \U00000061 \\'), unistr('\D83D\DE00')
SELECT unistr('\xyz')
SELECT unistr('\D83D')
SELECT U&'d\0061t\+000061', U&'d!0061' UESCAPE '!', E'\u0041\x42\103\t\n', 'a' 'b'
SELECT concat('a', NULL, 1, true, 2.50), concat_ws('-', 'a', NULL, 'b'), concat_ws(NULL, 'a'), concat(), concat_ws(',', NULL, NULL), concat('2024-01-01'::date, ARRAY[1])
SELECT btrim('xxaxx', 'x'), trim(both 'x' from 'xax'), trim(leading from '  a'), trim(trailing 'ab' from 'xab'), ltrim('zzytest', 'xyz'), rtrim('testxxzx', 'xyz'), trim('  a b  '), trim(E'\t a'), trim('' from 'a')
SELECT position('b' in 'abc'), position('' in 'abc'), position('é' in 'aé'), strpos('abc', 'c'), strpos('', 'a'), strpos('', '')
SELECT length('é€😀'), char_length('a '), octet_length('é€'), bit_length('a'), length(NULL::text)
SELECT replace('aaa', 'a', 'b'), replace('abc', '', 'x'), replace('abc', 'b', ''), replace('aaaa', 'aa', 'a')
SELECT 'a' || NULL, 'a' || 1, 1 || 'a', 'a' || 'b' || 1.50, 'x' || true, '2024-01-01'::date || 'x'
SELECT 1 || 2
SELECT 'a' < 'B', 'a' < 'b', 'é' > 'z', '' < 'a', 'a ' = 'a', 'Z' < 'a'
SELECT 'a '::char(3) = 'a', 'a'::char(3) || 'b', length('a '::char(5)), octet_length('a'::char(5)), 'a'::char(3)::text || 'x', 'ab'::char(1), 'a'::bpchar = 'a  ', 'a  '::char(3) LIKE 'a', 'a'::char(3) LIKE 'a  ', concat('a'::char(3), 'b'), upper('a'::char(3)) || '|', substring('ab'::char(4), 1, 3) || '|', replace('a'::char(3), ' ', '-'), 'a'::char(3) < 'a!'
SELECT lpad('a'::char(3), 5, '-'), reverse('ab'::char(4)), 'a'::char(3) IN ('a', 'b'), CASE 'a'::char(3) WHEN 'a' THEN 1 END, ARRAY['a'::char(3)], 'a'::char(3) = 'a '::text, 'a'::char(3)::varchar || '|', to_json('a'::char(3)), coalesce('a'::char(3), 'zzzz') || '|', length('a'::char(3)::varchar)
SELECT 'abc'::varchar(2), 'abc'::char(2), 'abc  '::varchar(3), 'a'::varchar(5) || '|', ''::char(2) || '|', 'abcdef'::name, repeat('x', 70)::name, 'ab'::"char", ''::"char"
SELECT 'x'::varchar(0)

== bytes, Unicode, character(n)
SELECT 'yes'::bool, 'on'::bool, 't'::bool, 'TRUE'::bool, '1'::bool, ' true '::bool, 'n'::bool, 'of'::bool, 'fal'::bool
SELECT 'o'::bool
SELECT ''::bool
SELECT 'tru e'::bool
SELECT true::text, true::int, 0::bool, 5::bool, 't'::text::bool, true::varchar(2), true::char(1)
SELECT 1.5::bool
SELECT pg_size_pretty(0::bigint), pg_size_pretty(10239::bigint), pg_size_pretty(10240::bigint), pg_size_pretty(123456789::bigint), pg_size_pretty(-123456789::bigint), pg_size_pretty(9223372036854775807), pg_size_pretty(1234567.891::numeric), pg_size_pretty(20480::bigint), pg_size_pretty(10485247::bigint), pg_size_pretty(10485248::bigint)
SELECT pg_size_bytes('1 GB'), pg_size_bytes('1.5kB'), pg_size_bytes('10'), pg_size_bytes('-1MB')
SELECT pg_size_bytes('x')
SELECT pg_size_bytes('1 XB')
SELECT num_nulls(1, NULL, 'a'), num_nonnulls(1, NULL), num_nulls(NULL)
SELECT uuid_extract_version('0189e3a0-0000-7000-8000-000000000000'::uuid), uuid_extract_timestamp('0189e3a0-0000-7000-8000-000000000000'::uuid), uuid_extract_version(gen_random_uuid()), uuid_extract_version(uuidv7()), uuid_extract_version(uuidv4()), uuid_extract_timestamp(gen_random_uuid()), uuid_extract_timestamp('c232ab00-9414-11ec-b3c8-9f6bdeced846'::uuid)
SELECT '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid, 'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid, 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'::uuid
SELECT 'a0eebc99'::uuid
SELECT gen_random_uuid() <> gen_random_uuid(), 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid < 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid::text
SELECT string_to_array('a b', ' ')::text, regexp_split_to_array('a1b2', '\d'), regexp_replace('Thomas', '.[mN]a.', 'M'), regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_replace('abc', 'B', 'x', 'i'), regexp_replace('aaa', 'a', 'b', 2), regexp_replace('aaa', 'a', 'b', 1, 2), regexp_replace('AAA', 'a', 'b', 1, 0, 'i')
SELECT regexp_replace('abc', 'b', 'x', '1')
SELECT regexp_replace('abc', 'b', 'x', 'z')
SELECT regexp_replace('abc', 'b', 'x', 0)
SELECT regexp_like('abc', 'B', 'i'), regexp_count('abcabc', 'b', 3), regexp_instr('abcabc', 'b', 1, 2), regexp_substr('abcabc', 'b.', 1, 2), regexp_instr('abc', '(b)(c)', 1, 1, 0, '', 2), regexp_substr('abc', '(b)(c)', 1, 1, '', 2), regexp_substr('abc', 'x')
SELECT regexp_count('abc', 'b', 0)
SELECT regexp_like('abc', 'b', 'g')
SELECT regexp_match('abc', 'b', 'g')
SELECT regexp_split_to_table('a,b', ','), regexp_matches('ab', '(.)', 'g')
SELECT set_config('app.x', 'y', false), current_setting('app.x'), current_setting('nope.nope', true)
SELECT hashtext('a'), hashtext(''), hashtext('twelve chars'), hashtext('hello world, this is long'), hashtextextended('a', 0), hashtextextended('é', -7)
SELECT pg_try_advisory_lock(hashtext('job')), pg_advisory_unlock(hashtext('job'))
refused> SELECT asinh(1.0), acosh(2.0), atanh(0.5), cot(1.0), erf(0.5), erfc(0.5), gamma(5), lgamma(10), sind(30), cosd(60), tand(45), random_normal() IS NOT NULL
SELECT acosh(0.5)
SELECT 'abc' COLLATE "C" < 'abd', 'a' COLLATE "POSIX"
SELECT 'abc' COLLATE "nope"
refused> SELECT xmlparse(document '<a/>')
refused> SELECT '(1,2)'::point
refused> SELECT to_tsvector('a')

== the rest
