"""The documentation target: a static site and Markdown, with a page for each service and each SLO."""
