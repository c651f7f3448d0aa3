"""The promtest target: unit tests for promtool, and the rules that they test."""
