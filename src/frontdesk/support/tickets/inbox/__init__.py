"""The desk's inbox, as it is read: filters, search, lists, counts, and what can be chosen from."""
