"""What a Task state can call: integrations, the host of Python functions, and the worker."""
