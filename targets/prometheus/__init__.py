"""The Prometheus target: recording and alerting rules."""
