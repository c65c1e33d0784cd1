"""An S3-compatible storage, made so that servers other than Amazon's understand us."""

from typing import Any

from botocore.config import Config


def s3_storage(*, bucket: str, endpoint: str, key: str, secret: str, region: str) -> dict[str, Any]:
    """The storage's setting. Needs the extra `s3`; empty values are left to the environment's own sources."""
    config = Config(
        signature_version="s3v4",
        # Names of buckets in the host's place need DNS that most servers of one's own do not have.
        s3={"addressing_style": "path" if endpoint else "auto"},
        # The newer checksums of Amazon's are refused by many others.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=30,
    )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "access_key": key or None,
            "secret_key": secret or None,
            "region_name": region or None,
            "client_config": config,
            "querystring_auth": True,
        },
    }
