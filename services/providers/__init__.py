"""`providers` owns who helps, where and with what: organisations, service points, tutors, offerings, topics and
municipalities; people's accounts, roles and sign-ins; API clients. It knows nothing of time that can be booked."""
