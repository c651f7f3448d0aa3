"""The meaning of a change of SLOs: two programs to a comparison, a comparison to text, Markdown or JSON. Pure."""
