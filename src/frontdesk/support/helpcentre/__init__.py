"""The help centre: categories, articles with revisions in several languages, and the search over them."""
