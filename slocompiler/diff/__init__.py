"""What a change of SLOs means: two programs to a comparison, a comparison to text, Markdown and JSON. Pure."""
