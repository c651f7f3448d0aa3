"""What sloc asks of a live server, and what it finds in the answers. Pure: `cli/prometheus.py` asks."""
