"""The link between the two kernels: what a test cell gets of a student's values and functions."""
