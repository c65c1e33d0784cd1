"""The verbs of a conversation, one file for each use. Each locks the conversation's row and holds the transaction."""
