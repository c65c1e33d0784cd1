"""What is new for whom: on their page, by mail at once, in the digest."""
