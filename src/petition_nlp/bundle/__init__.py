"""Model bundles on disk."""

from petition_nlp.bundle.store import FORMAT, MANIFEST, BundleFiles, open_bundle, sha256, write_bundle

__all__ = ["FORMAT", "MANIFEST", "BundleFiles", "open_bundle", "sha256", "write_bundle"]
