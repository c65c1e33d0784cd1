"""What is sold: products, versioned plans with prices, releases with files."""
