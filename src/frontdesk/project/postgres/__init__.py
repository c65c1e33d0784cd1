"""A private PostgreSQL for installations that bring none: socket only, password authentication, owned by `serve`."""

from frontdesk.project.postgres.cluster import Cluster, ClusterFailed

__all__ = ["Cluster", "ClusterFailed"]
