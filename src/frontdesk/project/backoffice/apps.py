"""Puts our site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """django.contrib.admin, with the back office as its site."""

    default_site = "frontdesk.project.backoffice.site.BackOffice"
