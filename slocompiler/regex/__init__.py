"""Regular expressions of matchers: a parser, automata that never backtrack, and what sets of strings they take."""
