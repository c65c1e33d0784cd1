"""The backend that DATABASES names; Django finds it under this file's name."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

from frontdesk.core.database import deadline


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, given up when the request's deadline has passed."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose every call is limited."""
        connection = super().get_new_connection(conn_params)
        wait = connection.wait

        def wait_within(gen: PQGen[Any], **options: Any) -> Any:
            """The result of one exchange with the server. Raises OperationalError when the time is over."""
            limit = deadline.remaining()
            if limit is None:
                return wait(gen, **options)
            try:
                return wait(gen, **{"timeout": limit} | options)
            except psycopg.OperationalError:
                if deadline.remaining() == 0:
                    connection.close()  # half an answer may be on its way: nobody else may read it
                raise

        # psycopg offers no connection class through Django; every call of a connection goes through its `wait`.
        connection.wait = wait_within
        return connection
