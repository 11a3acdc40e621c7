"""How large a problem may be."""

from __future__ import annotations

# the largest problem within all of these takes about a minute and two gigabytes
MOST_LAYERS = 16
MOST_NEURONS = 512
MOST_PARAMETERS = 20_000
MOST_SAMPLES = 10_000
MOST_WORK = 150_000
"""Weights and biases times samples times the steps that are printed with their gradients."""
MOST_RATES = 10_000
# the power of a constant in a bias correction is held in full
LARGEST_T = 100_000
