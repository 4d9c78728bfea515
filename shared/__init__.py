"""What every service starts from: the wire's schemas, typed clients, and the tables that each of them has.

No business rule lives here, except those that more than one service needs: the interval algebra and the table of roles.
"""
