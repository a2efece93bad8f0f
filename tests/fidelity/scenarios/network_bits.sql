# inet, cidr and macaddr.
+ CREATE TABLE host (id int PRIMARY KEY, ip inet UNIQUE, net cidr, mac macaddr, seen inet[])
+ INSERT INTO host VALUES (1, '192.168.1.5', '192.168.1.0/24', '08:00:2b:01:02:03', '{10.0.0.1,::1}'), (2, '10.0.0.1/8', '10/8', '08-00-2b-01-02-04', NULL), (3, '::1', '2001:db8::/32', '08002b:010205', '{}'), (4, NULL, NULL, NULL, NULL)

== reading and searching
SELECT * FROM host ORDER BY id
SELECT ip::text, net::text, mac::text, seen::text, ip::varchar, concat(ip), to_json(ip), host(ip) FROM host ORDER BY id
SELECT id FROM host ORDER BY ip
SELECT id FROM host ORDER BY net DESC NULLS LAST
SELECT id FROM host ORDER BY mac
SELECT max(id) FROM host GROUP BY ip ORDER BY 1
SELECT id FROM host WHERE ip = '192.168.1.5'
SELECT id FROM host WHERE ip = $1
    <- ipaddress.ip_address('192.168.1.5')
SELECT id FROM host WHERE ip = $1
    <- '10.0.0.1/8'
SELECT id FROM host WHERE net = $1
    <- ipaddress.ip_network('10.0.0.0/8')
SELECT id FROM host WHERE mac = $1
    <- '08:00:2b:01:02:03'
SELECT id FROM host WHERE ip = ANY($1)
    <- ['::1', '1.1.1.1']
SELECT id FROM host WHERE ip << '192.168.0.0/16' ORDER BY id
SELECT id FROM host WHERE net >>= '192.168.1.7' ORDER BY id
SELECT $1::inet, $2::cidr, $3::macaddr
    <- '1.2.3.4', '1.2.3.0/24', '08002b010203'
SELECT $1::inet
    <- ipaddress.ip_interface('1.2.3.4/24')
SELECT $1::inet
    <- 'nope'
SELECT $1::inet
    <- 5
SELECT $1::cidr
    <- '1.2.3.4/24'
SELECT $1::inet
    <- 1.5
INSERT INTO host (id, ip) VALUES (5, '192.168.1.5')
INSERT INTO host (id, ip) VALUES (5, '192.168.1.5/24') RETURNING ip

== input and comparison
INSERT INTO host (id, ip) VALUES (6, $1) RETURNING ip
    <- '300.1.1.1'
SELECT '192.168.1.5'::inet < '192.168.1.6', '192.168.1.5'::inet = '192.168.1.5/32', '192.168.1.5/24'::inet > '192.168.1.5/16', '10.0.0.1'::inet < '::1', '10.1.0.1/8'::inet < '10.0.0.0/16', '10/8'::cidr = '10.0.0.0/8'::inet
SELECT '192.168.1/24'::cidr, '192.168.1'::cidr, '10'::cidr, '172.16'::cidr, '2001:db8::1'::cidr, '::ffff:1.2.3.4'::inet, '::1.2.3.4'::inet, '224.1'::cidr, '1.2.3.4'::cidr, '::/0'::cidr, '0.0.0.0/0'::inet
SELECT '192.168.1.5/24'::cidr
SELECT '192.168.1.300'::inet
SELECT '192.168.1'::inet
SELECT '1.2.3.4/33'::inet
SELECT ''::inet
SELECT 'abc'::inet
SELECT '1.2.3.4/'::inet
SELECT ':::1'::inet
SELECT '::1/129'::inet
SELECT ' 1.2.3.4'::inet
SELECT '1.2.3.4.5'::cidr
SELECT '192.168.1.5/24'::inet::cidr, '192.168.1.0/24'::cidr::inet, '1.2.3.4'::inet::text, '1.2.3.0/24'::cidr::text, '2001:0db8::0001'::inet::text
SELECT abbrev('10.1.0.0/16'::inet), abbrev('10.1.0.0/16'::cidr), abbrev('10.1.2.3'::inet), abbrev('10.0.0.0/8'::cidr), abbrev('1.2.3.4/32'::cidr), broadcast('192.168.1.5/24'), family('::1'), family('1.2.3.4'), host('192.168.1.5/24'), hostmask('192.168.23.20/30'), masklen('192.168.1.5/24'), netmask('192.168.1.5/24'), network('192.168.1.5/24'), text('192.168.1.5'::inet)
SELECT set_masklen('192.168.1.5/24', 16), set_masklen('192.168.1.0/24'::cidr, 16), set_masklen('1.2.3.4', -1), inet_merge('192.168.1.5/24', '192.168.2.5/24'), inet_same_family('192.168.1.5/24', '::1'), inet_merge('1.2.3.4', '1.2.3.5')
SELECT set_masklen('1.2.3.4'::inet, 33)
SELECT inet_merge('1.2.3.4', '::1')

== functions and operators
SELECT ~ '192.168.1.6'::inet, '192.168.1.6'::inet & '0.0.0.255', '192.168.1.6'::inet | '0.0.0.255', '192.168.1.6'::inet + 25, 25 + '192.168.1.6'::inet, '192.168.1.43'::inet - 36, '192.168.1.43'::inet - '192.168.1.19', '::1'::inet + 1
SELECT '255.255.255.255'::inet + 1
SELECT '1.2.3.4'::inet & '::1'
SELECT '::1'::inet - '1.2.3.4'
SELECT '192.168.1.5'::inet << '192.168.1/24', '192.168.1/24'::inet <<= '192.168.1.0/24', '192.168.1/24'::cidr <<= '192.168.1/24', '192.168.1/24'::cidr >> '192.168.1.5', '192.168.1/24'::cidr && '192.168.1.80/28', '192.168.1.0/24'::inet << '192.168.1.0/24', '1.2.3.4'::inet << '::/0'
SELECT '08:00:2b:01:02:03'::macaddr, '08-00-2B-01-02-03'::macaddr, '08002b:010203'::macaddr, '08002b-010203'::macaddr, '0800.2b01.0203'::macaddr, '0800-2b01-0203'::macaddr, '08002b010203'::macaddr, ' 8:0:2b:1:2:3 '::macaddr
SELECT '08:00:2b:01:02'::macaddr
SELECT 'xx'::macaddr
SELECT ~ '08:00:2b:01:02:03'::macaddr, '08:00:2b:01:02:03'::macaddr & 'ff:ff:ff:00:00:00', '08:00:2b:01:02:03'::macaddr | '00:00:00:ff:ff:ff', trunc('08:00:2b:01:02:03'::macaddr), '08:00:2b:01:02:03'::macaddr < '08:00:2b:01:02:04'
SELECT min(mac), max(mac), count(DISTINCT mac) FROM host

== in other places
SELECT min(ip), max(ip) FROM host
SELECT array_agg(ip ORDER BY ip) FROM host WHERE ip IS NOT NULL
SELECT ip || 'x' FROM host WHERE id = 1
SELECT ip + 1.5 FROM host
SELECT 5::inet
SELECT ip::int FROM host
SELECT json_build_object('ip', ip, 'mac', mac, 'net', net) FROM host ORDER BY id
SELECT row_to_json(host) FROM host ORDER BY id
SELECT format('%s %s', ip, net) FROM host ORDER BY id
SELECT coalesce(ip, '0.0.0.0') FROM host ORDER BY id
SELECT ip BETWEEN '10.0.0.0' AND '192.168.1.255' FROM host ORDER BY id
SELECT B'101', '101'::bit(3), '101'::varbit
SELECT '08:00:2b:01:02:03'::macaddr8
UPDATE host SET ip = ip + 1 WHERE id = 1 RETURNING ip, net
DELETE FROM host WHERE net && '10.0.0.0/8' RETURNING id
