"""Whatever happens to accounts, in any order, against books that are kept beside them.

Kraken's rules for each happening are written again here, on fractions, in ``funds``, ``spot_trading``,
``futures_trading`` and ``changes``.
"""
