"""Deployments: named endpoints with model versions behind them, and the gateway that answers them."""
