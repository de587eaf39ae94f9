"""One module per service that a Task can call."""
