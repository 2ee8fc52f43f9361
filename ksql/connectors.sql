-- Source connectors: where the data comes from.
--
-- Each statement asks Kafka Connect, through ksqlDB, for one connector that fills one topic. The generator pauses
-- for a random time below 'max.interval' (milliseconds) after every record. Names are folded to upper case.

-- Clicks: address, user id, request, status, bytes. Status and bytes are numbers written as text, as web logs
-- often are; the column types in statements.sql turn them into numbers.
CREATE SOURCE CONNECTOR datagen_clickstream WITH (
    'connector.class' = 'io.confluent.kafka.connect.datagen.DatagenConnector',
    'kafka.topic'     = 'clickstream',
    'quickstart'      = 'clickstream',
    'max.interval'    = '30',
    'format'          = 'json'
);

-- What each status code means. The key is a four-byte integer, hence the key converter.
CREATE SOURCE CONNECTOR datagen_clickstream_codes WITH (
    'connector.class' = 'io.confluent.kafka.connect.datagen.DatagenConnector',
    'kafka.topic'     = 'clickstream_codes',
    'quickstart'      = 'clickstream_codes',
    'max.interval'    = '20',
    'format'          = 'json',
    'key.converter'   = 'org.apache.kafka.connect.converters.IntegerConverter'
);

-- Who the users are and where they live. User ids count up for ever, so later clicks find more of them.
CREATE SOURCE CONNECTOR datagen_clickstream_users WITH (
    'connector.class' = 'io.confluent.kafka.connect.datagen.DatagenConnector',
    'kafka.topic'     = 'clickstream_users',
    'quickstart'      = 'clickstream_users',
    'max.interval'    = '10',
    'format'          = 'json',
    'key.converter'   = 'org.apache.kafka.connect.converters.IntegerConverter'
);
