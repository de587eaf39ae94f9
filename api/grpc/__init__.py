"""The gRPC door: a thin translation between `api/proto` and the application service."""
