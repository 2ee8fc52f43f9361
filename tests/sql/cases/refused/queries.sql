-- title: an unknown column, with its place
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, w FROM s;
---
Line: 2, Col: 32: SELECT column 'W' cannot be resolved.

-- title: an unknown column in WHERE
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s WHERE w > 1;
---
Line: 2, Col: 44: WHERE column 'W' cannot be resolved.

-- title: an unknown column in PARTITION BY says where it is looked for
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, v AS w FROM s PARTITION BY w;
---
Line: 2, Col: 59: PARTITION BY column 'W' cannot be resolved. 'W' must be a column in the source schema since PARTITION BY is applied on the input.

-- title: an unknown alias
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT t.k FROM s;
---
Failed to prepare statement: 'T' is not a valid stream/table name or alias.

-- title: an unknown source
CREATE STREAM out AS SELECT * FROM nowhere;
---
Exception while preparing statement: NOWHERE does not exist.

-- title: a source that differs in case
CREATE STREAM `clicks` (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM clicks;
---
Exception while preparing statement: CLICKS does not exist.
Did you mean "clicks"? Hint: wrap the source name in double quotes to make it case-sensitive.

-- title: an unknown function comes before the rules of GROUP BY
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, NOPE(v) FROM s GROUP BY k;
---
Can't find any functions with the name 'NOPE'

-- title: a name that is taken
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM s AS SELECT * FROM s;
---
Cannot add stream 'S': A stream with the same name already exists

-- title: the key is missing
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT v FROM s;
---
Key missing from projection (ie, SELECT). 
The query used to build `OUT` must include the key column K in its projection (eg, SELECT K...).

-- title: the key is there twice
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, k AS other, v FROM s;
---
The projection contains a key column (`K`) more than once, aliased as: K and OTHER.
Each key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.

-- title: nothing but the key
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k FROM s;
---
The projection contains no value columns.

-- title: a window needs GROUP BY
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s WINDOW TUMBLING (SIZE 1 SECOND);
---
Line: 2, Col: 45: WINDOW clause requires a GROUP BY clause.

-- title: a condition has to be one
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s WHERE v;
---
Type error in WHERE expression: Should evaluate to boolean but is V (INTEGER) instead.

-- title: NULL has no type
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, NULL AS nothing FROM s;
---
Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).

-- title: LIKE needs text
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s WHERE v LIKE '4%';
---
Invalid Predicate: LIKE compares STRINGs, but V is INTEGER

-- title: a reserved name as alias
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, v AS rowtime FROM s;
---
`ROWTIME` is a reserved column name. You cannot use it as an alias for a column.

-- title: a table cannot be partitioned anew
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
CREATE TABLE out AS SELECT * FROM t PARTITION BY v;
---
Cannot repartition a TABLE source. If this is a join, make sure that the criteria uses the TABLE's key column K instead of V

-- title: KAFKA keys have one column
CREATE STREAM s (k INT KEY, v INT, w INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s PARTITION BY v, w;
---
Key format does not support schema.
format: KAFKA
schema: Persistence{columns=[`V` INTEGER KEY, `W` INTEGER KEY], features=[]}
reason: The 'KAFKA' format only supports a single field. Got: [`V` INTEGER KEY, `W` INTEGER KEY]

-- title: a lambda's parameter may not be a column
CREATE STREAM s (k INT KEY, v ARRAY<INT>) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, TRANSFORM(v, v => v + 1) AS w FROM s;
---
Lambda function argument can't be a column name: V

-- title: inserts have to fit
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM d (k INT KEY, v STRING) WITH (kafka_topic='d', value_format='json');
INSERT INTO d SELECT * FROM s;
---
Incompatible schema between results and sink.
Result schema is `K` INTEGER KEY, `V` INTEGER
Sink schema is `K` INTEGER KEY, `V` STRING

-- title: inserts go to streams
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
INSERT INTO t SELECT * FROM s;
---
INSERT INTO can only be used to insert into a stream. T is a table.

-- title: inserts need a target
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO nowhere SELECT * FROM s;
---
Exception while preparing statement: Line: 2, Col: 13: Source `NOWHERE` does not exist.

-- title: a decimal without digits before the point is rounded
CREATE STREAM s (k INT KEY, v DECIMAL(2, 2)) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, ROUND(v) AS w FROM s;
---
DECIMAL precision must be >= 1: DECIMAL(0,0)

-- title: a lambda where none is taken
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(x => x) AS w FROM s GROUP BY k;
---
A lambda can only be given to a function that takes one

-- title: a text that is no whole number
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT k, ARRAY[1, '1e999999999'] AS w FROM s;
---
Invalid Select: invalid input syntax for type DECIMAL: "1e999999999"
