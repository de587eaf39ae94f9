"""What is kept in a database: the port, its one implementation, and the schema's migrations."""
