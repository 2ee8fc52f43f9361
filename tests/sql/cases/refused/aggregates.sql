-- title: a column that is not grouped by
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, v + SUM(v) AS w FROM s GROUP BY k;
---
Non-aggregate SELECT expression(s) not part of GROUP BY: (V + SUM(V))
Either add the column(s) to the GROUP BY or remove them from the SELECT.

-- title: a column in HAVING that is not grouped by
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k HAVING v > 1;
---
Non-aggregate HAVING expression not part of GROUP BY: V
Consider switching the HAVING clause to a WHERE clause before the GROUP BY.

-- title: no aggregate
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k FROM s GROUP BY k;
---
GROUP BY requires aggregate functions in either the SELECT or HAVING clause.

-- title: nested aggregates
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, SUM(COUNT(*)) AS n FROM s GROUP BY k;
---
Aggregate functions can not be nested: SUM(COUNT())

-- title: grouping by an aggregate
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT COUNT(*) AS n FROM s GROUP BY SUM(v);
---
GROUP BY does not support aggregate functions: SUM is an aggregate function.

-- title: the grouping is missing from the SELECT
CREATE STREAM s (k INT KEY, v INT, w INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT COUNT(*) AS n FROM s GROUP BY v, w;
---
Keys missing from projection (ie, SELECT). 
The query used to build `OUT` must include the grouping expressions V and W in its projection (eg, SELECT V, W...).

-- title: the grouping is in the SELECT twice
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, k AS k2, COUNT(*) AS n FROM s GROUP BY k;
---
The projection contains a key column more than once: `K` and `K2`.
Each key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.

-- title: the same grouping twice
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k, s.k;
---
Duplicate GROUP BY expression: S.K

-- title: aggregates of everything have no key to store
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT COUNT(*) AS n FROM s;
---
CREATE TABLE AS SELECT statement does not support aggregate function [COUNT(*)] without a GROUP BY clause.

-- title: aggregates that cannot take back on a table
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
CREATE TABLE out AS SELECT v, MAX(k) AS top FROM t GROUP BY v;
---
The aggregation function MAX cannot be applied to a table source, only to a stream source.

-- title: window bounds inside an aggregate
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, MAX(WINDOWSTART) AS w FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k;
---
Window bounds column WINDOWSTART can only be used in the SELECT clause of windowed aggregations and can not be passed to aggregate functions.
See https://github.com/confluentinc/ksql/issues/4397

-- title: emit final needs a window
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k EMIT FINAL;
---
EMIT FINAL is only supported for windowed aggregations.

-- title: table functions beside aggregates
CREATE STREAM s (k INT KEY, v ARRAY<INT>) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, EXPLODE(v) AS w, COUNT(*) AS n FROM s GROUP BY k;
---
Table functions cannot be used with aggregations.

-- title: states that a flat format cannot hold
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='delimited');
CREATE TABLE out AS SELECT k, LATEST_BY_OFFSET(v) AS w FROM s GROUP BY k;
---
One of the functions used in the statement has an intermediate type that the value format can not handle. Please remove the function or change the format.

-- title: KAFKA values cannot be grouped
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='kafka');
CREATE TABLE out WITH (value_format='json') AS SELECT v, COUNT(*) AS n FROM s GROUP BY v;
---
Source(s) S are using the 'KAFKA' value format. This format does not yet support GROUP BY.
The KAFKA format is primarily intended for use as a key format. It can be used as a value format, but can not be used in any operation that requires a repartition or changelog topic.

-- title: a window over a table
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
CREATE TABLE out AS SELECT v, COUNT(*) AS n FROM t WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY v;
---
Windowing not supported for table aggregations.

-- title: a window without length
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 0 SECONDS) GROUP BY k;
---
Window size (sizeMs) must be larger than zero.

-- title: a session without gap
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s WINDOW SESSION (0 SECONDS) GROUP BY k;
---
Gap time (gapMs) cannot be zero or negative.

-- title: windows that advance by more than their length
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s WINDOW HOPPING (SIZE 1 SECOND, ADVANCE BY 2 SECONDS) GROUP BY k;
---
Window advancement interval should be more than zero and less than window duration 1000 ms, but given advancement interval is: 2000 ms
