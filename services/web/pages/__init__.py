"""HTTP in, pages out."""
