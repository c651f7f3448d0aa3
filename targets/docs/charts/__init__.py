"""Charts as SVG, and what they are measured with."""
