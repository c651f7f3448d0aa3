"""`sloc init --url`: first SLOs for what a server scrapes, as drafts with evidence.

`signatures.py` says which metrics the templates of the library need, `fits.py` asks a server which of its jobs have them,
`counters.py` finds counters that no template knows, `evidence.py` judges targets by the past, and `write.py` writes files.
"""
