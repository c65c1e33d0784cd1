"""The community's forum: categories, topics, posts, what members may do, and what becomes of questions."""
