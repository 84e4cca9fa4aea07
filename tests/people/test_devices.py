"""Words for browsers."""

import pytest

from forum.people.devices import device_of

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
WINDOWS, MAC = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"


@pytest.mark.parametrize(
    "described, device",
    [
        (CHROME.format(WINDOWS), "Chrome/Windows"),
        (CHROME.format(WINDOWS) + " Edg/131.0.0.0", "Edge/Windows"),
        (CHROME.format(WINDOWS) + " OPR/115.0", "Opera/Windows"),
        (CHROME.format("X11; CrOS x86_64 14541.0.0"), "Chrome/ChromeOS"),
        (CHROME.format("Linux; Android 14; Pixel 8"), "Chrome/Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox/Linux"),
        (f"Mozilla/5.0 ({MAC}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15", "Safari/Mac"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Safari/604.1",
            "Safari/iPhone",
        ),
        ("", "/"),
        ("curl/8.5 <script>", "/"),
        ("x" * 10_000, "/"),
    ],
)
def test_a_browser_is_known_by_two_words_and_nothing_else_is_kept(described: str, device: str) -> None:
    assert device_of(described) == device
