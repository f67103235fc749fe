"""Hypothesis strategies: what a case is tried with. They never import the fake."""
