"""The four services. None imports another: they meet over HTTP, with the schemas in `shared/schemas`."""
