"""Words for a browser, so that somebody finds their own among the places where they are signed in. Only these words are stored."""

# The first that is found counts: Edge and Opera also say Chrome, Chrome also says Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
# iPhones also say Mac OS X, Android also says Linux.
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
BETWEEN = "/"


def device_of(user_agent: str) -> str:
    """Return what is kept of a browser's own long description: "Firefox/Windows", a part left empty when it is unknown."""
    browser = next((word for sign, word in BROWSERS if sign in user_agent), "")
    system = next((word for sign, word in SYSTEMS if sign in user_agent), "")
    return f"{browser}{BETWEEN}{system}"


def parts_of(device: str) -> tuple[str, str]:
    """Return browser and system of what `device_of` made; "" for what is unknown."""
    browser, _, system = device.partition(BETWEEN)
    return browser, system
