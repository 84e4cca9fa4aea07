"""What every test may ask for stands in tests/support (machines) and tests/cast.py (people)."""

pytest_plugins = [
    "tests.support.plugin",
    "tests.support.network",
    "tests.support.databases",
    "tests.support.server",
    "tests.support.browser",
    "tests.cast",
]
