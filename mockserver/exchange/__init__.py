"""What the fake knows: assets, prices, accounts, orders, positions and Kraken's formulas. Pure: no HTTP, no I/O."""
