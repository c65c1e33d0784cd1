"""Customer service: help centre, conversations, chat and forum. Imports point down: chat | forum → tickets → helpcentre
→ texts."""
