"""Version 1 of the gRPC API. The modules beside this one are generated: see `api.proto.generate`."""
