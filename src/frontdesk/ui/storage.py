"""Static files under names that carry their hash, also where one script of ours imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = r"""(?P<matched>(?P<word>\bfrom\s*|\bimport\s*\(?\s*)["'](?P<url>\./[^"']+)["'])"""


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise comes without types
    """Rewrites `import "./x.js"` as well, so that no browser mixes scripts of two releases.

    Only in our own scripts: Django's switch for it would also read those of others, which import by bare names.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("ui/js/*.js", ((_IMPORT, '%(word)s"%(url)s"'),)),
    )
