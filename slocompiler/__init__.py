"""sloc: a compiler for service level objectives as code."""

__version__ = "0.2.0"
