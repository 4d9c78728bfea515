"""What HTTP's own documents ask of every answer, whatever it is about."""
