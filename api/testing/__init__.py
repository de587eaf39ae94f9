"""Tests of whole state machines with mocked Tasks, in process and with time skipped: `steploom test`."""
