"""Parse nodes to typed tree: names bound, overloads resolved, errors as PostgreSQL's parse analysis raises them."""
