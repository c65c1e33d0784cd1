"""The visual language: base templates, components, stylesheets and small scripts."""
