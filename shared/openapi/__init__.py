"""The description of a service's API (OpenAPI 3.1), as strict tools and generated clients read it."""
