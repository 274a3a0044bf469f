"""Protocols that other products' clients speak, on the domains' own services."""
