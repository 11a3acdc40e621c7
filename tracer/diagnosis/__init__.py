"""What most likely went wrong: misconceptions as mutations of the trace's rules, slips of the pen.

To add a misconception, add a row to `forward`, `backward`, `updates` or `anywhere`.
"""
