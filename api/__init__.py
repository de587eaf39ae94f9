"""The doors (HTTP, gRPC, command line) and the application service behind them."""
