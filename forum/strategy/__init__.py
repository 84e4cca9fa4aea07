"""The strategy of a space: one side of A4 that people write together, somebody senior signs, and everybody comes back to.

`content` is what it says, `room` whether it fits; versions stay, and a signature is for one of them (G1).
"""
