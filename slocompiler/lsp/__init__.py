"""What editors show and change, as values. `cli/language_server.py` speaks the protocol."""
