"""How wide the letters of the page are: Atkinson Hyperlegible Next, in thousandths of its size, from the space to the tilde."""

PLAIN = (
    280, 286, 301, 651, 592, 919, 731, 160, 299, 299, 485, 606, 210, 362, 210, 387, 648, 407, 548, 576, 614, 588, 598,
    510, 615, 595, 210, 210, 553, 628, 553, 480, 778, 626, 613, 645, 669, 569, 552, 694, 694, 392, 512, 631, 541, 824,
    693, 714, 592, 724, 614, 592, 558, 690, 593, 856, 623, 575, 607, 317, 387, 344, 552, 372, 243, 525, 566, 485, 564,
    538, 314, 558, 550, 252, 245, 492, 262, 845, 550, 548, 566, 574, 349, 471, 326, 540, 461, 684, 481, 449, 460, 344,
    237, 344, 555,
)  # fmt: skip

BOLD = (
    312, 303, 390, 765, 610, 969, 725, 210, 335, 335, 485, 595, 271, 373, 272, 440, 659, 440, 579, 600, 624, 607, 626,
    537, 624, 571, 272, 272, 569, 612, 569, 547, 781, 678, 643, 658, 688, 597, 566, 718, 701, 424, 561, 663, 552, 858,
    717, 746, 629, 756, 650, 610, 607, 686, 644, 886, 685, 650, 618, 340, 440, 344, 582, 400, 288, 552, 596, 510, 596,
    563, 365, 593, 571, 300, 259, 555, 318, 882, 571, 576, 596, 599, 376, 508, 376, 567, 530, 740, 539, 521, 505, 381,
    254, 381, 537,
)  # fmt: skip

OTHERS = {"–": 504, "—": 832, "’": 269, "‘": 269, "“": 479, "”": 479, "•": 438, "…": 780, "£": 634, "€": 660}
ACCENTED = 760
"""The widest that a letter of the Latin alphabets is, with its marks."""
UNKNOWN = 1_000
"""What comes from another type: as wide as it is high."""
FIRST, LAST, LATIN = 32, 126, 0x250


def width(text: str, *, bold: bool = False) -> int:
    """Return how wide a text is, in thousandths of its size. Pairs stand closer in a browser, so this is never too little."""
    letters = BOLD if bold else PLAIN
    return sum(
        letters[ord(one) - FIRST]
        if FIRST <= ord(one) <= LAST
        else OTHERS.get(one) or (ACCENTED if ord(one) < LATIN else UNKNOWN)
        for one in text
    )
