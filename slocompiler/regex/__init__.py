"""Regular expressions of matchers: a parser, automata that never backtrack, the sets of strings they match, examples."""
