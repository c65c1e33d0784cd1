"""The fictional vendor Halcyon: its data lie in `demo/`, and come to life through the domain's verbs."""
