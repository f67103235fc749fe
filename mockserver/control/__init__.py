"""The control API under ``/_mock``: what a test can ask of the fake beside Kraken's own API."""
