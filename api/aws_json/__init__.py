"""The HTTP door: AWS JSON 1.0, the protocol of every AWS SDK."""
