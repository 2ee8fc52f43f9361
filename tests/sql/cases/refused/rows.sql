-- title: a value of the wrong type
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s (k, v) VALUES (1, 'two');
---
Failed to insert values into 'S'. Expected type INTEGER for field `V` but got STRING(two)

-- title: a number that is too wide
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s (k, v) VALUES (1, 3000000000);
---
Failed to insert values into 'S'. Expected type INTEGER for field `V` but got BIGINT(3000000000)

-- title: an unknown column
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s (k, w) VALUES (1, 2);
---
Failed to insert values into 'S'. Column name `W` does not exist.

-- title: too few values
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s VALUES (1);
---
Failed to insert values into 'S'. Expected a value for each column. Expected Columns: [`K`, `V`]. Got 1 values

-- title: a table's row without its key
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
INSERT INTO t (v) VALUES (1);
---
Failed to insert values into 'T'. Value for primary key column(s) K is required for tables

-- title: a windowed table
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k;
INSERT INTO out (k) VALUES (1);
---
Cannot insert values into windowed stream/table!

-- title: a read-only source
CREATE SOURCE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
INSERT INTO t VALUES (1, 2);
---
Cannot insert values into read-only table: T

-- title: header columns
CREATE STREAM s (k INT KEY, h BYTES HEADER('h'), v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s (k, h) VALUES (1, NULL);
---
Cannot insert into HEADER columns: H

-- title: the place in a topic
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
INSERT INTO s (k, ROWOFFSET) VALUES (1, 2);
---
Inserting into column `ROWOFFSET` is not allowed.

-- title: an unknown target
INSERT INTO nowhere VALUES (1);
---
Cannot insert values into an unknown stream/table: `NOWHERE`

-- title: pull query with aggregates
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT COUNT(*) FROM out;
---
Pull queries don't support GROUP BY clauses. See https://cnfl.io/queries for more info.
Add EMIT CHANGES if you intended to issue a push query.

-- title: pull query on a table without a query
CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic='t', value_format='json');
SELECT * FROM t;
---
The `T` table isn't queryable. To derive a queryable table, you can do 'CREATE TABLE QUERYABLE_T AS SELECT * FROM T'. See https://cnfl.io/queries for more info.
Add EMIT CHANGES if you intended to issue a push query.

-- title: pull query for the place in a topic
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT k, ROWOFFSET FROM out;
---
Pull queries don't support the following columns in SELECT clauses: `ROWOFFSET`
 See https://cnfl.io/queries for more info.
Add EMIT CHANGES if you intended to issue a push query.

-- title: pull query with a star among others
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT *, n + 1 FROM out;
---
Pull queries only support wildcards in the projects if they are the only expression

-- title: pull query for a key of another type
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT * FROM out WHERE k IN ('1', 2);
---
'1' can not be converted to the type of the key column: K INTEGER KEY

-- title: pull query without its key where scans are off
-- set: ksql.query.pull.table.scan.enabled=false
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT * FROM out WHERE n > 3;
---
WHERE clause missing key column for disjunct: (N > 3). See https://cnfl.io/queries for more info.
Add EMIT CHANGES if you intended to issue a push query.

-- title: pull query over a range where scans are off
-- set: ksql.query.pull.table.scan.enabled=false
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
SELECT * FROM out WHERE k > 1 AND k < 3;
---
A comparison condition on the key column cannot be combined with other comparisons such as an IN predicate. See https://cnfl.io/queries for more info.
Add EMIT CHANGES if you intended to issue a push query.
