"""The two worlds of Kraken: how Spot and how Futures authenticate, answer and refuse."""
