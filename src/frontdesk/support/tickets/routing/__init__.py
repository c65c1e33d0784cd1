"""Who gets a conversation: by skill and level, weighted capacity, online only, fair; the choice explains itself."""
