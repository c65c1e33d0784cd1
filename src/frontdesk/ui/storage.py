"""Static files under names that carry their hash, also where one script of ours imports another."""

from typing import Any

import brotli  # type: ignore[import-untyped]  # it comes without types
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = r"""(?P<matched>(?P<word>\bfrom\s*|\bimport\s*\(?\s*)["'](?P<url>\./[^"']+)["'])"""
BROTLI_QUALITY = 7  # the best one takes 14 s of the first start, for three percent


class _QuickCompressor(Compressor):  # type: ignore[misc]  # whitenoise comes without types
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=BROTLI_QUALITY))


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise comes without types
    """Rewrites `import "./x.js"` as well, so that no browser mixes scripts of two releases.

    Only in our own scripts: Django's switch for it would also read those of others, which import by bare names.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("ui/js/*.js", ((_IMPORT, '%(word)s"%(url)s"'),)),
    )

    def create_compressor(self, **options: Any) -> Compressor:
        """Whitenoise's compressor, with the costly last percents left out."""
        return _QuickCompressor(**options)
