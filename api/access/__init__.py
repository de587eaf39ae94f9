"""Who may call what: keys, signatures, tokens, policies, rates, the audit log. It knows neither HTTP nor gRPC."""
