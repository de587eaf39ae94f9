"""The Amazon States Language, interpreted: pure code over one small effects port (see docs/architecture.md)."""
