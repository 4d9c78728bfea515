"""What messages say, in the language of the person."""
