"""``python -m tests.line_platform``（``make line-demo``）: 端末で、住民として LINE のボットと話す。"""

import sys

from tests.line_platform.demo import main

if __name__ == "__main__":
    sys.exit(main())
