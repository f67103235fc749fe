"""What the fake costs, measured, never asserted: ``make bench`` runs all of it and writes RESULTS.md."""
