"""Customer pages that compose several apps: start, products, downloads, help, home, activate."""
