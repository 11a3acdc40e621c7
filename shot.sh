#!/bin/bash
# shot.sh in out w h [extra]
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --user-data-dir=/tmp/diagrams-scratch/chr --hide-scrollbars --force-device-scale-factor=2 --window-size=$3,$4 --screenshot=$2 $5 $6 "file://$1" 2>/dev/null
