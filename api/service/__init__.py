"""The application service: every operation once, typed, without HTTP or gRPC."""
