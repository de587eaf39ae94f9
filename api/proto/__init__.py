"""The gRPC API's definition (`v1/steploom.proto`) and what protoc generates from it."""
