"""Writers: one page as HTML and as Markdown."""
