"""How many decimals Kraken prints of each asset: as in its public Assets, and in every recorded BalanceEx."""

_RECORDED = {
    10: """
        XXBT XETH XLTC XETC BCH DASH XMLN XREP XXMR XZEC EOS GNO QTUM SOL AVAX DAI FET INJ KEY LDO MATIC RNDR SAND
        ETH2.S
    """,
    8: "ADA ATOM USDT USDC XTZ XXDG XXLM XXRP KAVA LUNA LUNA2 NEAR ATOM.S KAVA.S",
    7: "ETHW",
    5: "ARB",
    4: "ZUSD ZEUR ZGBP ZCAD USD.M",
    2: "KFEE BSX ZJPY",
}

DECIMALS = {asset: decimals for decimals, assets in _RECORDED.items() for asset in assets.split()}
"""Asset code to decimals, of those that were recorded: balance-ex-p1 to p5, the Balance of ccxt issue 3826."""
