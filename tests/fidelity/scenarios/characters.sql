# Characters beyond ASCII: their case, where words begin, the classes that they belong to.

== upper case is one character
SELECT upper('straße ŉ ᾀ ᾳ ŉ ﬁ ǆ ǅ ı'), lower('İ ẞ Ǆ ᾈ ϴ'), initcap('ᾳ ßa ǆa')

== words
SELECT initcap('x²y z³a ¼b'), initcap('٣a 0a ⅷb ⓐⓑ 🅐b'), initcap(E'e\u0301a o\u0308b'), initcap('naïve-über_straße d''été')
refused> SELECT initcap(E'\u0915\u093Ea')

== classes
SELECT c, c ~ '[[:alpha:]]', c ~ '[[:alnum:]]', c ~ '[[:upper:]]', c ~ '[[:lower:]]', c ~ '[[:punct:]]', c ~ '\w' FROM unnest(ARRAY['²', '٣', 'Ⅷ', 'ⅷ', 'Ⓐ', 'ⓐ', '🄰', '🅐', '🆉', '🆊', 'ª', '€', E'\u0301']) c
SELECT to_hex(ascii(c)), c ~ '[[:blank:]]', c ~ '[[:space:]]', c ~ '\s' FROM unnest(ARRAY[' ', E'\t', E'\u00A0', E'\u2003', E'\u3000', E'\u0085']) c
refused> SELECT E'\u093E' ~ '[[:alpha:]]'
refused> SELECT E'\u0345' ~ '[[:upper:]]'
