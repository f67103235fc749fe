"""Who is asking: Spot and Futures keys, signatures, nonces and one-time passwords."""
