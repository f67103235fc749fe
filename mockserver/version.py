"""The version of the distribution ``kraken-mock``."""

VERSION = "0.1.0"
