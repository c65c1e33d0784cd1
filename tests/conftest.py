"""What all tests share. Sockets reach this machine only."""

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker
from pytest_socket import socket_allow_hosts


@pytest.fixture(autouse=True)
def only_loopback() -> None:
    """No test talks to another machine."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Between tests the tables are truncated, which the audit's own trigger would rightly refuse."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("drop trigger if exists core_audit_no_truncate on core_auditentry")
