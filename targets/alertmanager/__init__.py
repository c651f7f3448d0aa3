"""The Alertmanager target: routes and inhibitions for the alerts of the Prometheus target."""
