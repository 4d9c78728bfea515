"""What every service starts from: the wire's schemas, typed clients, and the plumbing. No business rule lives here."""
