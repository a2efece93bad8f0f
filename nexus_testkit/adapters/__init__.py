"""What stands behind the ports: `fake` for tests, `real` for production, and what both share."""
