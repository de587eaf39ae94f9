"""TestState: one state, run alone (API reference, TestState; developer guide, "Testing state machines with TestState")."""
