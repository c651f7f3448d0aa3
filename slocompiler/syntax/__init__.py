"""Text to syntax tree: the tree, the parser, its recovery from mistakes."""
