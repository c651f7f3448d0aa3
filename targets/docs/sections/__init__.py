"""The sections of an SLO's page, one file each."""
