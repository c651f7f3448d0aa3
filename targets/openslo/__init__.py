"""The OpenSLO target: documents of OpenSLO v1 for tools that read them."""
