"""The language server: talks to an editor over standard input and output. `slocompiler/lsp/` has what it says."""
