"""The doctor: why a request was refused. It is asked on a refusal only; a good request never meets it."""
