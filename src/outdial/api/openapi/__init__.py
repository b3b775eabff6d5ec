"""OpenAPI 3.1 from the doors' own declarations, and a page to read it with."""
