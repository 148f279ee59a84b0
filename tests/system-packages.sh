#!/bin/sh
# 試験が使う、wheel のない部品（ブラウザ、日本語の文字、espeak-ng、PostgreSQL）を入れる。あれば何もしない。
set -eu
missing=
# 窓のない chromium があれば、それを使う（ページの試験が 3 割軽い）。ない Debian/Ubuntu では、ふつうの chromium。
browser=chromium
if ! command -v chromium-headless-shell >/dev/null; then
    apt-cache show chromium-headless-shell >/dev/null 2>&1 && browser=chromium-headless-shell
    command -v "$browser" >/dev/null || missing="$missing $browser"
fi
command -v fc-list >/dev/null && fc-list 2>/dev/null | grep -q "Noto Sans CJK JP" || missing="$missing fontconfig fonts-noto-cjk"
ldconfig -p | grep -q libespeak-ng.so || missing="$missing espeak-ng"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "試験には$missing が要ります。お使いのシステムの方法で入れてください。" >&2
    exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
