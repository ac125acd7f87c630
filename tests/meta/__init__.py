"""Tests of the tests: each storage and each rule that is broken on purpose must be caught."""
