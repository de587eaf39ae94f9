"""What an execution must withstand, on a real Temporal server."""
