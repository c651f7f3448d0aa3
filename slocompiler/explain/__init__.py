"""Meaning in words: the IR as the language writes it, phrases and promises in plain words, what a code means."""
