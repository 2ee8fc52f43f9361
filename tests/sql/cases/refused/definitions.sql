-- title: a property that does not exist
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', colour='red');
---
Failed to prepare statement: Invalid config variable(s) in the WITH clause: COLOUR

-- title: a format that does not exist
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='xml');
---
Unknown format: XML

-- title: a format that needs a schema registry
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='avro');
---
Cannot create topic 's' with format AVRO without configuring 'ksql.schema.registry.url'

-- title: no format
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s');
---
Statement is missing the 'VALUE_FORMAT' property from the WITH clause. Either provide one or set a default via the 'ksql.persistence.default.format.value' config.

-- title: two ways of giving a format
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', format='json', value_format='json');
---
Cannot supply both 'VALUE_FORMAT' and 'FORMAT' properties, as 'FORMAT' sets both key and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'.

-- title: a type that does not exist
CREATE STREAM s (k INT KEY, v integr) WITH (kafka_topic='s', value_format='json');
---
Failed to prepare statement: Cannot resolve unknown type: INTEGR

-- title: no columns
CREATE STREAM s WITH (kafka_topic='s', value_format='json');
---
The statement does not define any columns.

-- title: a table without a key
CREATE TABLE t (v INT) WITH (kafka_topic='t', value_format='json');
---
Tables require a PRIMARY KEY. Please define the PRIMARY KEY.

-- title: a map as key
CREATE STREAM s (k MAP<STRING, INT> KEY, v INT) WITH (kafka_topic='s', format='json');
---
Map keys, including types that contain maps, are not supported as they may lead to unexpected behavior due to inconsistent serialization. Key column name: `K`. Column type: MAP<STRING, INTEGER>. See https://github.com/confluentinc/ksql/issues/6621 for more.

-- title: maps in JSON have text keys
CREATE STREAM s (k INT KEY, v MAP<INT, INT>) WITH (kafka_topic='s', value_format='json');
---
Value format does not support schema.
format: JSON
schema: Persistence{columns=[`V` MAP<INTEGER, INTEGER>], features=[]}
reason: JSON only supports MAP types with STRING keys

-- title: a window without its size
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', window_type='hopping');
---
HOPPING windows require 'WINDOW_SIZE' to be provided in the WITH clause. For example: 'WINDOW_SIZE'='10 SECONDS'

-- title: a size without its window
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', window_size='1 second');
---
'WINDOW_SIZE' should not be set for windows of type: null

-- title: a window without a key
CREATE STREAM s (v INT) WITH (kafka_topic='s', value_format='json', window_type='session');
---
Windowed sources require a key column.

-- title: a time column that does not exist
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', timestamp='w');
---
The TIMESTAMP column set in the WITH clause does not exist in the schema: 'W'

-- title: a time column that is no time
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', timestamp='v');
---
Timestamp column, `V`, should be LONG(INT64), TIMESTAMP, or a String with a timestamp_format specified.

-- title: wrapping two columns
CREATE STREAM s (k INT KEY, v INT, w INT) WITH (kafka_topic='s', value_format='json', wrap_single_value=true);
---
'WRAP_SINGLE_VALUE' is only valid for single-field value schemas

-- title: wrapping where there is no wrapping
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='kafka', wrap_single_value=true);
---
Format 'KAFKA' does not support 'WRAP_SINGLE_VALUE' set to 'true'.

-- title: headers of the wrong type
CREATE STREAM s (k INT KEY, h INT HEADERS) WITH (kafka_topic='s', value_format='json');
---
Invalid type for HEADERS column: expected ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>>, got INTEGER

-- title: replacing with fewer columns
CREATE STREAM s (k INT KEY, v INT, w INT) WITH (kafka_topic='s', value_format='json');
CREATE OR REPLACE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
---
Cannot upgrade data source: DataSource '`S`' has schema = `K` INTEGER KEY, `V` INTEGER, `W` INTEGER which is not upgradeable to `K` INTEGER KEY, `V` INTEGER. (The following columns are changed, missing or reordered: [`W` INTEGER])

-- title: replacing with another key
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE OR REPLACE STREAM s (k STRING KEY, v INT) WITH (kafka_topic='s', value_format='json');
---
Cannot upgrade data source: DataSource '`S`' has schema = `K` INTEGER KEY, `V` INTEGER which is not upgradeable to `K` STRING KEY, `V` INTEGER. (Key columns must be identical. The following key columns are changed, missing or reordered: [`K` INTEGER KEY])

-- title: replacing a read-only source
CREATE SOURCE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE OR REPLACE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
---
Cannot add stream 'S': CREATE OR REPLACE is not supported on source streams.

-- title: replacing an aggregation by another
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
CREATE OR REPLACE TABLE out AS SELECT k, SUM(v) AS n, COUNT(*) AS m FROM s GROUP BY k;
---
Cannot upgrade data source: DataSource '`OUT`' has schema = `K` INTEGER KEY, `N` BIGINT which is not upgradeable to `K` INTEGER KEY, `N` INTEGER, `M` BIGINT. (The following columns are changed, missing or reordered: [`N` BIGINT])

-- title: adding a column that is there
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
ALTER STREAM s ADD COLUMN v INT;
---
Cannot add column `V` to schema. A column with the same name already exists.

-- title: altering what a query fills
CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
CREATE STREAM out AS SELECT * FROM s;
ALTER STREAM out ADD COLUMN w INT;
---
ALTER command is not supported for CREATE ... AS statements.

-- title: altering a read-only source
CREATE SOURCE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json');
ALTER STREAM s ADD COLUMN w INT;
---
Cannot alter stream 'S': ALTER operations are not supported on source streams.
