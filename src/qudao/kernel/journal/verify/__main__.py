"""Verify an exported journal, offline, with Python and the `cryptography` package alone.

    python -I verify.pyz DIR [--key KEY] [--witness CHECKPOINT_FILE]...

Every entry is hashed again, the tree is built again, and both are compared with the tiles and with every
signed checkpoint; every file is compared with the signed manifest, and no other file may be there.
--key names the key the journal must be signed with (a line such as DIR/key.pub holds): without it, compare
the printed key with the one you know. --witness takes a checkpoint kept from earlier, for instance from a
statement (copy its lines into a text file): the export must contain the very same history up to there.

Exit status 0: everything holds. 1: it does not, and the first bad entry or file is named. 2: wrong call.
"""

import argparse
import io
import sys

from verifier.export import verify
from verifier.reading import Bad


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an exported journal, offline.")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--key", help="the verifier key that must have signed")
    parser.add_argument("--witness", metavar="CHECKPOINT_FILE", action="append", default=[])
    call = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without Chinese shows the rest
    try:
        print(verify(call.folder, call.key, call.witness))
        return 0
    except Bad as problem:
        print(f"BAD {problem}", file=sys.stderr)
    except (OSError, KeyError, TypeError, ValueError) as error:
        print(f"BAD {call.folder}: cannot be read as an export ({error})", file=sys.stderr)
    print("核验不通过：首个问题见上一行。", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
