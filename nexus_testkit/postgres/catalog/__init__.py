"""What names mean: PostgreSQL's own catalogue (`system`) and the user's tables (`schema`)."""
