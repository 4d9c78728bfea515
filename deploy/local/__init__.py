"""What `make run` starts, and what stands in for the world outside: PostgreSQL, Envoy, a mailbox, an SMS provider."""
