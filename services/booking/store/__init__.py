"""The named queries of `booking`, written as SQL. Each runs on the driver's connection, in the caller's transaction."""
