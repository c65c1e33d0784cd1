"""Conversations with customers: one for each matter, whatever the door (form, mail, chat, forum)."""
