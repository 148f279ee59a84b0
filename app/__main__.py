"""命令の入口。部品を読み込んでいる間の Ctrl-C にも、静かに応じる。"""

from __future__ import annotations

import sys


def main() -> int:
    try:
        from app.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("途中で止めました。何も変えていません。", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
