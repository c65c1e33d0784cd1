"""Mail that goes out: answers to everybody who takes part, in one thread."""
