-- title: streams without WITHIN
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE STREAM r (id INT KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT l.id, a, b FROM l JOIN r ON l.id = r.id;
---
Stream-Stream joins must have a WITHIN clause specified. None was provided. To learn about how to specify a WITHIN clause with a stream-stream join, please visit: https://docs.confluent.io/current/ksql/docs/syntax-reference.html#create-stream-as-select

-- title: a stream and a table with WITHIN
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT l.id, a, b FROM l JOIN r WITHIN 1 SECOND ON l.id = r.id;
---
A window definition was provided for a Stream-Table join. These joins are not windowed. Please drop the window definition (ie. the WITHIN clause) and try to execute your join again.

-- title: a table's column that is no key
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT l.id, a, b FROM l JOIN r ON l.id = r.b;
---
Invalid join condition: stream-table joins require to join on the table's primary key. Got L.ID = R.B.

-- title: a table before a stream
CREATE TABLE l (id INT PRIMARY KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE STREAM r (id INT KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT l.id, a, b FROM l JOIN r ON l.id = r.id;
---
Invalid join order: table-stream joins are not supported; only stream-table joins. Got L [INNER] JOIN R.

-- title: full outer join of a stream and a table
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l FULL OUTER JOIN r ON l.id = r.id;
---
Invalid join type: full-outer join not supported for stream-table join. Got L [FULL] OUTER JOIN R.

-- title: two conditions
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r ON l.id = r.id AND l.a = r.b;
---
Invalid join condition: joins on multiple conditions are not yet supported. Got ((L.ID = R.ID) AND (L.A = R.B)).

-- title: another comparison than equality
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r ON l.id < r.id;
---
Only equality join criteria is supported.

-- title: both sides from one source
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r ON l.id = l.a;
---
Each side of the join must reference exactly one source and not the same source. Left side references `L` and right references `L`

-- title: a side that names no source
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r ON 1 = r.id;
---
Invalid comparison expression '1' in join '(1 = R.ID)'. Each side of the join comparision must contain references from exactly one source.

-- title: types that differ
CREATE STREAM l (id INT KEY, a STRING) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r ON r.id = l.a;
---
Invalid join condition: types don't match. Got R.ID{INTEGER} = L.A{STRING}.

-- title: a source joined with itself
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN l r WITHIN 1 SECOND ON l.id = r.id;
---
Can not join 'L' to 'L': self joins are not yet supported.

-- title: an ambiguous column
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT id, a, b FROM l JOIN r ON l.id = r.id;
---
Exception while preparing statement: Line: 3, Col: 29: Column 'ID' is ambiguous. Could be L.ID or R.ID.

-- title: the join's key is missing
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT a, b FROM l JOIN r ON l.id = r.id;
---
Key missing from projection (ie, SELECT). 
The query used to build `OUT` must include the join expressions L.ID or R.ID in its projection (eg, SELECT L.ID...).

-- title: a made-up key is missing
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json');
CREATE STREAM r (id INT KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT a, b FROM l JOIN r WITHIN 1 SECOND ON l.a + 1 = r.b + 1;
---
Key missing from projection (ie, SELECT). See https://cnfl.io/2LV7ouS.
The query used to build `OUT` must include the join expression ROWKEY in its projection (eg, SELECT ROWKEY...).
ROWKEY was added as a synthetic key column because the join criteria did not match any source column. This expression must be included in the projection and may be aliased.

-- title: a foreign-key join needs the left key
CREATE TABLE l (id INT PRIMARY KEY, fk INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE TABLE out AS SELECT r.id, b FROM l JOIN r ON l.fk = r.id;
---
Primary key column missing in projection. For foreign-key table-table joins, the projection must include all primary key columns from the left input table (`L`). Missing column: `ID`.

-- title: a foreign-key join inside another join
CREATE TABLE l (id INT PRIMARY KEY, fk INT) WITH (kafka_topic='l', value_format='json');
CREATE TABLE r (id INT PRIMARY KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE TABLE q (id INT PRIMARY KEY, c INT) WITH (kafka_topic='q', value_format='json');
CREATE TABLE out AS SELECT * FROM l JOIN r ON l.id = r.id JOIN q ON l.fk = q.id;
---
Invalid join condition: foreign-key table-table joins are not supported as part of n-way joins. Got L.FK = Q.ID.

-- title: a windowed source and one without windows
CREATE STREAM l (id INT KEY, a INT) WITH (kafka_topic='l', value_format='json', window_type='session');
CREATE STREAM r (id INT KEY, b INT) WITH (kafka_topic='r', value_format='json');
CREATE STREAM out AS SELECT * FROM l JOIN r WITHIN 1 SECOND ON l.id = r.id;
---
Can not join windowed source to non-windowed source.
`L` is SESSION windowed
`R` is not windowed
