"""Recordings of the real service: read, written, scrubbed, matched, played and made."""
