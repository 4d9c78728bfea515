"""What pages ask people to fill in: read from the form, judged, and turned into a body for a service."""
