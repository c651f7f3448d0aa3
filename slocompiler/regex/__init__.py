"""Regular expressions of matchers: a parser, automata that never backtrack, sets of strings, and example values."""
