RUN SCRIPT '../../../../ksql/statements.sql';
