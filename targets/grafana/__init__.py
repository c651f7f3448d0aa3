"""The Grafana target: an overview, a dashboard for each service, and the file that provisions them."""
