"""`web` is the pages: a phone is enough, no JavaScript is needed, and nothing is kept here but what a page needs to be
drawn while `providers` is away."""
