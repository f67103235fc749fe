"""Client libraries under test: the driver protocol, its two ends, and a driver for each of some libraries."""
