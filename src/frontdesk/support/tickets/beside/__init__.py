"""What agents keep beside conversations: drafts, presence, mentions, reminders, texts ready to use, saved views."""
