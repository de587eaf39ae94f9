"""TestState: one state, run alone (API reference, TestState; developer guide, "Using TestState API")."""
