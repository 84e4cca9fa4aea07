"""Posts that go from one item to the end of another: numbers, what hangs on them, and the old addresses that lead on."""
