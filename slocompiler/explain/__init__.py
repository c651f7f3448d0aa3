"""Meaning in words: parts of the IR, how events are classified, what a code means, an SLO in numbers."""
