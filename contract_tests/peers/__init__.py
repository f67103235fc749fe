"""Other mock servers, as they come, held against the contract: ``make peers`` writes PEERS.md.

They get Kraken's documents as published and nothing else; they come from npm, in the versions of ``package-lock.json``.
"""
