"""Django's handle for this app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Sealed journals."""

    name = "reattune.web.store"
    label = "store"
