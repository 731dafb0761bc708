"""Giving a release away, and holding a copy against what it says of itself.

publish(folder, version, target)   a copy, byte for byte, as a folder or an archive, signed where a key is named
verify(path)                       whether such a copy is whole, unchanged, and signed by whom one trusts

A copy is the release itself. What is added is one file, SHA256SUMS.sig; SHA256SUMS has the checksums of all others.
"""

from seedbed.publish.act import Published, publish
from seedbed.publish.copies import SIGNATURE, SUMS
from seedbed.publish.record import Publication, publications
from seedbed.publish.signing import Signer, sign
from seedbed.publish.verify import Verified, verify

__all__ = ["SIGNATURE", "SUMS", "Publication", "Published", "Signer", "Verified", "publications", "publish", "sign",
           "verify"]  # fmt: skip
