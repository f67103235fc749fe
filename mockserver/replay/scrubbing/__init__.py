"""Recordings without secrets, and with other amounts."""
